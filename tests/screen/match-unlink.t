# Ending a match.
size 80x24
run tests/screen/console clerk1 --screen lines
wait text Total of
key Enter
wait text Because
key u
wait text › End a match
wait text PRESUMED
expect match-unlink.80x24.txt
resize 132x43
expect match-unlink.132x43.txt
key Esc
wait gone › End a match
key F3 F3
exit 0
restored
