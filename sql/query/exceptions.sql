-- Open exceptions, oldest first; index exception_open (opened_at, exception_id).
select exception_id, exception_no, code, state, channel_id, business_date, direction, currency,
    amount, cash_effect, severity, payment_no, party, reason, opened_at, age_days, claimed_by, due,
    version, value_date, line_id, payment_id
from desk.exceptions
where open
