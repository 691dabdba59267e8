-- One payment.
-- param 1 payment_id int8
select payment_id, payment_no, direction, channel_id, order_no, mode, batch_no, amount, currency,
    payee_name as party, payee_account as party_account, state as payment_state, bank_ref as ref,
    business_date, sent_at, accepted_at, expected_fee, published_at
from desk.payments
where payment_id = $1::bigint
