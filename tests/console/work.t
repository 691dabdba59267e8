# Exceptions worked by keyboard: claims, marks with count and sum, a form and its faults, a refusal.
size 80x24
set LANG C.UTF-8
run tests/console/as clerk2 --screen exceptions
wait text rows 1-15
# one row: done at once, and the row says so
key Down a
wait text 1 exception claimed.
wait text claimed         1,246.08
# marked rows: count and sum first; n leaves them alone
key Down Space Down Space Down
key Space
wait text 3 marked
key a
wait text claim: 3 rows
key n
wait gone claim: 3 rows
# what somebody else holds is refused, row by row, the others are done
key a
wait text claim: 3 rows
key y
wait text X-3 is claimed already
key U
# a form asks for what is needed; the fault is told on it, what was typed stays
key Home Down d
wait text Defer
key F10
wait text Something must stand here
type 2026-03-20
key Tab
type 等待银行回单
key F10
wait text 1 exception deferred.
# back again, and forward has nothing: a form that was left is gone
key ]
wait text rows 1-15
# a comment on what belongs to another is allowed
key Home m
wait text Comment
type seen by clerk2
key F10
wait text 1 comment written.
# what was done underneath
key @
wait text 1 exception deferred.
key Esc
type :quit
key Enter
exit 0
restored
