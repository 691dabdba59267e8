# Which files one day owes.
size 80x24
run tests/screen/console clerk1 --screen business-days
wait text 2026-11-18
key :
type files-of-day 2026-11-19
key Enter
wait text CCB
wait text PRESUMED
expect files-of-day.80x24.txt
resize 132x43
expect files-of-day.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
