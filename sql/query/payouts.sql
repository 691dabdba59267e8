-- Payouts as the core publishes them; the primary key serves the order.
select payment_id, payment_no, direction, channel_id, order_no, mode, batch_no, amount, currency,
    payee_name as party, payee_account as party_account, state as payment_state, bank_ref as ref,
    business_date, sent_at, customer_id, reason_class, version
from desk.payouts
