# Keys typed while rows are on their way arrive in their order, and mean the rows that come.
size 80x24
set LANG C.UTF-8
run tests/console/as clerk2
wait text Statement files
key g x Down Down Enter
wait text X-3
key Esc
wait text rows 1-15
# the end of the list, then its last row; the question is about all rows, not about the one below
key End Home * a
wait text claim:
wait text rows,
wait gone 0.00 +
key n
wait gone claim:
key U
key q
wait text Statement files
type :quit
key Enter
exit 0
restored
