-- Open exceptions of one channel; index exception_channel_open (channel_id, exception_id).
-- param 1 channel_id text
select exception_id, exception_no, code, state, business_date, currency, amount, cash_effect,
    severity, party, reason, opened_at, claimed_by, version
from desk.exceptions
where open and channel_id = $1::text
