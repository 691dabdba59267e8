# One file: checks, balances, what could not be read.
size 80x24
run tests/screen/console clerk1 --screen statement-files
wait text F-1
key Down
key Enter
wait text lines readable
wait text PRESUMED
expect statement-file.80x24.txt
resize 132x43
expect statement-file.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
