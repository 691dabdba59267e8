# In Chinese: exception.
size 80x24
run tests/screen/console clerk1 --language zh_CN --screen exceptions
wait text X-8
key \
type code:AMOUNT
key Enter
wait gone X-8
key Enter
wait text -956.98
wait text 11-20 09:05
wait text 402,598.40
expect zh_exception.80x24.txt
resize 132x43
expect zh_exception.132x43.txt
key F3 F3 F3
exit 0
restored
