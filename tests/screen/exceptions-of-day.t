# What is open of one day.
size 80x24
run tests/screen/console clerk1 --screen business-days
wait text 2026-11-18
key :
type exceptions-of-day 2026-11-18
key Enter
wait text Total of
wait text PRESUMED
expect exceptions-of-day.80x24.txt
resize 132x43
expect exceptions-of-day.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
