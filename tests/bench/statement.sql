-- The same matching as one statement: the n-th line of a reference, amount and currency with the
-- n-th payment of the same, each line with its identity and its number among equal ones, all
-- columns stored.
create table bench.result as
select l.value_date, l.line_no as line_id, 1::bigint as statement_id, 'CCB'::text as channel_id,
    l.amount, row_number() over (partition by l.bank_ref, l.amount, l.value_date, l.account
                                 order by l.line_no)::integer as occurrence,
    md5(l.bank_ref)::uuid as identity, l.line_no, l.booking_date, false as interim, l.status,
    p.payment_id, case when p.payment_id is not null then 10 end as rule_no,
    case when p.payment_id is not null then 1 end as rule_version, null::bigint as fee, l.account,
    l.currency, l.ref, l.bank_ref, l.type, l.party_name, l.party_account, l.text
from (select b.*, row_number() over (partition by b.ref, b.amount, b.currency
                                     order by b.line_no) as n
      from bench.line b) l
left join (select b.*, row_number() over (partition by b.bank_ref, b.amount, b.currency
                                          order by b.payment_id) as n
           from bench.payment b) p
    on p.bank_ref = l.ref and -p.amount = l.amount and p.currency = l.currency and p.n = l.n;
