-- Work sets of one run of matching: what is not matched yet, in temporary tables that only
-- def_match can make. Rules take from them; what is left over becomes exceptions.
-- The work sets are temporary tables, which do not exist yet when functions are made.
set local check_function_bodies = off;

create function desk.fold(p_name text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return lower(regexp_replace(normalize(coalesce(p_name, ''), nfkc), '\s+', '', 'g'));
comment on function desk.fold(text) is 'A name as names are compared.';

-- Banks mask accounts and cut names: what is hidden or cut off does not disagree. Most are equal to
-- the letter, which is asked first: each call of a function here costs as much as a small query.
create function desk.account_agrees(a text, b text) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return a = b or (position('*' in a) > 0 or position('*' in b) > 0)
    and split_part(split_part(a, '*', 1), ' ', 1) is not null
    and right(replace(a, ' ', ''), 4) = right(replace(b, ' ', ''), 4);
create function desk.party_differs(l_name text, l_account text, p_name text, p_account text)
returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return case when l_account <> '' and p_account <> '' and l_account <> p_account
                and not desk.account_agrees(l_account, p_account)
            then true
            when l_name <> '' and p_name <> '' and l_name <> p_name
                and desk.fold(l_name) <> desk.fold(p_name)
            then not (length(desk.fold(l_name)) >= 12
                      and left(desk.fold(p_name), length(desk.fold(l_name))) = desk.fold(l_name))
            else false end;
comment on function desk.account_agrees(text, text) is 'Equal, or equal as far as not masked.';
comment on function desk.party_differs(text, text, text, text) is
    'Whether what both sides give of the other party disagrees (rule B2, DETAILS).';

create function desk.severity(p_amount bigint, p_effect bigint) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return (array['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'])[least(4,
    case when p_amount < 10000 then 1 when p_amount < 1000000 then 2
         when p_amount < 10000000 then 3 else 4 end
    + case when p_effect < 0 then 1 else 0 end)];
comment on function desk.severity(bigint, bigint) is
    'By amount in minor units; a shortage weighs one step more (rule B4).';

create function desk.work_tables() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set client_min_messages = warning as $$
begin
    drop table if exists w_line, w_payment, w_match, w_found;
    create temp table w_line (value_date date, line_id bigint, amount bigint, currency text,
        status text, ref text, bank_ref text, text text, party_name text, party_account text,
        fee bigint, account text, identity uuid, occurrence integer, business_date date,
        by_hand boolean, taken boolean not null default false) on commit drop;
    create temp table w_payment (payment_id bigint, amount bigint, currency text, direction text,
        state text, live boolean, bank_ref text, order_no text, batch_no text, payee_name text,
        payee_account text, business_date date, due date, expected_fee bigint, by_hand boolean,
        taken boolean not null default false) on commit drop;
    create temp table w_match (match_id bigint, kind text, rule_no integer, value_date date,
        line_id bigint, payment_id bigint, reason text, doubtful boolean not null default false)
        on commit drop;
    create temp table w_found (code text, subject text, business_date date, direction text,
        currency text, amount bigint, cash_effect bigint, value_date date, line_id bigint,
        payment_id bigint, file_id bigint, party text, reason text) on commit drop;
end
$$;
comment on function desk.work_tables() is 'The empty work sets of a run.';

-- Lines without a match that holds. A line whose match a person ended stays for people: rules leave
-- it alone. p_since not null asks what rules would do from that day on as if nothing were matched.
create function desk.work_lines(p_channel text, p_since date) returns void
language sql security definer set search_path = pg_catalog, pg_temp
set jit = off as $$
    -- Those that were not matched as they came in: the index line_unmatched has them.
    insert into w_line (value_date, line_id, amount, currency, status, ref, bank_ref, text,
        party_name, party_account, fee, account, identity, occurrence, business_date, by_hand)
    select l.value_date, l.line_id, l.amount, l.currency, l.status, l.ref, l.bank_ref, l.text,
        l.party_name, l.party_account, l.fee, l.account, l.identity, l.occurrence,
        l.value_date, exists (
            select from desk.match_end e where e.line_id = l.line_id
            union all
            select from desk.match_item i join desk.match_end e on e.match_id = i.match_id
            where i.line_id = l.line_id)
    from desk.line l
    join desk.statement s on s.statement_id = l.statement_id and not s.superseded
    where l.channel_id = p_channel and l.payment_id is null
        and l.status in ('BOOKED', 'FAILED')
        and (p_since is not null and l.value_date >= p_since
             or not exists (select from desk.match_item i
                            where i.line_id = l.line_id and not exists (
                                select from desk.match_end e where e.match_id = i.match_id)))
        and not exists (select from desk.exception x
                        where x.line_id = l.line_id
                            and x.state in ('PROPOSED', 'APPROVED', 'POSTED', 'CLOSED'));
    insert into w_line (value_date, line_id, amount, currency, status, ref, bank_ref, text,
        party_name, party_account, fee, account, identity, occurrence, business_date, by_hand)
    select l.value_date, l.line_id, l.amount, l.currency, l.status, l.ref, l.bank_ref, l.text,
        l.party_name, l.party_account, l.fee, l.account, l.identity, l.occurrence,
        l.value_date, false
    from desk.line l
    join desk.statement s on s.statement_id = l.statement_id and not s.superseded
    where p_since is not null and l.channel_id = p_channel and l.payment_id is not null
        and l.value_date >= p_since;
    -- Those that were, and whose match has ended: they are few, so their ends are looked at first.
    insert into w_line (value_date, line_id, amount, currency, status, ref, bank_ref, text,
        party_name, party_account, fee, account, identity, occurrence, business_date, by_hand)
    select l.value_date, l.line_id, l.amount, l.currency, l.status, l.ref, l.bank_ref, l.text,
        l.party_name, l.party_account, l.fee, l.account, l.identity, l.occurrence,
        l.value_date, p_since is null
    from desk.match_end m
    join desk.line l on l.line_id = m.line_id and l.value_date = m.value_date
    join desk.statement s on s.statement_id = l.statement_id and not s.superseded
    where l.channel_id = p_channel and l.payment_id is not null
        and (p_since is null or l.value_date < p_since)
        and not exists (select from desk.match_item i where i.line_id = l.line_id
            and not exists (select from desk.match_end e where e.match_id = i.match_id))
        and not exists (select from desk.exception x
            where x.line_id = l.line_id and x.state = 'CLOSED');
$$;
comment on function desk.work_lines(text, date) is 'Lines that wait for a counterpart.';

-- Payments whose line came in for them since p_from and does not hold any more: the match was ended
-- by a person, or another statement replaced the line's own.
create function desk.work_undone(p_from date) returns table (payment_id bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select l.payment_id
    from desk.match_end e
    join desk.line l on l.value_date = e.value_date and l.line_id = e.line_id
    where e.value_date >= p_from and l.payment_id is not null
    union
    select l.payment_id
    from desk.statement s
    join desk.statement_file f on f.file_id = s.file_id
    join desk.line l on l.statement_id = s.statement_id
        and l.value_date between greatest(f.first_day, p_from) and f.last_day
        and l.line_id between s.file_id * 100000000 and s.file_id * 100000000 + 99999999
    where s.superseded and l.payment_id is not null;
$$;
comment on function desk.work_undone(date) is 'Payments whose match at import has ended.';

-- Payments that no match holds. Nearly all have the line that came in for them: one narrow join, on
-- more than one processor, passes over them; what undoes such a match is looked at from its own,
-- short side. The days stand in the text, so that the planner knows how much of a large table is
-- meant.
create function desk.work_waiting(p_channel text, p_from date, p_since date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' set client_min_messages = warning
-- The planner takes half of all payments for waiting, and rows from other processors for dear.
set parallel_tuple_cost = 0 as $$
begin
    drop table if exists w_waiting, w_undone;
    create temp table w_undone on commit drop as
    select u.payment_id from desk.work_undone(p_from) u;
    execute format($sql$
        create temp table w_waiting on commit drop as
        select o.payment_id from core.payment o
        where o.payment_id >= %4$s and o.channel_id = %1$L
            and not (%3$L::date is not null and o.business_date >= %3$L::date)
            and not exists (select from desk.line l
                            where l.payment_id = o.payment_id and l.value_date >= %2$L)$sql$,
        p_channel, p_from, p_since, core.first_id(p_from));
    insert into w_waiting
    select o.payment_id from core.payment o
    join w_undone u on u.payment_id = o.payment_id
    where o.channel_id = p_channel and (p_since is null or o.business_date < p_since)
        and not exists (
            select from desk.line l
            join desk.statement s on s.statement_id = l.statement_id and not s.superseded
            where l.payment_id = o.payment_id and l.value_date >= p_from
                and not exists (select from desk.match_end e where e.line_id = l.line_id));
    delete from w_waiting w
    using desk.match_item i
    join desk.match m on m.match_id = i.match_id and m.kind <> 'RETURN'
    where i.payment_id = w.payment_id and not exists (
        select from desk.match_end e where e.match_id = i.match_id);
    insert into w_waiting
    select o.payment_id from core.payment o
    where p_since is not null and o.payment_id >= core.first_id(p_from)
        and o.channel_id = p_channel and o.business_date >= p_since;
    analyze w_waiting;
end
$$;
comment on function desk.work_waiting(text, date, date) is 'Payments that no match holds.';

-- As far back as any rule looks. live: it may be on a statement as paid; the others (failed,
-- unknown) are for STATUS_BANK_OK only. due: the last day it may wait.
create function desk.work_payments(p_channel text, p_from date, p_since date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' as $$
begin
    perform desk.work_waiting(p_channel, p_from, p_since);
    insert into w_payment (payment_id, amount, currency, direction, state, live, bank_ref,
        order_no, batch_no, payee_name, payee_account, business_date, expected_fee, by_hand)
    select p.payment_id, case p.direction when 'OUT' then -p.amount else p.amount end,
        p.currency, p.direction, p.state,
        p.state in ('SUBMITTED', 'ACCEPTED', 'PRESUMED_PAID', 'PAID', 'RECONCILED'),
        coalesce(p.bank_ref, ''), p.order_no, coalesce(p.batch_no, ''), p.payee_name,
        p.payee_account, p.business_date, coalesce(p.expected_fee, c.fee_expected), false
    from w_waiting w
    join core.payment p on p.payment_id = w.payment_id
    join desk.channel c on c.channel_id = p.channel_id
    where p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID', 'PAID', 'RECONCILED',
                      'FAILED', 'NOT_PAID');
    update w_payment w set by_hand = true
    where p_since is null and w.payment_id in (
        select i.payment_id from desk.match_end e join desk.match_item i on i.match_id = e.match_id
        union all
        select l.payment_id from desk.match_end e
        join desk.line l on l.line_id = e.line_id and l.value_date = e.value_date);
    update w_payment w set due = d.due
    from (select x.business_date,
              desk.business_day_add(c.calendar_id, x.business_date, c.carry_window) as due
          from (select distinct business_date from w_payment) x, desk.channel c
          where c.channel_id = p_channel) d
    where d.business_date = w.business_date;
    analyze w_line;
    analyze w_payment;
end
$$;
comment on function desk.work_payments(text, date, date) is 'Payments that wait for a line.';

-- What a rule matched is taken; nothing is matched twice.
create function desk.work_take() returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update w_line l set taken = true from w_match m where m.line_id = l.line_id and not l.taken;
    update w_payment p set taken = true from w_match m
    where m.payment_id = p.payment_id and m.kind <> 'RETURN' and not p.taken;
    update w_line l set taken = true from w_found f where f.line_id = l.line_id and not l.taken;
    update w_payment p set taken = true from w_found f
    where f.payment_id = p.payment_id and not p.taken;
$$;
comment on function desk.work_take() is 'Takes what a rule has found out of the work sets.';
