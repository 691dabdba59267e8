# One line: what the bank wrote, what it was matched with.
size 80x24
run tests/screen/console clerk1 --screen lines
wait text Total of
key Enter
wait text Because
wait text PRESUMED
expect line.80x24.txt
resize 132x43
expect line.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
