# What fits an exception, and the form of what was chosen.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text Total of 3 rows
key P
wait text › Propose
wait text into suspense
expect exception-dispositions.80x24.txt
resize 132x43
wait text into suspense
expect exception-dispositions.132x43.txt
resize 80x24
key Enter
wait text In words
expect propose.80x24.txt
key F10
wait text Something must stand here.
key F4
wait text returned the next day
expect propose_codes.80x24.txt
key Esc Esc Esc q
exit 0
