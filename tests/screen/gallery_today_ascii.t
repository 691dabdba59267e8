# The same in ASCII, for terminals without block characters.
size 80x24
run $GALLERY tests/screen/gallery --mono --ascii --prod today
wait text Match rate
expect gallery_today_ascii.80x24.txt
key F3
exit 0
