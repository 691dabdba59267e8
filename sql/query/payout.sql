-- One payout: what is known of the money, and how its bank is asked.
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
         when p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID') then 'UNKNOWN'
         else 'NO' end as moved,
    p.moved_at as moved_moment, p.sent_at as sent_moment, p.sent_at, p.not_after as not_after,
    p.presumed_at, p.queries, p.next_query_at, p.ladder_stopped, p.ladder_base_s, p.ladder_count,
    p.reason_class, p.reason_code, p.reason_text,
    desk.statement_due_at(p.channel_id, p.business_date) as due_at,
    desk.statement_due_at(p.channel_id, p.business_date) + interval '30 minutes' as certain_at
from desk.payouts p
where p.payment_id = $1::bigint
