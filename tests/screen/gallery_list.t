# A list: pages, marks, ranges, options beside rows, sorting, columns that did not fit.
size 80x24
run $GALLERY tests/screen/gallery --mono exceptions
wait text rows 1-15 of 123
expect gallery_list.80x24.txt
key PgDn
wait text rows 16-30 of 123
key f
wait text rows 31-45 of 123
key b
wait text rows 16-30 of 123
key End
wait text rows 109-123 of 123  Bottom
key Home
wait text rows 1-15 of 123  More...
# marks: two by Space, a range by v, and an action over them with its sum
key Space Space Down
key v Down Down v
wait text 5 marked
expect gallery_list_marks.80x24.txt
key C
wait text run claim x5 X-0001
key U
wait gone marked
# options over several pages, carried out together by Enter
key 5 Down 9 PgDn 9
wait text rows 16-30
key Enter
wait text open x1 X-0006 740.736 BHD; claim x2 X-0007 35,802.24 CNY
# an option that does not exist
key 7 Enter
wait text Option 7 does not exist
key U
# the other order, and the other way
key s
wait text ↓ Amount
key S
wait text ↑ Amount
key s
wait gone Amount X
# columns that did not fit
key Right Right
wait text Payee
expect gallery_list_right.80x24.txt
key *
wait text 123 marked
key C
wait text run claim x123
key q
exit 0
