-- Evidence given for a channel; index evidence_day (channel_id, business_date, evidence_id).
-- param 1 channel_id text
select business_date, evidence_id, evidence_no, payment_id, payment_no, class, says, text,
    attachment, sha256, opening, closing, total, difference, balances, currency, added_at, added_by
from desk.evidences
where channel_id = $1::text
