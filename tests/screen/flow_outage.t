# The server stops and comes back: the age of what is shown, Esc, and the way back by itself.
size 80x24
call packaging/cluster psql $DESK -d flow_outage -c "update desk.environment set fixed_at = null"
run tests/screen/console clerk1 --screen exceptions
wait text PRESUMED
call tests/screen/desk halt $DESK
wait text Connection lost; connecting again by itself.
wait text data
wait text old
wait text X-2
key Enter
key Esc
wait text rows 1-15 of 44
key ?
wait text Keys and commands
key Esc
call tests/screen/desk wake $DESK
wait text Connected again.
key End
wait text X-87
# its processes stand still: that is said, Esc cancels, and nothing hangs
call tests/screen/desk freeze $DESK
key R
wait text Esc cancels
key Esc
wait gone Esc cancels
key ?
wait text Keys and commands
key Esc
wait gone Keys and commands
call tests/screen/desk thaw $DESK
key Home R
wait text rows 1-15 of 44
key F3
exit 0
restored
