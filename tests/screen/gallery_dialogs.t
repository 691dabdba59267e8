# Questions, the danger dialog, help, palette, go-to, progress, the pager.
size 80x24
run $GALLERY tests/screen/gallery --mono exceptions
wait text X-0001
key :
type as
key Tab
wait text :as
key Enter
wait text command as
key :
type ask
key Enter
wait text Claim 3 exceptions, 1,200.00 CNY?  y/n
key Enter
wait text y/n
key y
wait text ask: yes
key :
type danger
key Enter
wait text Credit back
# keys are ignored at first, and the prompt comes when they count
wait text Type the last four digits
expect gallery_danger.80x24.txt
key Enter
wait text Credit back
key Esc
wait text danger: no
key ?
wait text Keys and commands
expect gallery_help.80x24.txt
type range
wait text Mark a range
key Enter
wait text Range: move to its other end
key L
wait text You prepared this request
key g
wait text t Today
key t
wait text Statement files
key Esc
wait text X-0001
key :
type raw
key Enter
wait text :61:2611190000C12,50NTRF·[2J
expect gallery_pager.80x24.txt
key Esc
key :
type import
key Enter
wait text Importing
key Esc
wait text Cancelled.
key :
type quit
key Enter
exit 0
restored
