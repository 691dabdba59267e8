# By marks: count and sum are shown first, Enter does not confirm, `n` leaves everything as it was.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text PRESUMED
key Down Space Space Space
wait text 3 marked
key a
wait text claim: 3 rows, 16,056.40 CNY?
expect flow_bulk_question.80x24.txt
key Enter
wait text claim: 3 rows
key n
wait gone claim: 3 rows
key a
wait text claim: 3 rows
key y
wait text 3 exceptions claimed.
wait text bank failed  claimed
# by filter: every row it leaves
key U \
type code:FEE
key Enter
wait text Total of 3 rows
key *
wait text 3 marked
key a
wait text claim: 3 rows, 8.89 CNY?
key y
wait text 3 exceptions claimed.
# an Opt number typed beside two rows, then Enter for both
key Esc
wait text Total of 44 rows
key Home 2 Down 2
expect flow_bulk_options.80x24.txt
key Enter
wait text › Comment
wait text 2 rows
key Esc
wait gone › Comment
key F3
exit 0
restored
