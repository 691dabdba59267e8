-- What was asked of a bank; index bank_contact_channel (channel_id, contact_id).
-- param 1 channel_id text
select contact_id, contact_no, channel_id, payment_id, payment_no, asked_at, asked_by,
    asked as request,
    answered_at, answered_by, answer as reply, attachment, sha256
from desk.bank_contacts
where channel_id = $1::text
