# Bank of China, credit card (中国银行信用卡账单). The day that counts is the bank's posting day.

title     "Bank of China, credit card"
encoding  utf-8
date      YYYY-MM-DD
thousands comma
currency  CNY

column    date     银行记账日
column    in       存入
column    out      支出
column    currency 币种
column    text     交易描述
column    extra    卡号后四位
column    time     交易日
