# Payouts as the core publishes them.
size 80x24
run tests/screen/console clerk1 --screen payouts
wait text Total of
wait text PRESUMED
expect payouts.80x24.txt
resize 132x43
expect payouts.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
