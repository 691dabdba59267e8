# Without colour, the same words: today.
size 80x24
run tests/screen/console clerk1 --color never
wait text Day close
wait text nobody's
wait text Match rate
wait text PRESUMED
colorless
expect today.80x24.txt
resize 132x43
expect today.132x43.txt
colorless
key F3 F3 F3
exit 0
restored
