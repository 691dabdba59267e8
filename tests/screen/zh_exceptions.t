# In Chinese: exceptions.
size 80x24
run tests/screen/console clerk1 --language zh_CN --screen exceptions
wait text 44
wait text 402,598.40
expect zh_exceptions.80x24.txt
resize 132x43
expect zh_exceptions.132x43.txt
key F3 F3 F3
exit 0
restored
