# A refusal that is longer than its line is read whole: it takes the line of the keys too, and the
# next key gives that back.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text PRESUMED
key Down Down Down Down Down Space Down Space Down Down Space
wait text 3 marked
key W
wait text › Wait for the merchant
wait text 3 rows
key F10
wait text 2 refused
expect flow_refusal.80x24.txt
key Down
wait text Esc back
wait gone 2 refused
key F3
exit 0
restored
