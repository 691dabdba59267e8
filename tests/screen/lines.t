# Lines by value date.
size 80x24
run tests/screen/console clerk1 --screen lines
wait text Total of
wait text PRESUMED
expect lines.80x24.txt
resize 132x43
expect lines.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
