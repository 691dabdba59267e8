# One payout in doubt: the money, the ladder with its countdown, what may be said; below it what is
# posted, what happened, what belongs to it.
size 80x24
run tests/screen/console clerk1 --screen payouts-in-doubt
wait text Total of
type :payout 20261123000000003
key Enter
wait text Tell them
wait text PRESUMED
expect payout.80x24.txt
resize 132x43
wait text intent, epoch 1
wait text Nothing
wait text No statement tells
wait text Nothing was asked.
expect payout.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
