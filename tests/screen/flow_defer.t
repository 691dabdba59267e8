# A date that is none: the cursor stays on the fault, and the sentence says what is wrong.
size 80x24
run tests/screen/console clerk1 --screen exceptions-mine
wait text Total of 3 rows
key Down d
wait text X-9, 519.43 CNY
type 2026-02-30
key Tab
wait text This is no date
cursor 3 30
expect flow_defer_fault.80x24.txt
key Ctrl-U
type +90
key Tab
type The bank looks for it.
key F10
wait text A date from 2026-11-24 to 2026-12-23 is needed.
# put right, sent, and seen where it is kept
key BackTab Ctrl-U
type +2
key Tab F10
wait text 1 exception deferred.
resize 132x43
key Right Right Right Right Right
wait text 2026-11-25
key q
exit 0
restored
