# A match ended by a counter-entry: the reason is asked for, and the line stands open afterwards.
size 80x24
run tests/screen/console clerk1 --screen lines
wait text Total of
key Enter
wait text Because
key u
wait text › End a match
wait text L-1100000023, -1,143.11 CNY
key F10
wait text Something must stand here.
type 错配:收款人不同
key F10
wait text 1 match ended.
wait text open
expect flow_unlink.80x24.txt
key F3 F3
exit 0
restored
