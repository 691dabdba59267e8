# Actions of the payment core: cancelling is proved by typing, what the core refuses is said, and
# its health stands in the title line.
size 80x24
call tests/console/payout T-SCREEN
run tests/console/as clerk1 --screen payouts
wait text core ●
wait text created
key X
wait text Cancel a payout that was not sent to the bank yet.
wait text Type last four digits of the number
wait text 123.00 CNY
wait text one hundred and twenty-three yuan
wait text 王
key Esc
wait gone Type last four
key X
wait text Type last four digits of the number
type 9999
key F10
wait text Type last four digits of the number
key Backspace Backspace Backspace Backspace
type 0001
key F10
wait text 1 payout cancelled.
wait text cancelled
key Q
wait text nothing is asked about it
call tests/console/payout T-DOUBT silent
key R
wait text rows 2-
key Home
wait text unknown
call packaging/core stop $DESK
wait text core DOWN
key Q
wait text cannot be reached, nothing was sent
call packaging/core start $DESK
wait text core ●
key F3
exit 0
restored
