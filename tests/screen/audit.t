# Who did what, of one person and then of another; looking at it is in it.
size 80x24
run tests/screen/console super1 --screen exceptions
wait text X-8
key g j
wait text operator-enrol
key \
type who:clerk1
key Enter
wait gone operator-enrol
wait text clerk1
wait text PRESUMED
expect audit.80x24.txt
resize 132x43
expect audit.132x43.txt
key Esc
wait text operator-enrol
key \
type who:super1
key Enter
wait text audit-read
key F3 F3 F3 F3
exit 0
restored
