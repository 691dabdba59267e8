# However it ends, the terminal is as it was.
size 80x24
set LANG C.UTF-8
run tests/console/as clerk1 --screen exceptions
wait text rows 1-15
resize 132x43
wait text Age d
resize 80x24
signal TERM
exit 143
restored
run tests/console/as clerk1 --screen exceptions
wait text rows 1-15
signal SEGV
restored
run tests/console/as clerk1 --screen exceptions
wait text rows 1-15
signal HUP
exit 129
restored
run tests/console/as clerk1 --screen nowhere
wait text there is no screen 'nowhere'
exit 1
