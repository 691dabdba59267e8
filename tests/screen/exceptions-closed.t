# All exceptions, those that settled themselves too.
size 80x24
run tests/screen/console clerk1 --screen exceptions-closed
wait text settled
wait text PRESUMED
expect exceptions-closed.80x24.txt
resize 132x43
expect exceptions-closed.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
