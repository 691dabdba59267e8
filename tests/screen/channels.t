# The banks.
size 80x24
run tests/screen/console clerk1 --screen channels
wait text 招商银行
wait text PRESUMED
expect channels.80x24.txt
resize 132x43
expect channels.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
