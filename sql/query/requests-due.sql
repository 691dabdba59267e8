-- What is approved and has no receipt yet.
select d.request_id, d.body
from desk.requests_due() d
