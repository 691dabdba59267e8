p:6:1: Give either a column amount or the columns in and out.
p:6:1: The date pattern 'MM/DD' has no year; say with 'year' where the statement's month stands.
