-- Approved requests that the core gave no receipt for (daybookd).
select request_id, body
from desk.requests_due()
