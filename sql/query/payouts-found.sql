-- Payouts by number, order, bank reference, payee or amount; indexes payment_order_no,
-- payment_bank_ref, payment_payee, payment_amount.
-- param 1 text text
select p.payment_id, p.payment_no, p.direction, p.channel_id, p.order_no, p.mode, p.amount,
    p.currency, p.payee_name as party, p.state as payment_state, p.bank_ref as ref,
    p.business_date, p.sent_at, p.customer_id, p.version
from desk.payout_find($1::text) as f (payment_id)
join desk.payouts p on p.payment_id = f.payment_id
