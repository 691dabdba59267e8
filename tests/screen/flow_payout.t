# What the core alone can do is said where none is there; support sees payouts but stops no ladder.
size 80x24
run tests/screen/console support1 --screen payouts-in-doubt
wait text Total of
wait text PRESUMED
key P
wait text Your role may not do this.
key Q
wait text It came from another core
key Down Down Down Q
wait text The profile names no payment core
key F3 F3
exit 0
restored
