-- Requests that wait for a signature, and whether the reader may give it; index request_waiting
-- (approve_by, request_id) of what waits.
select r.request_id, r.kind as request_kind, r.channel_id, r.currency, r.amount, r.tier,
    r.approvals, r.missing, r.state_shown as request_state, r.maker, r.maker_name,
    r.reason as request_reason, r.text, r.items, r.object, r.exception_id, r.payout, r.made_at,
    r.approve_by, r.execute_by, r.proposed_at, r.mine, r.executed_at, r.last_word,
    coalesce(nullif(r.why_not, ''), 'NONE') as why_not
from desk.requests r
where r.state in ('PENDING', 'PARTLY_APPROVED')
