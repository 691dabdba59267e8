# A line of the bank linked with the payout that fits it, without a difference left.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text PRESUMED
key Down Down Down Enter
wait text amount, near day
# not claimed: not mine to link; Enter is no answer
key l
wait text link: P2026112000061, -1,278.79 CNY?
key Enter
wait text link: P2026112000061
key y
wait text X-4 is not yours but of nobody; claim it first.
key a
wait text 1 exception claimed.
key l
wait text link: P2026112000061
key y
wait text 1 exception linked and closed.
wait text closed
expect flow_link.80x24.txt
key PgDn
wait text OPEN > CLAIMED
key F3 F3
exit 0
restored
