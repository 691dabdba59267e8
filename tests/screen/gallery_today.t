# The Today picture at both sizes, in ASCII, and where its keys lead.
size 80x24
run $GALLERY tests/screen/gallery --mono today
wait text Match rate
expect gallery_today.80x24.txt
cursor 4 0
key Down Down
cursor 6 0
key Enter
wait text There is nothing to open in this row.
key Down Down
cursor 10 0
key Enter
wait text What = bank only
resize 132x43
wait text Payee
key Esc
wait gone What = bank only
key Esc
wait text Day close
expect gallery_today.132x43.txt
key q
exit 0
restored
