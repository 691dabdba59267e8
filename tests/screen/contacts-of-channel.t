# What was asked of one bank.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
key :
type contacts-of-channel CMB
key Enter
wait text C-2
wait text PRESUMED
expect contacts-of-channel.80x24.txt
resize 132x43
expect contacts-of-channel.132x43.txt
key F3 F3 F3 F3
exit 0
restored
