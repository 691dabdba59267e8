# What is late, what is at risk, what waits for the operator.
size 80x24
run tests/screen/console clerk1
wait text Day close
wait text nobody's
wait text oldest 12h
wait text Match rate
wait text PRESUMED
expect today.80x24.txt
resize 132x43
expect today.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
