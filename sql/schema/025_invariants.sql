-- What the core says of itself: figures for its metrics, the invariants of rule B17.
grant create on schema paycore to def_core;
set local role def_core;

-- Open payouts by state and by channel come from what is under way alone, so this stays cheap.
create function paycore.figures(p_now timestamptz)
returns table (name text, label text, value bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select 'paycore_payouts', format('state="%s"', p.state), count(*)
    from paycore.work w join core.payment p on p.payment_id = w.payment_id group by p.state
    union all
    select 'paycore_sends_due', '', count(*) from paycore.work w
    where w.task = 'SEND' and w.due_at <= p_now
    union all
    select 'paycore_queries_due', '', count(*) from paycore.work w
    where w.task = 'ASK' and w.due_at <= p_now
    union all
    select 'paycore_oldest_due_seconds', '', coalesce(
        extract(epoch from p_now - min(w.due_at))::bigint, 0)
    from paycore.work w where w.due_at <= p_now
    union all
    select 'paycore_exposure', format('channel="%s"', p.channel_id), sum(p.amount)::bigint
    from paycore.work w join core.payment p on p.payment_id = w.payment_id
    where p.state in ('UNKNOWN', 'PRESUMED_PAID') group by p.channel_id;
end;
comment on function paycore.figures(timestamptz) is
    'Figures for the core''s metrics; sums in minor units.';

-- All balances, debit positive: the last snapshot and what came since.
create function paycore.balances()
returns table (account text, sub text, currency text, balance bigint)
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    with last as (
        select s.day, s.last_journal from paycore.snapshot s order by s.day desc limit 1)
    select x.account, x.sub, x.currency, sum(x.amount)::bigint
    from (select s.account, s.sub, s.currency, s.balance as amount
          from paycore.snapshot s where s.day = (select l.day from last l)
          union all
          select p.account, p.sub, p.currency, p.amount from core.posting p
          where p.journal_id > coalesce((select l.last_journal from last l), 0)) x
    group by x.account, x.sub, x.currency;
end;
comment on function paycore.balances() is 'The balances of all accounts, debit positive.';

-- What is wrong, a sentence a row; no rows: all holds. I1: the ledger adds up to zero, and
-- customers' balances are their postings. I2, the core's part: bank accounts moved by the lines
-- that were told or that requests posted. I3: the clearing accounts are the payouts under way. I5:
-- suspense is what stands there for exceptions. I8: customers' money is there, and what came in
-- without anybody knowing whose it is. I11: nothing that is due rests.
create function paycore.invariant_faults(p_now timestamptz)
returns table (name text, detail text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return query
    with b as materialized (select * from paycore.balances()),
    lines as (
        select s.sha256, s.account, s.currency, sum(s.amount) as amount
        from paycore.statement_line s
        where s.sha256 in (
            select r.sha256 from paycore.statement_receipt r
            where r.at > p_now - interval '2 days'
            union select o.sha256 from core.execution e
            join paycore.statement_line o on o.request_id = e.request_id
            where e.business_date > paycore.ledger_day(p_now) - 2)
        group by s.sha256, s.account, s.currency),
    under_way as (
        select p.channel_id, p.currency, sum(p.amount) as amount
        from paycore.work w join core.payment p on p.payment_id = w.payment_id
        group by p.channel_id, p.currency),
    clearing as (
        select split_part(b.sub, '.', 1) as channel_id, b.currency, - sum(b.balance) as amount
        from b where b.account = '2210' group by 1, 2)
    select 'I1', format('the ledger in %s adds up to %s', b.currency, sum(b.balance))
    from b group by b.currency having sum(b.balance) <> 0
    union all
    select 'I1', format('the balance of %s is %s, its postings %s', k.sub, k.balance,
        - coalesce(b.balance, 0))
    from paycore.balance k
    left join b on b.account = k.account and b.sub = k.sub and b.currency = k.currency
    where k.balance <> - coalesce(b.balance, 0)
    union all
    select 'I2', format('account %s moved by %s, its lines by %s', l.account,
        coalesce(m.amount, 0), l.amount)
    from lines l
    left join lateral (
        select sum(p.amount) as amount from core.journal j
        join core.posting p on p.journal_id = j.journal_id
        where j.file_sha256 = l.sha256 and p.account = '1010' and p.sub = l.account
            and p.currency = l.currency) m on true
    where l.amount is distinct from m.amount
    union all
    select 'I3', format('%s: 2210 is %s %s, payouts under way %s',
        coalesce(c.channel_id, u.channel_id), coalesce(c.amount, 0),
        coalesce(c.currency, u.currency), coalesce(u.amount, 0))
    from clearing c
    full join under_way u on u.channel_id = c.channel_id and u.currency = c.currency
    where coalesce(c.amount, 0) <> coalesce(u.amount, 0)
    union all
    select 'I5', format('suspense %s of %s is %s %s, what is left of it %s', coalesce(d.account,
        s.account), coalesce(d.sub, s.exception), coalesce(abs(d.balance), 0),
        coalesce(d.currency, s.currency), coalesce(s.left_amount, 0))
    from (select * from b where b.account in ('1310', '2310') and b.balance <> 0) d
    full join (select * from paycore.suspense o where o.left_amount > 0) s
        on s.account = d.account and s.exception = d.sub and s.currency = d.currency
    where coalesce(case d.account when '1310' then d.balance else - d.balance end, 0)
        <> coalesce(s.left_amount, 0)
    union all
    select 'I8', format('customers'' money in %s is short by %s', b.currency, - sum(b.balance))
    from b where b.account in ('1010', '1130', '2010', '2020', '2021', '2030', '2040', '2210',
        '2220', '2230', '2240', '2310')
    group by b.currency having sum(b.balance) < 0
    union all
    select 'I11', format(case count(*) when 1
        then '1 payout has been due for more than ten minutes'
        else '%s payouts have been due for more than ten minutes' end, count(*))
    from paycore.work w where w.due_at < p_now - interval '10 minutes' having count(*) > 0;
end
$$;
comment on function paycore.invariant_faults(timestamptz) is 'What breaks an invariant (rule B17).';

-- Ends the ledger's days that are over, makes tomorrow's partition, and publishes which invariants
-- hold. One worker at a time; others find it locked and go on.
create function paycore.invariants_refresh(p_now timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    bad integer;
begin
    perform from paycore.business_lock l for update skip locked;
    if not found then
        return null;
    end if;
    perform paycore.days_end(paycore.ledger_day(p_now), p_now);
    perform core.payment_partition(d::date)
    from generate_series(paycore.ledger_day(p_now), paycore.ledger_day(p_now) + 1, '1 day') d
    where to_regclass('core.' || core.payment_partition_name(d::date)) is null;
    perform paycore.batches_done();
    insert into core.invariant as i (name, holds, detail, as_of)
    select n, count(f.name) = 0, coalesce(string_agg(f.detail, '; ' order by f.detail), ''), p_now
    from unnest(array['I1', 'I2', 'I3', 'I5', 'I8', 'I11']) n
    left join paycore.invariant_faults(p_now) f on f.name = n
    group by n
    on conflict (name) do update set holds = excluded.holds, detail = excluded.detail,
        as_of = excluded.as_of;
    select count(*) into bad from core.invariant i where not i.holds;
    return bad;
end
$$;
comment on function paycore.invariants_refresh(timestamptz) is
    'What is to be done now and then; gives how many invariants do not hold.';

grant execute on function paycore.figures(timestamptz),
    paycore.invariants_refresh(timestamptz) to g_core;
reset role;
revoke create on schema paycore from def_core;
