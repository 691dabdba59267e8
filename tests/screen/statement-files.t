# The files that came.
size 80x24
run tests/screen/console clerk1 --screen statement-files
wait text F-1
wait text PRESUMED
expect statement-files.80x24.txt
resize 132x43
expect statement-files.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
