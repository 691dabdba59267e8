# What could not be read of a torn file.
size 80x24
run tests/screen/console clerk1 --screen statement-files
wait text F-1
key :
type statement-faults 4
key Enter
wait text AttValue
wait text PRESUMED
expect statement-faults.80x24.txt
resize 132x43
expect statement-faults.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
