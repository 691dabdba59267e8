# The amount that is proved by typing is said in the capital numerals of Chinese vouchers.
size 80x24
call tests/console/payout T-CHINESE
set LANG zh_CN.UTF-8
run tests/console/as clerk1 --screen payouts
wait text core ●
wait text 已创建
key X
wait text 123.00 CNY
wait text 人民币壹佰贰拾叁元整
wait text 请输入编号
key Esc
wait gone 人民币
key F3
exit 0
