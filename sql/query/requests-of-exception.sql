-- Requests about one exception; index request_item_of (exception_id, request_id).
-- param 1 exception_id int8
select r.request_id, r.kind as request_kind, r.state_shown as request_state, r.maker, r.amount,
    r.currency, r.approvals, r.tier, r.proposed_at, r.approve_by, r.last_word
from desk.request_items i
join desk.requests r on r.request_id = i.request_id
where i.exception_id = $1::bigint
