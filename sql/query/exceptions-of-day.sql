-- Exceptions about one business day; index exception_day (business_date, exception_id).
-- param 1 day date
select exception_id, exception_no, code, state, channel_id, currency, amount, party, reason,
    opened_at, claimed_by, version
from desk.exceptions
where open and business_date = $1::date
