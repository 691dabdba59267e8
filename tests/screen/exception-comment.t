# A word on an exception.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text X-6
key m
wait text › Comment
wait text X-6, 
wait text PRESUMED
expect exception-comment.80x24.txt
resize 132x43
expect exception-comment.132x43.txt
key Esc
wait gone › Comment
key q
exit 0
restored
