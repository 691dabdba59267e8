# China Merchants Bank, debit card (招商银行借记卡).

title     "China Merchants Bank, debit card"
encoding  utf-8
date      YYYY-MM-DD
thousands comma
rows      oldest-first

column    date     记账日期
column    currency 货币
column    amount   交易金额
column    balance  联机余额
column    type     交易摘要
column    party    对手信息
column    text     客户摘要

currency-word 人民币 CNY
