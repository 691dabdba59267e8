-- One exception with both sides: the bank's line and the core's payment, be it the one that it was
-- raised for or the one that its line was linked to since.
-- param 1 exception_id int8
select x.exception_id, x.exception_no, x.code, x.state, x.channel_id, x.business_date, x.direction,
    x.currency, x.amount, x.cash_effect, x.severity, x.party, x.reason, x.opened_at, x.age_days,
    x.claimed_by, x.due, x.cycle, x.version, x.value_date, x.line_id,
    coalesce(x.payment_id, l.payment_id) as payment_id,
    coalesce(x.payment_no, l.payment_no) as payment_no, x.file_id, 'F-' || x.file_id as file_no,
    'L-' || x.line_id as line_no,
    l.line_no as bank_no, l.amount as bank_amount, l.currency as bank_currency,
    l.value_date as bank_day, l.ref as bank_ref, l.party_name as bank_party,
    l.party_account as bank_account, l.status as bank_state, l.fee as bank_fee,
    case l.status when 'BOOKED' then 'PAID' else l.status end as bank_outcome,
    p.payment_no as core_no,
    case p.direction when 'OUT' then -p.amount when 'IN' then p.amount end as core_amount,
    p.currency as core_currency, p.business_date as core_day, p.bank_ref as core_ref,
    p.payee_name as core_party, p.payee_account as core_account,
    desk.accounts_differ(l.value_date, l.line_id, p.payment_id) as account_differs,
    p.state as core_state,
    case p.state when 'RECONCILED' then 'PAID' else p.state end as core_outcome,
    p.expected_fee as core_fee, p.order_no, p.sent_at, p.accepted_at, l.text as bank_text
from desk.exceptions x
left join desk.lines l on l.value_date = x.value_date and l.line_id = x.line_id
left join desk.payments p on p.payment_id = coalesce(x.payment_id, l.payment_id)
where x.exception_id = $1::bigint
