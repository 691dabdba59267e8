-- What the core asked the bank about a payout, oldest first; primary key (payment_id, query_no).
-- param 1 payment_id int8
select q.query_no, q.kind, q.asked_at, q.answered_at, q.answer, q.code, q.text, q.actor
from desk.payment_queries q
where q.payment_id = $1::bigint
order by q.query_no
