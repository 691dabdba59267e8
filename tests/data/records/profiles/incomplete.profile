p:6:1: No column is the date.
p:6:1: No date pattern is given.
p:6:1: Give either a column amount or the columns in and out.
p:6:1: A sign column needs sign words and an amount column.
p:6:1: A status column needs status words.
p:6:1: The decimal mark and the thousands mark are the same.
p:6:1: Give a currency or a currency column.
