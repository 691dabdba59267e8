# What was asked of the bank about one payout.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
key :
type contacts-of-payment 20261118000000058
key Enter
wait text C-1
wait text PRESUMED
expect contacts-of-payment.80x24.txt
resize 132x43
expect contacts-of-payment.132x43.txt
key F3 F3 F3 F3
exit 0
restored
