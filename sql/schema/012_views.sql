-- What operators read. Views run with the rights of def_read and show the caller's channels only.
-- Tables of volume carry the scope themselves, as a row policy for def_read: the planner cannot
-- walk an index in order through a security_barrier view, but it can under a policy, and a list of
-- a million rows must answer like one of ten. All other views are security_barrier with the scope
-- written in them.
do $$
declare
    t record;
begin
    for t in select * from (values
        ('desk.exception', 'def_import, def_match, def_case'),
        ('desk.statement_file', 'def_import, def_match, def_case'),
        ('desk.statement', 'def_import, def_match, def_case'),
        ('desk.line', 'def_import, def_match, def_case'),
        ('desk.channel', 'def_import, def_match, def_case, def_feed'),
        ('desk.file_due', 'def_import, def_match, def_case'),
        ('desk.statement_fault', 'def_import, def_match, def_case'),
        ('core.payment', 'def_import, def_match, def_case, def_feed, def_core, def_audit')
        ) as t (name, workers)
    loop
        execute format('alter table %s enable row level security', t.name);
        -- Faults have their file's scope.
        execute format('create policy scope on %s for select to def_read using ('
            '(select desk.sees_all()) or %s)', t.name, case t.name
            when 'desk.statement_fault' then
                'exists (select from desk.statement_file f '
                'where f.file_id = statement_fault.file_id)'
            else 'channel_id = any ((select desk.my_channels())::text[])' end);
        execute format('create policy work on %s to %s using (true) with check (true)', t.name,
            t.workers);
    end loop;
end
$$;

create view desk.exceptions as
select x.exception_id, 'X-' || x.exception_id as exception_no, x.code, x.subject, x.state, x.open,
    x.channel_id, x.business_date, x.direction, x.currency, x.amount, x.cash_effect, x.severity,
    x.value_date, x.line_id, x.payment_id,
    case when x.payment_id is not null then core.payment_no(x.payment_id) end as payment_no,
    x.file_id, x.party, x.reason, x.opened_at, coalesce(x.claimed_by, '') as claimed_by, x.due,
    x.cycle, x.version,
    (select desk.business_days(c.calendar_id, (x.opened_at at time zone c.utc_offset)::date,
        (desk.now() at time zone c.utc_offset)::date)
     from desk.channel c where c.channel_id = x.channel_id) as age_days
from desk.exception x;

create view desk.exception_events with (security_barrier) as
select e.event_id, e.exception_id, e.at, e.actor, e.action, e.from_state, e.to_state, e.text,
    e.until
from desk.exception_event e
join desk.exception x on x.exception_id = e.exception_id
where (select desk.sees_all()) or x.channel_id = any ((select desk.my_channels())::text[]);

-- Lines of a file matched after it came in, less those whose match ended since. The lines of a file
-- are a range of line ids.
create function desk.matched_later(p_file bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
return case when exists (select from desk.statement_file f where f.file_id = p_file) then
    (select count(distinct i.line_id) from desk.match_item i
     where i.line_id between p_file * 100000000 and p_file * 100000000 + 99999999
         and not exists (select from desk.match_end e where e.match_id = i.match_id))
    - (select count(*) from desk.match_end e
       where e.line_id between p_file * 100000000 and p_file * 100000000 + 99999999) end;
comment on function desk.matched_later(bigint) is
    'Matches of a file''s lines since its import, of files in sight.';
alter function desk.matched_later(bigint) owner to def_read;
revoke all on function desk.matched_later(bigint) from public;
grant execute on function desk.matched_later(bigint) to g_operator, g_service;

-- What the balances of a statement say of it; what cannot be said speaks for nothing.
create function desk.adds_up(p_balanced boolean, p_chained boolean, p_counted boolean)
returns boolean language sql immutable set search_path = pg_catalog, pg_temp
return coalesce(p_balanced, true) and coalesce(p_chained, true) and coalesce(p_counted, true);
comment on function desk.adds_up(boolean, boolean, boolean) is
    'Whether a statement adds up and goes on from the one before it (rule B5).';

-- That a file is matched does not mend its balances: it is unbalanced for as long as they are, and
-- no longer, since the file that was missing before it may still come. Every view of files says so.
create function desk.file_standing(p_file bigint, p_state text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
return case
    when p_state in ('BALANCED', 'MATCHING', 'DONE', 'EMPTY') and exists (
        select from desk.statement s
        where s.file_id = p_file and not s.superseded
            and not desk.adds_up(s.balanced, s.chained, s.counted)) then 'UNBALANCED'
    else p_state end;
comment on function desk.file_standing(bigint, text) is
    'A file''s state as people read it: unbalanced goes before matched (rule B5).';
alter function desk.adds_up(boolean, boolean, boolean) owner to def_read;
alter function desk.file_standing(bigint, text) owner to def_read;
revoke all on function desk.adds_up(boolean, boolean, boolean), desk.file_standing(bigint, text)
    from public;
grant execute on function desk.file_standing(bigint, text) to g_operator, g_service;

create view desk.statement_files as
select f.file_id, 'F-' || f.file_id as file_no, encode(f.sha256, 'hex') as sha256, f.name, f.format,
    f.size_bytes, coalesce(f.channel_id, '') as channel_id,
    desk.file_standing(f.file_id, f.state) as state,
    case when f.superseded_by is null then f.reason
         else 'The same bytes could be read as F-' || f.superseded_by || '.' end as reason,
    f.received_at, f.received_by, f.statements, f.lines, f.lines_new, f.faults,
    f.matched + desk.matched_later(f.file_id) as matched, f.verified_at,
    coalesce(f.verified_by, '') as verified_by,
    case when f.state = 'BAD' or f.superseded_by is not null then 'unreadable'
         when f.verified_at is null then 'provisional' else 'verified' end as reading,
    f.first_day, f.last_day
from desk.statement_file f;

create view desk.statements as
select s.statement_id, s.file_id, s.number, s.channel_id, s.account, s.currency, s.reference,
    s.sequence, s.interim, s.superseded, s.business_date, s.from_date, s.opening_date, s.opening,
    s.closing_date, s.closing, s.total, s.entries, s.faults, s.balanced, s.chained, s.counted
from desk.statement s;

create view desk.statement_faults as
select t.file_id, t.fault_no, t.line_no, t.column_no, t.reason, t.raw
from desk.statement_fault t;

-- What was told at import, save the chain, which a file that comes later may mend or break.
create view desk.statement_checks with (security_barrier) as
select t.file_id, t.check_no, t.name, coalesce(c.outcome, t.outcome) as outcome,
    coalesce(c.detail, t.detail) as detail
from desk.statement_check t
join desk.statement_file f on f.file_id = t.file_id
left join lateral (
    select case when count(s.chained) = 0 then 'n/a' when bool_and(s.chained) then 'ok'
           else 'bad' end as outcome,
        format('%s of %s', count(*) filter (where s.chained), count(*)) as detail
    from desk.statement s where s.file_id = t.file_id) c on t.check_no = 4
where (select desk.sees_all()) or f.channel_id = any ((select desk.my_channels())::text[]);

-- Payees' accounts leave the desk masked, whatever reads them: a list, an export, psql. Our own do
-- not, and matching reads the tables. What is masked already stays as it is.
create function desk.account_masked(p_account text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return case when length(p_account) > 4 then '**** ' || right(p_account, 4)
            when p_account <> '' then '****' else p_account end;
comment on function desk.account_masked(text) is
    'All but the last four characters hidden, as screens draw it.';

-- Two accounts may differ where they are masked.
create function desk.accounts_differ(p_value_date date, p_line bigint, p_payment bigint)
returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
return (
    select l.party_account <> '' and p.payee_account <> ''
        and not desk.account_agrees(l.party_account, p.payee_account)
    from desk.line l, core.payment p
    where l.value_date = p_value_date and l.line_id = p_line and p.payment_id = p_payment);
comment on function desk.accounts_differ(date, bigint, bigint) is
    'Whether the other side''s account disagrees, of what is in sight (rule B2, DETAILS).';
alter function desk.account_masked(text) owner to def_read;
alter function desk.accounts_differ(date, bigint, bigint) owner to def_read;
revoke all on function desk.account_masked(text), desk.accounts_differ(date, bigint, bigint)
    from public;
grant execute on function desk.account_masked(text), desk.accounts_differ(date, bigint, bigint)
    to g_operator, g_service;

create view desk.lines as
select l.value_date, l.line_id, 'L-' || l.line_id as line_no, l.statement_id, l.channel_id,
    l.account, l.amount, l.currency, l.occurrence, l.line_no as file_line, l.booking_date,
    l.interim, l.status, l.fee, l.ref, l.bank_ref, l.type, l.party_name,
    desk.account_masked(l.party_account) as party_account, l.text,
    nullif(m.payment_id, 0) as payment_id,
    case when m.payment_id <> 0 then core.payment_no(m.payment_id) end as payment_no,
    case when s.superseded then 'replaced' when m.payment_id is not null then 'matched'
         when l.status in ('PENDING', 'INFORMATION') then 'not booked' else 'open' end as standing,
    m.kind as match_kind, m.rule_name, m.reason as match_reason
from desk.line l
join desk.statement s on s.statement_id = l.statement_id
left join lateral (
    select l.payment_id, '1:1' as kind, r.name as rule_name,
        r.name || ', amount, currency, payee, day' as reason
    from (select) one
    left join desk.match_rule r on r.version = l.rule_version and r.rule_no = l.rule_no
    where l.payment_id is not null
        and not exists (select from desk.match_end e where e.line_id = l.line_id)
    union all
    (select i.payment_id, t.kind, r.name, t.reason
     from desk.match_item i
     join desk.match t on t.match_id = i.match_id
     left join desk.match_rule r on r.version = t.rule_version and r.rule_no = t.rule_no
     where i.line_id = l.line_id and i.value_date = l.value_date
         and not exists (select from desk.match_end e where e.match_id = i.match_id)
     order by i.payment_id limit 1)
    limit 1) m on true;

create view desk.payments as
select p.payment_id, core.payment_no(p.payment_id) as payment_no, p.direction, p.channel_id,
    p.order_no, p.mode, coalesce(p.batch_no, '') as batch_no, p.amount, p.currency, p.payee_name,
    desk.account_masked(p.payee_account) as payee_account, p.state,
    coalesce(p.bank_ref, '') as bank_ref, p.business_date, p.sent_at, p.accepted_at,
    p.expected_fee, p.version, p.published_at
from core.payment p;

create view desk.channels as
select c.channel_id, c.bank, c.currency, c.has_statement,
    coalesce(c.statement_format, '') as statement_format, c.cutoff, c.statement_due,
    c.carry_window, c.return_window, c.calendar_id, c.fee_expected, c.contact, c.version,
    (select string_agg(a.account, ', ' order by a.account) from desk.channel_account a
     where a.channel_id = c.channel_id) as accounts,
    extract(epoch from c.utc_offset)::integer as utc_offset_s
from desk.channel c;

-- What was owed and what came, one row a channel and business day.
create view desk.files_due as
select d.channel_id, d.business_date, d.due_at, c.bank,
    coalesce(c.statement_format, '') as statement_format,
    s.file_id, s.received_at, coalesce(s.lines, 0) as lines, coalesce(s.provisional, false)
    as provisional,
    case when s.file_id is not null then s.state
         when d.due_at < desk.now() then 'LATE' else 'EXPECTED' end as state
from desk.file_due d
join desk.channel c on c.channel_id = d.channel_id
left join lateral (
    select max(f.file_id) as file_id, max(f.received_at) as received_at,
        sum(t.entries)::bigint as lines, bool_or(f.verified_at is null) as provisional,
        case when bool_or(desk.file_standing(f.file_id, f.state) = 'UNBALANCED')
                 then 'UNBALANCED'
             when bool_and(f.state in ('DONE', 'CLOSED')) then 'DONE' else 'MATCHING' end as state
    from desk.statement t
    join desk.statement_file f on f.file_id = t.file_id
    where t.channel_id = d.channel_id and not t.interim and not t.superseded
        and t.business_date = d.business_date
    having count(*) > 0) s on true;

create view desk.days with (security_barrier) as
select b.day, b.state from desk.business_day b
where (select desk.sees_all()) or cardinality((select desk.my_channels())) > 0;

create view desk.exception_codes with (security_barrier) as
select k.code, k.name, k.disposition from desk.exception_code k;

-- Where a file of the channel usually came: local times of its last three.
create view desk.file_arrivals with (security_barrier) as
select d.channel_id, d.business_date, f.received_at
from desk.file_due d
join desk.statement s on s.channel_id = d.channel_id and s.business_date = d.business_date
    and not s.interim
join desk.statement_file f on f.file_id = s.file_id
where (select desk.sees_all()) or d.channel_id = any ((select desk.my_channels())::text[]);

-- Counterparts that may fit an exception, best first, each with what speaks for it. A definer
-- function, because it looks in places that no index of a view serves; it keeps to the scope
-- itself.
create function desk.exception_candidates(p_id bigint)
returns table (exception_id bigint, candidate_no text, side text, value_date date, line_id bigint,
    payment_id bigint, day date, party text, ref text, amount bigint, currency text, state text,
    score integer, why text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    x desk.exception;
    l desk.line;
    p core.payment;
begin
    select * into x from desk.exception e where e.exception_id = p_id
        and (desk.sees_all() or e.channel_id = any (desk.my_channels()));
    -- Where both sides are known already there is nothing to look for.
    if not found or x.code not in ('BANK_ONLY_DR', 'BANK_ONLY_CR', 'CORE_ONLY', 'DUP_BANK',
                                   'DUP_CORE') then
        return;
    end if;
    if x.line_id is not null then
        select * into l from desk.line r
        where r.value_date = x.value_date and r.line_id = x.line_id;
        return query
        select p_id, core.payment_no(c.payment_id), 'return', null::date, null::bigint,
            c.payment_id, c.business_date, c.payee_name, coalesce(c.bank_ref, ''), -c.amount,
            c.currency, c.state::text, h.score, h.why
        from desk.return_candidates(l) h
        join core.payment c on c.payment_id = h.payment_id
        where x.code = 'BANK_ONLY_CR'
        order by h.score desc, c.payment_id desc limit 20;
        return query
        select p_id, core.payment_no(c.payment_id), 'payment', null::date, null::bigint,
            c.payment_id, c.business_date, c.payee_name, coalesce(c.bank_ref, ''),
            case c.direction when 'OUT' then -c.amount else c.amount end, c.currency,
            c.state::text, s.score, s.why
        from (select q.* from core.payment q
              where q.amount = abs(l.amount)
                  and q.payment_id between core.first_id(l.value_date - 15)
                      and core.first_id(l.value_date + 6)
              union
              select q.* from core.payment q where q.bank_ref = l.ref and l.ref <> '') c,
            lateral desk.candidate_score(l, c.amount, c.currency, c.bank_ref, c.payee_name,
                c.payee_account, c.business_date) s
        where c.channel_id = x.channel_id and s.score > 0
            and (x.code <> 'BANK_ONLY_CR' or c.direction = 'IN')
            and not exists (select from desk.match_item i where i.payment_id = c.payment_id
                and not exists (select from desk.match_end e where e.match_id = i.match_id))
            and not exists (select from desk.line k
                join desk.statement t on t.statement_id = k.statement_id and not t.superseded
                where k.payment_id = c.payment_id and k.value_date = c.business_date
                    and not exists (select from desk.match_end e where e.line_id = k.line_id))
        order by s.score desc, abs(c.business_date - l.value_date), c.payment_id limit 20;
    elsif x.payment_id is not null then
        select * into p from core.payment r where r.payment_id = x.payment_id;
        return query
        select p_id, 'L-' || k.line_id, 'line', k.value_date, k.line_id, null::bigint, k.value_date,
            k.party_name, k.ref, k.amount, k.currency, k.status, s.score, s.why
        from desk.line k
        join desk.statement t on t.statement_id = k.statement_id and not t.superseded,
            lateral desk.candidate_score(k, p.amount, p.currency, p.bank_ref, p.payee_name,
                p.payee_account, p.business_date) s
        where k.channel_id = x.channel_id and k.payment_id is null and k.status = 'BOOKED'
            and k.value_date between p.business_date - 6 and p.business_date + 30 and s.score > 0
            and not exists (select from desk.match_item i where i.line_id = k.line_id
                and not exists (select from desk.match_end e where e.match_id = i.match_id))
        order by s.score desc, abs(k.value_date - p.business_date), k.line_id limit 20;
    end if;
end
$$;
comment on function desk.exception_candidates(bigint) is 'Candidates for a link, ranked (rule B4).';

-- The return hunter: earlier payouts that an unexplained credit may bring back, each with what
-- speaks for it. The same amount went out through the channel, the return window is open, nothing
-- has brought the payout back yet (rules B2, B3.6).
create function desk.return_candidates(l desk.line)
returns table (payment_id bigint, score integer, why text)
language sql stable security definer set search_path = pg_catalog, pg_temp set jit = off as $$
    select p.payment_id, sum(f.points)::integer, string_agg(f.word, ', ' order by f.points desc)
    from desk.channel c
    join core.payment p on p.channel_id = c.channel_id and p.amount = l.amount
        and p.payment_id >= core.first_id(l.value_date - 90)
        and p.payment_id < core.first_id(l.value_date + 1),
    lateral (values
        (40, 'reference', l.ref <> '' and l.ref in (p.bank_ref, p.order_no)),
        (35, 'reference in the text', l.ref not in (p.bank_ref, p.order_no)
            and (length(p.bank_ref) >= 6 and position(p.bank_ref in l.text || ' ' || l.bank_ref) > 0
                 or length(p.order_no) >= 6
                    and position(p.order_no in l.text || ' ' || l.bank_ref) > 0
                 or position(core.payment_no(p.payment_id) in l.ref || ' ' || l.text) > 0)),
        (30, 'amount', true),
        (20, 'account', p.payee_account <> '' and l.party_account <> ''
            and desk.account_agrees(l.party_account, p.payee_account)),
        (15, 'name', p.payee_name <> '' and desk.fold(l.party_name) = desk.fold(p.payee_name)),
        (10, 'within 3 days', desk.business_days(c.calendar_id, p.business_date, l.value_date)
            <= 3),
        (5, 'inside the return window', desk.business_days(c.calendar_id, p.business_date,
            l.value_date) > 3)) as f (points, word, applies)
    where c.channel_id = l.channel_id and l.amount > 0 and f.applies
        and p.direction = 'OUT' and p.currency = l.currency
        and p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID', 'PAID', 'RECONCILED')
        and l.value_date <= desk.business_day_add(c.calendar_id, p.business_date, c.return_window)
        and not exists (
            select from desk.match_item i
            join desk.match m on m.match_id = i.match_id and m.kind = 'RETURN'
            where i.payment_id = p.payment_id and not exists (
                select from desk.match_end e where e.match_id = i.match_id))
        -- Another payee speaks against it, unless a reference says otherwise.
        and (not desk.party_differs(l.party_name, l.party_account, p.payee_name, p.payee_account)
             or l.ref <> '' and l.ref in (p.bank_ref, p.order_no))
    group by p.payment_id
    order by 2 desc, 1 desc limit 20
$$;
comment on function desk.return_candidates(desk.line) is
    'Payouts that a credit may return, ranked (rules B2, B3.6).';

create function desk.candidate_score(l desk.line, p_amount bigint, p_currency text, p_ref text,
    p_name text, p_account text, p_day date, out score integer, out why text)
language sql immutable set search_path = pg_catalog, pg_temp
return (
    select row(coalesce(sum(f.points), 0)::integer, coalesce(string_agg(f.word, ', '
        order by f.points desc), ''))
    from (values
        (40, 'reference', p_ref is not null and p_ref <> '' and p_ref = l.ref),
        (30, 'amount', p_amount = abs(l.amount) and p_currency = l.currency),
        (20, 'account', p_account <> '' and l.party_account <> ''
            and desk.account_agrees(l.party_account, p_account)),
        (15, 'name', p_name <> '' and desk.fold(l.party_name) = desk.fold(p_name)),
        (10, 'same day', p_day = l.value_date),
        (5, 'near day', p_day <> l.value_date and abs(p_day - l.value_date) <= 3)) as f (points,
            word, applies)
    where f.applies);
comment on function desk.candidate_score(desk.line, bigint, text, text, text, text, date) is
    'What speaks for a pair.';

-- Bytes of a stored file, a chunk a row, for the raw view and the second reading.
create view desk.statement_chunks with (security_barrier) as
select b.file_id, b.chunk_no, b.bytes
from desk.statement_bytes b
join desk.statement_file f on f.file_id = b.file_id
where (select desk.sees_all()) or f.channel_id = any ((select desk.my_channels())::text[]);

alter function desk.exception_candidates(bigint) owner to def_read;
alter function desk.return_candidates(desk.line) owner to def_read;
alter function desk.candidate_score(desk.line, bigint, text, text, text, text, date)
    owner to def_read;
revoke all on function desk.exception_candidates(bigint), desk.return_candidates(desk.line),
    desk.candidate_score(desk.line, bigint, text, text, text, text, date) from public;
grant execute on function desk.exception_candidates(bigint) to g_operator, g_service;

do $$
declare
    v record;
begin
    for v in select c.oid::regclass as name, c.relname from pg_catalog.pg_class c
             where c.relnamespace = 'desk'::regnamespace and c.relkind = 'v'
                 and c.relname <> 'match_now'
    loop
        execute format('alter view %s owner to def_read', v.name);
        execute format('revoke all on %s from public', v.name);
        execute format('grant select on %s to g_operator, g_service', v.name);
    end loop;
end
$$;
comment on view desk.exceptions is 'Exceptions of the channels that the reader sees (rule B2).';
comment on view desk.exception_events is 'What happened to exceptions, in order (rule B4).';
comment on view desk.statement_files is 'Statement files and how far they are (rule B5).';
comment on view desk.statements is 'Statements with their balance chain (rule B5).';
comment on view desk.statement_faults is 'What could not be read of a file.';
comment on view desk.statement_checks is 'The checks of a file in their order (rule B5).';
comment on view desk.lines is 'Statement lines and what they are matched with.';
comment on view desk.payments is 'Payments as the core publishes them (rule B3).';
comment on view desk.channels is 'Banks: windows, cut-offs, accounts.';
comment on view desk.files_due is 'What was owed and what came.';
comment on view desk.days is 'Business days, nothing counted.';
comment on view desk.exception_codes is 'Codes and what is usually done (rule B2).';
comment on view desk.file_arrivals is 'When files of a channel came.';
comment on view desk.statement_chunks is 'The bytes of a file as they came.';
