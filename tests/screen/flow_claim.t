# Claimed and given back; what is not there says why; what was claimed shows whose it is.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text PRESUMED
key Down
cursor 6 0
key a
wait text 1 exception claimed.
wait text bank failed  claimed
cursor 6 0
expect flow_claim_claimed.80x24.txt
# another's stays another's
key Down Down Down Down Down Down
key r
wait text X-8 is not yours
wait text clerk2
key Up Up Up Up Up Up
key r
wait text 1 exception released.
wait text bank failed  open
# a key that does nothing here, and an option that is none
key L
key 7 Enter
wait text Option 7 does not exist on this screen.
# what was typed beside the row is not lost without a word
key F3
wait text What you typed here is lost then
key y
exit 0
restored
