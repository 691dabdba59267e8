# What clerk1 has claimed.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text Total of 3 rows
wait text PRESUMED
expect exceptions-mine.80x24.txt
resize 132x43
expect exceptions-mine.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
