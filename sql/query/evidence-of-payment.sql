-- Evidence of one payout; index evidence_payment (payment_id, evidence_id).
-- param 1 payment_id int8
select evidence_id, evidence_no, class, says, text, attachment, sha256, added_at, added_by
from desk.evidences
where payment_id = $1::bigint
