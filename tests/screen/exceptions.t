# What does not agree, oldest first.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text Total of 44 rows
wait text PRESUMED
expect exceptions.80x24.txt
resize 132x43
expect exceptions.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
