-- One business day.
-- param 1 day date
select day, state as day_state, gate, files_due, files_arrived, files_provisional, lines_untold,
    evidence_open, exceptions_open, exceptions_amount as amount, closed_at
from desk.business_days
where day = $1::date
