-- Payouts that this one pays again, or that pay it again; index payment_repays (repays).
-- param 1 payment_id int8
select p.payment_id, p.payment_no, r.relation, p.channel_id, p.amount, p.currency,
    p.state as payment_state, p.sent_at
from (
    select o.repays as payment_id, 'REPAYS' as relation from desk.payouts o
    where o.payment_id = $1::bigint and o.repays is not null
    union all
    select o.payment_id, 'REPAID_BY' from desk.payouts o where o.repays = $1::bigint) r
join desk.payouts p on p.payment_id = r.payment_id
