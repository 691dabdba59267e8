# Counterparts of an exception, best first.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text X-8
key Down Down Down Enter
wait text History
key C
wait text › Candidates
wait text Score
wait text near day
wait text PRESUMED
expect exception-candidates.80x24.txt
resize 132x43
expect exception-candidates.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
