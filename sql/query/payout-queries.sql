-- What the core asked the bank about a payout; primary key (payment_id, query_no).
-- param 1 payment_id int8
select query_no, kind as query_kind, asked_at, answered_at, answer, code as bank_code,
    text as bank_text, actor
from desk.payment_queries
where payment_id = $1::bigint
