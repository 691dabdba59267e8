# What no evidence closes yet, of channels without files.
size 80x24
run tests/screen/console clerk1 --screen evidence-due
wait text one more
wait text PRESUMED
expect evidence-due.80x24.txt
resize 132x43
expect evidence-due.132x43.txt
key q
exit 0
restored
