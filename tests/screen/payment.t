# One payout.
size 80x24
run tests/screen/console clerk1 --screen payments
wait text Total of
key Enter
wait text Published
wait text presumed
expect payment.80x24.txt
resize 132x43
expect payment.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
