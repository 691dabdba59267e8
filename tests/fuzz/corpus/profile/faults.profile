titel   "Wrong word"
title   one two
encoding utf8
encoding gbk
encoding utf-8
delimiter ;
quote
quote "unclosed
decimal none
thousands ""
date
date YYYY/DD
year YYYY
currency CNYX
currency-word 人民币
currency-word 人民币 R
mark
amounts unsigned
rows newest
preamble acount 账号
preamble account
column
column dat Date
column date
optional blance Balance
sign 借 out
status 成功 ok
status 成功 booked up
skip nothing x
footer sums x
nonsense
