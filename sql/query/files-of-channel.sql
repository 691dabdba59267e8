-- What a channel owed and what came; the key (channel_id, business_date) serves the order.
-- param 1 channel_id text
select business_date, channel_id, due_at, state as file_state, received_at, lines, file_id
from desk.files_due
where channel_id = $1::text
