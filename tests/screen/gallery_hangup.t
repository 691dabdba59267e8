# SIGTERM ends the program with the terminal restored; an unknown TERM falls back with a note.
size 80x24
set TERM xterm-unheard-of
run $GALLERY tests/screen/gallery nothing
wait text Every line has its counterpart.
wait text TERM=xterm-unheard-of is unknown; xterm-256color is used.
expect gallery_empty.80x24.txt
signal TERM
exit 0
restored
