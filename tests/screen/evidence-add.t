# Evidence of one payout.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
key V
wait text › Add evidence
wait text PRESUMED
expect evidence-add.80x24.txt
resize 132x43
expect evidence-add.132x43.txt
key Esc
wait gone › Add evidence
key q
exit 0
restored
