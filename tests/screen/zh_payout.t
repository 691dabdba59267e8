# In Chinese: a payout in doubt.
size 80x24
run tests/screen/console clerk1 --language zh_CN --screen payouts-in-doubt
wait text P2026112300012
type :payout 20261123000000003
key Enter
wait text 对客户说
wait text 402,598.40
expect zh_payout.80x24.txt
resize 132x43
wait text E12
wait text 没有询问过
wait text 没有重付关系
expect zh_payout.132x43.txt
key F3 F3 F3
exit 0
restored
