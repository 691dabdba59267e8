# The balance chain of a file.
size 80x24
run tests/screen/console clerk1 --screen statement-files
wait text F-1
key :
type statements-of-file 10
key Enter
wait text 2026
wait text PRESUMED
expect statements-of-file.80x24.txt
resize 132x43
expect statements-of-file.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
