# One exception: both sides, what may fit, what happened.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text X-8
key \
type code:AMOUNT
key Enter
wait text Total of 4 rows
key Enter
wait text Bank line
wait text History
wait text PRESUMED
expect exception.80x24.txt
resize 132x43
expect exception.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
