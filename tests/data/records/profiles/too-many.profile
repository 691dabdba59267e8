p:2:6: There are more than 8 date patterns.
p:54:7: There are more than 48 of these.
p:55:7: There are more than 48 of these.
p:56:1: After 'column' go 2 to 7 words, not 8.
