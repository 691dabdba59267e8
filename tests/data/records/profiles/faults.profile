p:1:1: There is no fact 'titel'; did you mean 'title'?
p:2:1: After 'title' goes 1 word, not 2.
p:3:10: There is no encoding 'utf8'; did you mean 'utf-8'?
p:4:1: 'encoding' was already given.
p:5:1: 'encoding' was already given.
p:6:11: There is no delimiter ';'.
p:7:1: After 'quote' goes 1 word, not 0.
p:8:7: The quote is not closed on this line.
p:9:9: There is no decimal mark 'none'.
p:10:11: A word cannot be empty.
p:11:1: After 'date' go 1 to 8 words, not 0.
p:12:6: The pattern 'YYYY/DD' needs MM and DD.
p:13:6: The pattern 'YYYY' needs YYYY and MM.
p:14:10: 'CNYX' is no currency of three letters.
p:15:1: After 'currency-word' goes 2 words, not 1.
p:16:25: 'R' is no currency of three letters.
p:17:1: After 'mark' go 1 to 2 words, not 0.
p:18:9: There is no kind of amounts 'unsigned'; did you mean 'signed'?
p:19:6: There is no order of rows 'newest'.
p:20:10: There is no value 'acount'; did you mean 'account'?
p:21:1: After 'preamble' goes 2 words, not 1.
p:22:1: After 'column' go 2 to 7 words, not 0.
p:23:8: There is no column 'dat'; did you mean 'date'?
p:24:1: After 'column' go 2 to 7 words, not 1.
p:25:10: There is no column 'blance'; did you mean 'balance'?
p:26:10: There is no direction 'out'.
p:27:15: There is no status 'ok'.
p:28:22: There is no direction 'up'.
p:29:6: There is no column 'nothing'.
p:30:8: There is no value 'sums'; did you mean 'sum'?
p:31:1: There is no fact 'nonsense'.
