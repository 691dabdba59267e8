-- All requests; index request_made (proposed_at, request_id).
select r.request_id, r.kind as request_kind, r.channel_id, r.currency, r.amount, r.tier,
    r.approvals, r.missing, r.state_shown as request_state, r.maker, r.maker_name,
    r.reason as request_reason, r.text, r.items, r.object, r.exception_id, r.payout, r.made_at,
    r.approve_by, r.execute_by, r.proposed_at, r.mine, r.executed_at, r.last_word
from desk.requests r
