# Bank of Communications, debit card (交通银行借记卡).

title     "Bank of Communications, debit card"
encoding  utf-8
date      YYYY-MM-DD
thousands comma
currency  CNY
rows      oldest-first

column    date          交易日期
column    time          交易时间
column    type          交易类型
column    sign          借贷
column    amount        交易金额
column    balance       余额
column    party         对方户名
column    party-account 对方账号
column    text          交易地点
column    text          摘要
column    bank-ref      序号

sign      "贷 Cr" credit
sign      贷      credit
sign      "借 Dr" debit
sign      借      debit
