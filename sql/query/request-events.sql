-- What became of a request, oldest first; index request_event_of (request_id, event_id).
-- param 1 request_id text
select e.event_id, e.at, e.actor as who, e.action as what,
    concat_ws(' ', case when e.from_state = e.to_state then null
                        when e.from_state = '' then e.to_state
                        else e.from_state || ' > ' || e.to_state end,
        nullif(e.text, '')) as text
from desk.request_events e
where e.request_id = $1::text
order by e.event_id
