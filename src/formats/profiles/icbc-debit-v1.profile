# Industrial and Commercial Bank of China, debit card (工商银行明细查询文件下载). The amounts that
# count are the two booked ones (记账金额); a dash means nothing. Statements are often passed on with
# the balance made unreadable, so a balance that is no number is left out.

title     "ICBC, debit card"
encoding  utf-8
date      YYYY-MM-DD
thousands comma
currency  CNY
currency-word 人民币 CNY
currency-word 美元   USD
currency-word 港币   HKD
rows      newest-first
empty     -

preamble  account 卡号

column    date     交易日期
column    type     摘要
column    text     交易场所
column    extra    交易国家或地区简称
column    in       记账金额(收入)
column    out      记账金额(支出)
column    currency 记账币种
optional  balance  余额
column    party    对方户名

footer    totals   人民币合计
