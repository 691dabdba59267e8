# The console in Chinese: wide characters stand in their columns, and what the database keeps in
# English is said in Chinese too.
size 80x24
mask [0-2][0-9]:[0-5][0-9]$
set LANG zh_CN.UTF-8
run tests/console/as clerk1
wait text 推定 4
wait text 匹配率
expect chinese_today.80x24.txt
type gx
wait text 差错
wait text 第 1-
expect chinese_exceptions.80x24.txt
