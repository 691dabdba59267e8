# Without colour, the same words: exceptions.
size 80x24
run tests/screen/console clerk1 --color never --screen exceptions
wait text Total of 44 rows
wait text PRESUMED
colorless
expect exceptions.80x24.txt
resize 132x43
expect exceptions.132x43.txt
colorless
key F3 F3 F3
exit 0
restored
