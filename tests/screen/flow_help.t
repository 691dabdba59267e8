# `?` lists what can be done here, finds it by typing, and Enter does it; `:` completes.
size 80x24
run tests/screen/console clerk1 --screen exceptions
wait text PRESUMED
key ?
wait text Keys and commands
expect flow_help.80x24.txt
type range
wait text Mark a range
key Enter
wait text Range: move to its other end
key Esc
key :
type stat
key Tab
wait text statement-files
expect flow_help_palette.80x24.txt
key Enter
wait text F-11
# back and forward through the places
key [
wait text Total of 44 rows
key ]
wait text F-11
key [
wait text Total of 44 rows
key :
type lnies
key Enter
wait text did you mean 'lines'?
key @
wait text What was done underneath
wait text exceptions
key Esc
wait gone What was done underneath
key g c
wait text 招商银行
key q q
exit 0
restored
