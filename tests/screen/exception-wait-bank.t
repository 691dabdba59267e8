# Waiting for the bank.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text X-6
key w
wait text › Wait for the bank
wait text X-6, 
wait text PRESUMED
expect exception-wait-bank.80x24.txt
resize 132x43
expect exception-wait-bank.132x43.txt
key Esc
wait gone › Wait for the bank
key q
exit 0
restored
