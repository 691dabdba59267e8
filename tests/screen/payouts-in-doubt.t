# Payouts nobody has answered for.
size 80x24
run tests/screen/console clerk1 --screen payouts-in-doubt
wait text Total of
wait text PRESUMED
expect payouts-in-doubt.80x24.txt
resize 132x43
expect payouts-in-doubt.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
