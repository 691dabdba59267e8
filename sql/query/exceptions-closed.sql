-- Exceptions of all states, by number; the primary key serves the order.
select exception_id, exception_no, code, state, channel_id, business_date, direction, currency,
    amount, cash_effect, severity, payment_no, party, reason, opened_at, claimed_by, version
from desk.exceptions
