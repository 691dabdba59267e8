# Batches of payouts.
size 80x24
run tests/screen/console clerk1 --screen batches
wait text ICBC
wait text PRESUMED
expect batches.80x24.txt
resize 132x43
expect batches.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
