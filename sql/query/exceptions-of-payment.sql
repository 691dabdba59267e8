-- Exceptions about one payment; index exception_payment (payment_id).
-- param 1 payment_id int8
select exception_id, exception_no, code, state, amount, currency, opened_at, reason
from desk.exceptions
where payment_id = $1::bigint
