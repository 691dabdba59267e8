p:1:1: The line is not UTF-8 text.
p:2:1: The line is not UTF-8 text.
