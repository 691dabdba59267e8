-- What was asked of a bank about a payout; index bank_contact_payment (payment_id, contact_id).
-- param 1 payment_id int8
select contact_id, contact_no, channel_id, payment_id, payment_no, asked_at, asked_by,
    asked as request,
    answered_at, answered_by, answer as reply, attachment, sha256
from desk.bank_contacts
where payment_id = $1::bigint
