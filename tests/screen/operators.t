# Who works here.
size 80x24
run tests/screen/console super1 --screen operators
wait text support1
expect operators.80x24.txt
resize 132x43
wait text support1
expect operators.132x43.txt
key q
exit 0
