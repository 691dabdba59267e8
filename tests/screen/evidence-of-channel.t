# Evidence of a channel without files.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
key :
type evidence-of-channel CMB
key Enter
wait text V-2
wait text PRESUMED
expect evidence-of-channel.80x24.txt
resize 132x43
expect evidence-of-channel.132x43.txt
key F3 F3 F3 F3
exit 0
restored
