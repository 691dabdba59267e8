# The filter over what is shown, and the words that ask the database.
size 80x24
run $GALLERY tests/screen/gallery --mono exceptions
wait text rows 1-15 of 123
key /
type x-001
wait text 10 of 123 rows read
expect gallery_filter_quick.80x24.txt
key Enter
wait text /x-001
key Esc
wait text rows 1-15
key \
type chanel:ICBC
key Enter
wait text did you mean 'channel'?
key Ctrl-U
type channel:icbc amount>1,000 opened<3d
key Enter
wait text of 9
expect gallery_filter_words.80x24.txt
key Esc
wait text of 123
key q
exit 0
