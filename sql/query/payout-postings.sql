-- The ledger's postings of a payout; index journal_once (payment_id, event, cycle).
-- param 1 payment_id int8
select g.journal_id, g.posting_no, g.business_date, g.event, g.cause, g.posted_at, g.account, g.sub,
    g.currency, g.amount
from desk.payment_postings g
where g.payment_id = $1::bigint
order by g.journal_id, g.posting_no
