p:1:1: No column is the date.
p:1:1: No date pattern is given.
p:1:1: Give either a column amount or the columns in and out.
p:1:1: Give a currency or a currency column.
