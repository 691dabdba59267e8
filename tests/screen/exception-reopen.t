# Opening a closed exception again.
size 80x24
run tests/screen/console clerk1 --screen exceptions-closed
wait text settled
key o
wait text › Open again
wait text PRESUMED
expect exception-reopen.80x24.txt
resize 132x43
expect exception-reopen.132x43.txt
key Esc
wait gone › Open again
key q
exit 0
restored
