# Which days a bank owed a file for.
size 80x24
run tests/screen/console clerk1 --screen channels
wait text 招商银行
key :
type files-of-channel CCB
key Enter
wait text 11-18
wait text PRESUMED
expect files-of-channel.80x24.txt
resize 132x43
expect files-of-channel.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
