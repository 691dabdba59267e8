# Days and what keeps them open.
size 80x24
run tests/screen/console clerk1 --screen business-days
wait text 2026-11-18
wait text PRESUMED
expect business-days.80x24.txt
resize 132x43
expect business-days.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
