# :import of a directory: every ready file, with what came of each on the list; Esc cancels.
size 132x43
call tests/console/files
run env -C $DESK $AS clerk1 --screen statement-files
wait text rows 1-
type :import several
key Enter
wait text 1 file taken in, 1 unreadable, 1 known already
wait text of 20
key Home
wait text console-import.sta
wait text nonsense.txt
type :import
key Enter
wait text import FILE or import DIRECTORY
call tests/console/hold on
call tests/console/files held
type :import several
key Enter
wait text Esc cancels
key Esc
wait text Cancelled; no file was taken in.
call tests/console/hold off
key F3
exit 0
restored
