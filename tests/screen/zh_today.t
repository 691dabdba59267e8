# In Chinese: today.
size 80x24
run tests/screen/console clerk1 --language zh_CN
wait text 11-20
wait text 402,598.40 CNY
expect zh_today.80x24.txt
resize 132x43
expect zh_today.132x43.txt
key F3 F3 F3
exit 0
restored
