# What was asked of the bank about a payout.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
key L
wait text › Asked the bank
wait text PRESUMED
expect bank-contact.80x24.txt
resize 132x43
expect bank-contact.132x43.txt
key Esc
wait gone › Asked the bank
key q
exit 0
restored
