-- One batch.
-- param 1 batch_no text
select batch_no, channel_id, items, total as amount, currency, state as batch_state, created_at,
    sent_at, message_id
from desk.batches
where batch_no = $1::text
