# What I proposed: nothing yet.
size 80x24
run tests/screen/console clerk1 --screen requests-mine
wait text You have proposed nothing.
expect requests-mine.80x24.txt
resize 132x43
wait text You have proposed nothing.
expect requests-mine.132x43.txt
key q
exit 0
