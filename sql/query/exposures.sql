-- What is at risk by channel; index payment_doubt (payment_id).
select channel_id, currency, doubtful, presumed, amount, oldest_at, due_at
from desk.exposures
