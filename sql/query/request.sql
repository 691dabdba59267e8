-- One request: its document, from which the screen is drawn, and who the reader is to it.
-- param 1 request_id text
select r.request_id, r.kind as request_kind, r.channel_id, r.currency, r.amount, r.tier,
    r.approvals, r.missing, r.state_shown as request_state, r.maker, r.maker_name,
    r.reason as request_reason, r.text, r.items, r.object, r.exception_id, r.payout, r.made_at,
    r.approve_by, r.execute_by, r.proposed_at, r.mine, r.executed_at, r.last_word,
    coalesce(nullif(r.why_not, ''), 'NONE') as why_not, r.sha256,
    pg_catalog.convert_from(d.document, 'UTF8') as document, d.core_signature,
    d.core_certificate, d.receipt, d.receipt_signature
from desk.requests r
join desk.request_documents d on d.request_id = r.request_id
where r.request_id = $1::text
