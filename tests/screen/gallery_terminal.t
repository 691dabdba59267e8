# The terminal itself: too small, resized, stopped and continued, hung up, crashed.
size 50x12
run $GALLERY tests/screen/gallery --mono exceptions
wait text The window is 50x12; Daybook needs 60x15.
resize 80x24
wait text X-0001
resize 20x5
wait text The window is 20x5
resize 60x15
wait text X-0001
expect gallery_terminal.60x15.txt
resize 132x43
wait text Payee
# stopped by Ctrl-Z: the shell has its terminal back, and we have ours again afterwards
key Ctrl-Z
restored
signal CONT
wait text Payee
key Down
cursor 6 0
signal SEGV
exit 139
restored
