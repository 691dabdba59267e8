# Without colour and without pictures: a payout in doubt.
size 80x24
run tests/screen/console clerk1 --color never --ascii --screen payouts-in-doubt
wait text P2026112300012
type :payout 20261123000000003
key Enter
wait text Tell them
wait text 402,598.40
expect mono_payout.80x24.txt
colorless
resize 132x43
wait text E12
wait text No statement tells
wait text Nothing was asked.
expect mono_payout.132x43.txt
key F3 F3 F3
exit 0
restored
