# What is presumed paid and what is not known, by channel.
size 80x24
run tests/screen/console clerk1 --screen exposures
wait text ICBC
wait text PRESUMED
expect exposures.80x24.txt
resize 132x43
expect exposures.132x43.txt
key F3 F3 F3 F3 F3 F3
exit 0
restored
