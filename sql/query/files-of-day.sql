-- What was owed for one business day; index file_due_day (business_date, channel_id).
-- param 1 day date
select channel_id, business_date, due_at, state as file_state, received_at, lines, file_id
from desk.files_due
where business_date = $1::date
