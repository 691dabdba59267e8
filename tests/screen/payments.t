# Payouts as the core publishes them.
size 80x24
run tests/screen/console clerk1 --screen payments
wait text Total of
wait text presumed
expect payments.80x24.txt
resize 132x43
expect payments.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
