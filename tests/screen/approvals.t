# The queue: empty.
size 80x24
run tests/screen/console super1 --screen approvals
wait text Nothing waits for a signature.
expect approvals.80x24.txt
resize 132x43
wait text Nothing waits for a signature.
expect approvals.132x43.txt
key q
exit 0
