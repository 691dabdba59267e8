-- Payouts of one batch; index payment_batch (batch_no).
-- param 1 batch_no text
select payment_id, payment_no, channel_id, order_no, amount, currency, payee_name as party,
    state as payment_state, bank_ref as ref, sent_at, reason_class, version
from desk.payouts
where batch_no = $1::text
