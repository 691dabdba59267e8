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
