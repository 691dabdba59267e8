# The same list where there is room: every column that fits, hostile names made harmless.
size 132x43
run $GALLERY tests/screen/gallery --mono exceptions
wait text rows 1-34 of 123
expect gallery_list_wide.132x43.txt
key q
exit 0
