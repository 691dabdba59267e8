-- The history of an exception, oldest first; index exception_event_of (exception_id, event_id).
-- param 1 exception_id int8
select e.event_id, e.at, e.actor as who, e.action as what,
    concat_ws(' ', case when e.from_state = e.to_state then null
                        when e.from_state = '' then e.to_state
                        else e.from_state || ' > ' || e.to_state end,
        nullif(e.text, ''), 'until ' || e.until) as text
from desk.exception_events e
where e.exception_id = $1::bigint
order by e.event_id
