# A key that a payout's state takes away says why, pressed and under `?`; the row decides, not the
# screen.
size 80x24
run tests/screen/console clerk1 --screen payouts
wait text rows 1-15 of
key X
wait text Only what was not sent to the bank yet can be cancelled.
key Esc
key :
type payouts-in-doubt
key Enter
wait text Total of
key G
wait text It came from another core, which alone can do this.
key Down Down Down G
wait text The ladder was not stopped: it goes on.
# of marked rows those are left out that it is nothing for; the log says why of each
key Home Space Space Space Space
wait text 4 marked
key G
wait text 4 rows left out (@ says why), P
key Q
wait text ask now: 1 row,
wait text 3 left out?
key n
wait gone 3 left out?
key @
wait text P2026111800025: It came from
key Right Right Right
wait text It came from another core, which alone can do this.
wait text The ladder was not stopped: it goes on.
key Esc U Home Down Down Down
wait gone marked
key Enter
wait text Answers
key X
wait text Only what was not sent to the bank yet can be cancelled.
key V
wait text The channel gives statement files: they are the evidence.
key ?
wait text Keys and commands
expect flow_off.80x24.txt
key Esc
key :
type quit
key Enter
exit 0
restored
