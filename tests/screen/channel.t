# One bank: its terms, its files, its exceptions.
size 80x24
run tests/screen/console clerk1 --screen channels
wait text 招商银行
key Down Enter
wait text Windows
wait text Final absence
wait text PRESUMED
expect channel.80x24.txt
resize 132x43
expect channel.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
