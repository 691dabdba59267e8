# Until a day, with a reason.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text X-6
key d
wait text › Defer
wait text X-6, 
wait text PRESUMED
expect exception-defer.80x24.txt
resize 132x43
expect exception-defer.132x43.txt
key Esc
wait gone › Defer
key q
exit 0
restored
