-- Counterparts that may fit, best first; a definer function looks for them.
-- param 1 exception_id int8
select c.score, c.candidate_no, c.side, c.day, c.party, c.ref, c.amount, c.currency, c.state, c.why,
    case c.state when 'BOOKED' then 'PAID' when 'RECONCILED' then 'PAID' else c.state end
        as outcome,
    c.exception_id, c.value_date, c.line_id, c.payment_id
from desk.exception_candidates($1::bigint) c
