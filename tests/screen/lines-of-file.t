# The new lines of a file.
size 80x24
run tests/screen/console clerk1 --screen statement-files
wait text F-1
key :
type lines-of-file 3
key Enter
wait text Total of
wait text PRESUMED
expect lines-of-file.80x24.txt
resize 132x43
expect lines-of-file.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
