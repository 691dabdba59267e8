-- One payout: what is known of the money, and how its bank is asked. A statement line may have told
-- what the core does not say yet; told: PAID, BACK, or DISPUTED while an exception is open on it.
-- param 1 payment_id int8
select p.payment_id, p.payment_no, p.direction, p.channel_id, p.order_no, p.mode, p.batch_no,
    p.amount, p.currency, p.payee_name as party, p.payee_account as party_account,
    p.state as payment_state, p.bank_ref as ref, p.business_date, p.created_at, p.expected_fee,
    p.published_at, p.customer_id, p.version,
    case when p.accepted_at is null then 'NO' else 'YES' end as accepted,
    p.accepted_at as accepted_moment,
    case when p.state in ('PAID', 'RECONCILED') then 'YES'
         when p.state = 'RETURNED' or p.state in ('REPAID', 'CREDITED_BACK')
             and p.moved_at is not null then 'BACK'
         when p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID')
             then case when t.back then 'BACK' when t.paid then 'YES' else 'UNKNOWN' end
         else 'NO' end as moved,
    p.moved_at as moved_moment, p.sent_at as sent_moment, p.sent_at, p.not_after as not_after,
    p.presumed_at, p.queries, p.next_query_at, p.ladder_stopped, p.ladder_base_s, p.ladder_count,
    p.reason_class, p.reason_code, p.reason_text,
    (select c.has_statement from desk.channels c where c.channel_id = p.channel_id)
        as has_statement,
    desk.statement_due_at(p.channel_id, p.business_date) as due_at,
    desk.statement_due_at(p.channel_id, p.business_date) + interval '30 minutes' as certain_at,
    case when exists (select from desk.exceptions x where x.payment_id = p.payment_id and x.open
                      and x.code in ('STATUS_BANK_OK', 'STATUS_BANK_FAIL', 'AMOUNT', 'DUP_BANK'))
             then 'DISPUTED'
         when t.back then 'BACK' when t.paid then 'PAID' else '' end as told
from desk.payouts p
left join lateral (
    select bool_or(l.amount < 0) as paid, bool_or(l.amount > 0) as back
    from desk.payout_lines(p.payment_id) i
    join desk.lines l on l.value_date = i.value_date and l.line_id = i.line_id) t on true
where p.payment_id = $1::bigint
