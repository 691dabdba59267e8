-- What happened to a payout; primary key (payment_id, event_id).
-- param 1 payment_id int8
select event_id, at as event_at, kind as event_kind, from_state, state as payment_state, cause,
    as_of, actor, hash
from desk.payment_events
where payment_id = $1::bigint
