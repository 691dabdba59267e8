# What is open of one channel.
size 80x24
run tests/screen/console clerk1 --screen channels
wait text 招商银行
key :
type exceptions-of-channel CCB
key Enter
wait text Total of
wait text PRESUMED
expect exceptions-of-channel.80x24.txt
resize 132x43
expect exceptions-of-channel.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
