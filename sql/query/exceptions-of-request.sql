-- The exceptions that a request is about, as they are now; primary key of desk.request_item.
-- param 1 request_id text
select i.item_no, i.object, x.exception_id, x.exception_no, x.code, x.state, x.amount, x.currency,
    x.party, x.claimed_by, x.opened_at, x.reason
from desk.request_items i
join desk.exceptions x on x.exception_id = i.exception_id
where i.request_id = $1::text
