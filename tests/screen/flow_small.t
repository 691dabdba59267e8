# A window too small says so in one line; nothing typed is lost.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text Total of 3 rows
key m
wait text › Comment
type 半句话 half a sen
resize 50x12
wait text The window is 50x12; Daybook needs 60x15.
resize 80x24
wait text 半句话 half a sen
type tence
wait text 半句话 half a sentence
key Esc
wait text What you typed here is lost then
key y
wait text Total of 3 rows
resize 60x15
wait text X-23
expect flow_small.60x15.txt
key q
exit 0
restored
