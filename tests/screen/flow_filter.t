# `/` narrows what is shown; `\` asks the database, and says what it does not know.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text PRESUMED
key /
type 便利
wait text rows read
expect flow_filter_quick.80x24.txt
key Enter
key Esc
wait text rows 1-15 of 44
key \
type chanel:ICBC
key Enter
wait text This list has no filter 'chanel'; F1 lists them.
key Ctrl-U
type channel:CCB amount>1,000
key Enter
wait text Total of 4 rows
expect flow_filter_words.80x24.txt
key Esc
wait text Total of 44 rows
key \
type state:CLAIMED
key Enter
wait text Total of 6 rows
key Esc
wait text Total of 44 rows
# of nothing there is no total
key \
type amount>99,999,999
key Enter
wait text No row fits the filter
wait gone Total of
key Esc
wait text Total of 44 rows
key F3
exit 0
restored
