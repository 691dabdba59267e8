# The balances of a day.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
key B
wait text › Balances of a day
wait text PRESUMED
expect evidence-bracket.80x24.txt
resize 132x43
expect evidence-bracket.132x43.txt
key Esc
wait gone › Balances of a day
key q
exit 0
restored
