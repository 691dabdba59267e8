# HSBC Hong Kong, one list for all currencies of the account, the newest row first. Each currency
# has balances of its own, so the list as a whole has none.

title     "HSBC Hong Kong, account"
encoding  utf-8
date      DD/MM/YYYY
thousands comma
currency  HKD

column    date     Date
column    text     Description
column    amount   "Billing amount"
column    currency "Billing currency"
