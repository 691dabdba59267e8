-- Open exceptions that the caller has claimed; index exception_mine (claimed_by, exception_id).
select exception_id, exception_no, code, state, channel_id, business_date, direction, currency,
    amount, cash_effect, severity, payment_no, party, reason, opened_at, age_days, claimed_by, due,
    version
from desk.exceptions
where open and claimed_by = session_user
