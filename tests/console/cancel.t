# Esc cancels an import: the command's, which gives the terminal back as it was, and the console's,
# which says so and goes on.
size 80x24
set LANG C.UTF-8
call tests/console/hold on
run env -C $DESK $AS clerk1 import held.sta --format mt940
wait text Esc cancels
# other keys, and keys that begin as Esc does, mean nothing
key Up x
key Esc
wait text cancelled; nothing of the file was kept
exit 130
restored
# ended from outside, it gives the terminal back too
run env -C $DESK $AS clerk1 import held.sta --format mt940
wait text Esc cancels
signal TERM
exit 143
restored
# suspended, the shell has its terminal; continued, Esc counts again
run env -C $DESK $AS clerk1 import held.sta --format mt940
wait text Esc cancels
signal TSTP
restored
signal CONT
key Esc
wait text cancelled; nothing of the file was kept
exit 130
restored
run env -C $DESK $AS clerk1 --screen statement-files
wait text rows 1-
type :import held.sta --format mt940
key Enter
wait text Esc cancels
key Esc
wait text cancelled; nothing of the file was kept
key F3
exit 0
restored
call tests/console/hold off
