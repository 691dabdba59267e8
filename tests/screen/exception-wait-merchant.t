# Waiting for the merchant.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text X-6
key W
wait text › Wait for the merchant
wait text X-6, 
wait text PRESUMED
expect exception-wait-merchant.80x24.txt
resize 132x43
expect exception-wait-merchant.132x43.txt
key Esc
wait gone › Wait for the merchant
key q
exit 0
restored
