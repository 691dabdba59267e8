# China Merchants Bank, credit card (招商银行信用卡对账单). Days have no year: the title names the
# statement's month. Amounts are what the holder owes, so a repayment is negative. A row without a
# day of trade (a repayment) has its posting day only.

title     "China Merchants Bank, credit card"
encoding  utf-8
date      MM/DD
year      YYYY年MM月
thousands comma
currency  CNY
amounts   inverted
mark      (CN)

column    date         交易日
column    date         记账日
column    booking-date 记账日
column    text         交易摘要
column    amount       人民币金额
column    extra        卡号末四位
optional  fee          手续费
