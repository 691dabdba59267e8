# One batch and what became of its payouts.
size 80x24
run tests/screen/console clerk1 --screen batches
wait text B-20261123-01
key Enter
wait text P2026112300011
wait text PRESUMED
expect batch.80x24.txt
resize 132x43
expect batch.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
