# The day's statement of a bank that writes GBK: one file a day and account, CRLF line ends, fields
# quoted where they hold a comma, a quote or a line end (RFC 4180).
#
#   客户对账单
#   账号：6222020000001234567,户名：示例公交卡有限公司
#   币种：人民币
#   起始日期：2026-11-19,终止日期：2026-11-19
#   期初余额：1234567.89
#
#   交易日期,交易时间,流水号,商户订单号,借贷标志,金额,余额,对方户名,对方账号,摘要,状态,手续费
#   2026-11-19,09:31:00,K2026111900000001,PO-0001,借,"1,200.00","1,233,367.89",张三,62170001,代付,成功,1.50
#   2026-11-19,14:02:11,K2026111900000002,PO-0002,借,80.00,"1,233,367.89",李四,62170002,代付,失败,0.00
#   2026-11-19,16:20:45,K2026111900000003,PO-0001,贷,"1,200.00","1,234,567.89",张三,62170001,退票 账号不符,成功,
#   合计：3笔,净额：0.00
#   期末余额：1234567.89
#
# Amounts above and below the rows have no thousands marks (or the whole cell is quoted); those in
# the rows may have them. Amounts have no sign: 借 is money out, 贷 money in. 余额 is the balance
# after the row. Rows with the status 失败 or 处理中 are listed and move no money. 手续费 is what
# the bank will charge for the row; the charge itself is a row of its own (摘要 手续费), so it moves
# no balance here. 合计 counts all rows; 净额 is credits minus debits of the rows with the status
# 成功, so that 期初余额 + 净额 = 期末余额. A day without rows has the header row, 合计：0笔,净额：0.00
# and both balances.

title     "GBK statement of the demo bank"
encoding  gb18030
date      YYYY-MM-DD
thousands comma
currency  CNY
currency-word 人民币 CNY
rows      oldest-first

preamble  account  账号
preamble  currency 币种
preamble  from     起始日期
preamble  to       终止日期
preamble  opening  期初余额

column    date          交易日期
column    time          交易时间
column    bank-ref      流水号
column    order         商户订单号
column    sign          借贷标志
column    amount        金额
column    balance       余额
column    party         对方户名
column    party-account 对方账号
column    text          摘要
column    status        状态
column    fee           手续费

sign      借 debit
sign      贷 credit
status    成功   booked
status    失败   failed
status    处理中 pending

footer    count   合计
footer    sum     净额
footer    closing 期末余额
