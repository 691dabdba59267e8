# What is wrong with one payout.
size 80x24
run tests/screen/console clerk1 --screen payouts
wait text Total of
key :
type exceptions-of-payment 20261118000000025
key Enter
wait text X-6
wait text PRESUMED
expect exceptions-of-payment.80x24.txt
resize 132x43
expect exceptions-of-payment.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
