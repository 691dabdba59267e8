-- Links of the audit's chain with their entries, for a verification.
-- param 1 after int8
-- param 2 upto int8
select seq, source, entry_id, hash, row_hash, xid, at, login, actor, action, object, detail, day,
    event, payment_id, cycle, batch_no, file_sha256, line_no, cause, posted_at, request_id, number,
    reverses, posting_no, account, sub, currency, amount
from desk.audit_rows($1::bigint, $2::bigint)
