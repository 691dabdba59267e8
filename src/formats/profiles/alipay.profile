# Alipay's list of transactions (支付宝交易明细): GBK, a long preamble, cells padded with blanks, the
# newest row first. The sign word 不计收支 is neither in nor out: a refund says by its status that
# the money came back; the rest (moves between one's own pockets) is information.

title     "Alipay transactions"
encoding  gb18030
date      "YYYY-MM-DD hh:mm:ss"
currency  CNY
empty     /

preamble  account  支付宝账户
preamble  from     起始时间
preamble  to       终止时间
preamble  count    共

column    date          交易时间
column    party         交易对方
column    party-account 对方账号
column    text          商品说明
column    type          交易分类
column    sign          收/支
column    amount        金额
column    extra         收/付款方式
column    status        交易状态
column    order         交易订单号
column    end-to-end    商家订单号
optional  text          备注

sign      收入     credit
sign      支出     debit
sign      不计收支 neutral

status    交易成功     booked
status    支付成功     booked
status    还款成功     booked
status    代付成功     booked
status    亲友代付成功 booked
status    放款成功     booked credit
status    退款成功     booked credit
status    等待确认收货 booked
status    等待付款     pending
status    等待发货     booked
status    处理中       pending
status    交易关闭     failed
status    支付失败     failed
status    还款失败     failed
