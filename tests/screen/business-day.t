# One day and its gates.
size 80x24
run tests/screen/console clerk1 --screen business-days
wait text 2026-11-18
key Down Enter
wait text Gates
wait text ICBC
wait text PRESUMED
expect business-day.80x24.txt
resize 132x43
expect business-day.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
