-- Payouts whose result is not known, oldest first; index payment_doubt (payment_id).
select payment_id, payment_no, channel_id, order_no, mode, batch_no, amount, currency,
    payee_name as party, state as payment_state, bank_ref as ref, business_date, sent_at,
    presumed_at, next_query_at,
    least(queries, ladder_count) || '/' || ladder_count
        || case when ladder_stopped then ' !' else '' end as asked,
    ladder_stopped, customer_id, desk.statement_due_at(channel_id, business_date) as due_at, version
from desk.payouts_in_doubt
