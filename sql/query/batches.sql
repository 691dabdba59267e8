-- Batches of payouts; index batch_created (created_at, batch_no).
select batch_no, channel_id, items, total as amount, currency, state as batch_state, created_at,
    sent_at, message_id
from desk.batches
