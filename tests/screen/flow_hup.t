# SIGHUP in the middle of a form: the program ends and the terminal is as it was.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text Total of 3 rows
key m
wait text › Comment
type half a word
signal HUP
exit 129
restored
