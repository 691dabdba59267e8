-- One run of matching a channel: rules in their order, then what is left over, then the difference
-- to what was there before is written. Running it again changes nothing.
-- The work sets are temporary tables, which do not exist yet when functions are made.
set local check_function_bodies = off;

-- What no rule took. A bank line without counterpart is told at once; a payment may wait its window
-- out, and is told only when the bank's statements cover its last day (rule B2, CORE_ONLY).
create function desk.find_left(p_channel text) returns void
language sql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        value_date, line_id, party, reason)
    select case when l.amount < 0 then 'BANK_ONLY_DR' else 'BANK_ONLY_CR' end,
        'line:' || l.line_id, l.business_date, case when l.amount < 0 then 'OUT' else 'IN' end,
        l.currency, abs(l.amount), l.amount, l.value_date, l.line_id, l.party_name,
        case when l.amount < 0 then 'The bank debited it, no payout fits.'
             else 'The bank credited it, nothing was expected.' end
    from w_line l where not l.taken and l.status = 'BOOKED' and l.amount <> 0;
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        payment_id, party, reason)
    select 'CORE_ONLY', 'payment:' || p.payment_id, p.business_date, p.direction, p.currency,
        abs(p.amount), -p.amount, p.payment_id, p.payee_name,
        'Not on any statement up to ' || p.due || '.'
    from w_payment p
    where not p.taken and p.live and p.due <= (
        select max(s.business_date) from desk.statement s
        where s.channel_id = p_channel and not s.interim and not s.superseded);
$$;
comment on function desk.find_left(text) is 'BANK_ONLY_* and CORE_ONLY (rule B2).';

-- What matched but wants a look: details, fees, returns, lines on closed days; and the memo of what
-- matched on another business day.
create function desk.find_matched() returns void
language sql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        value_date, line_id, payment_id, party, reason)
    select c.code, 'line:' || l.line_id, p.business_date, p.direction, l.currency, c.amount,
        c.effect, l.value_date, l.line_id, p.payment_id,
        coalesce(nullif(p.payee_name, ''), l.party_name), c.reason
    from w_match m
    join w_line l on l.line_id = m.line_id
    join core.payment p on p.payment_id = m.payment_id
    left join w_payment w on w.payment_id = m.payment_id,
    lateral (
        select 'DETAILS' as code, p.amount as amount, 0::bigint as effect,
            'Amount and reference agree, the payee does not.' as reason
        where m.kind = '1:1' and l.status = 'BOOKED' and desk.party_differs(l.party_name,
            l.party_account, p.payee_name, p.payee_account)
        union all
        select 'DETAILS', p.amount, 0, 'Payee and amount agree, the reference does not.'
        where m.kind = '1:1' and l.ref <> '' and coalesce(p.bank_ref, '') <> ''
            and l.ref <> p.bank_ref and l.ref <> p.order_no
            and position(p.bank_ref in l.text || ' ' || l.bank_ref) = 0
            and not desk.party_differs(l.party_name, l.party_account, p.payee_name,
                                       p.payee_account)
        union all
        select 'DETAILS', p.amount, 0, 'Equal payments of the day, fewer lines: which one was paid?'
        where m.doubtful
        union all
        select 'FEE', abs(l.fee - w.expected_fee), -(l.fee - w.expected_fee),
            'The bank''s fee is not the one agreed.'
        where m.kind = '1:1' and l.status = 'BOOKED' and l.fee <> w.expected_fee
        union all
        select 'RETURN', l.amount, l.amount, 'The bank returned this payout.'
        where m.kind = 'RETURN'
        union all
        select 'CUTOFF', 0, 0, 'Matched, the bank booked it on ' || l.value_date || '.'
        where m.kind <> 'RETURN' and l.value_date <> p.business_date) c;
    -- A charge on a line of its own is compared where it names one payout; what is charged for many
    -- together, or for the account, has nothing to be compared with.
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        value_date, line_id, payment_id, party, reason)
    select 'FEE', 'line:' || l.line_id, p.business_date, p.direction, l.currency,
        abs(l.amount + f.expected), l.amount + f.expected, l.value_date, l.line_id, p.payment_id,
        p.payee_name, 'The bank''s fee is not the one agreed.'
    from w_match m
    join w_line l on l.line_id = m.line_id
    join desk.line b on b.value_date = l.value_date and b.line_id = l.line_id
    join core.payment p on p.bank_ref = l.ref and p.ref_alone and p.channel_id = b.channel_id
        and p.payment_id between core.first_id(l.value_date - 15)
            and core.first_id(l.value_date + 6)
    join desk.channel c on c.channel_id = p.channel_id,
    lateral (select coalesce(p.expected_fee, c.fee_expected) as expected) f
    where m.kind = 'FEE' and l.amount < 0 and l.ref <> '' and l.currency = p.currency
        and -l.amount <> f.expected;
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        value_date, line_id, party, reason)
    select 'LATE', 'line:' || l.line_id, l.business_date,
        case when l.amount < 0 then 'OUT' else 'IN' end, l.currency, abs(l.amount), l.amount,
        l.value_date, l.line_id, l.party_name, 'Its day was closed before it came.'
    from w_line l join desk.business_day b on b.day = l.value_date and b.state = 'CLOSED';
$$;
comment on function desk.find_matched() is 'DETAILS, FEE, RETURN, CUTOFF, LATE (rule B2).';

create function desk.find_files(p_channel text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into w_found (code, subject, business_date, file_id, reason)
    select 'FILE_BALANCE', 'file:' || s.file_id, max(s.business_date), s.file_id,
        concat_ws(' ', case when bool_or(not s.balanced) then 'Opening and entries do not make the '
            'closing balance.' end,
            case when bool_or(not s.chained) then 'Opening is not the previous closing.' end,
            case when bool_or(not s.counted) then 'The trailer counts otherwise.' end)
    from desk.statement s
    where s.channel_id = p_channel and not s.superseded and s.faults = 0
        and (not s.balanced or not s.chained or not s.counted)
    group by s.file_id;
    insert into w_found (code, subject, business_date, reason)
    select 'FILE_MISSING', 'due:' || d.channel_id || ':' || d.business_date, d.business_date,
        'Due ' || to_char(d.due_at at time zone c.utc_offset, 'YYYY-MM-DD HH24:MI') || '.'
    from desk.file_due d
    join desk.channel c on c.channel_id = d.channel_id
    where d.channel_id = p_channel and d.due_at < desk.now()
        and not exists (select from desk.statement s
                        where s.channel_id = d.channel_id and not s.interim
                            and d.business_date between coalesce(s.from_date, s.business_date)
                                and s.business_date);
$$;
comment on function desk.find_files(text) is 'FILE_BALANCE and FILE_MISSING (rule B2).';

-- What each channel owes, as far as the clock has come.
create function desk.expect_files() returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into desk.file_due (channel_id, business_date, due_at)
    select c.channel_id, d::date,
        (desk.business_day_add(c.calendar_id, d::date, 1) + c.statement_due)
            at time zone c.utc_offset
    from desk.channel c,
        generate_series(greatest(c.files_from,
                (select max(f.business_date) - 10 from desk.file_due f
                 where f.channel_id = c.channel_id)),
            (desk.now() at time zone c.utc_offset)::date - 1, interval '1 day') d
    where c.has_statement = 'YES' and desk.is_business_day(c.calendar_id, d::date)
    on conflict do nothing;
    -- A channel without files owes evidence for its days.
    insert into desk.business_day (day)
    select distinct o.day from (
        select f.business_date as day from desk.file_due f
        union all
        select d::date from desk.channel c,
            generate_series(greatest(c.files_from, (desk.now() at time zone c.utc_offset)::date
                    - 10), (desk.now() at time zone c.utc_offset)::date - 1, interval '1 day') d
        where c.has_statement = 'NO' and desk.is_business_day(c.calendar_id, d::date)) o
    where not exists (select from desk.business_day b where b.day = o.day)
    on conflict do nothing;
$$;
comment on function desk.expect_files() is 'The files that are owed (rule B5, EXPECTED).';

-- Exceptions found become rows, once for each code and subject; one that was closed by itself comes
-- back with a new cycle, one that people closed stays closed.
create function desk.exceptions_raise(p_channel text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    raised bigint;
    again bigint;
begin
    with x as (
        insert into desk.exception (code, subject, state, channel_id, business_date, direction,
            currency, amount, cash_effect, severity, value_date, line_id, payment_id, file_id,
            party, reason, opened_at)
        select f.code, f.subject, case when f.code = 'CUTOFF' then 'AUTO_CLOSED' else 'OPEN' end,
            p_channel, f.business_date, coalesce(f.direction, ''), coalesce(f.currency, ''),
            coalesce(f.amount, 0), coalesce(f.cash_effect, 0),
            case when f.code = 'CUTOFF' then 'LOW' when f.code like 'FILE%' then 'HIGH'
                 else desk.severity(f.amount, f.cash_effect) end,
            f.value_date, f.line_id, f.payment_id, f.file_id, coalesce(f.party, ''), f.reason,
            desk.now()
        from w_found f
        on conflict (code, subject) do nothing
        returning exception_id, state, reason)
    insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
    select x.exception_id, desk.now(), 'raise', '', x.state, x.reason from x;
    get diagnostics raised = row_count;
    with x as (
        update desk.exception e
        set state = 'REOPENED', cycle = e.cycle + 1, reason = f.reason, amount = f.amount,
            cash_effect = f.cash_effect, claimed_by = null
        from w_found f
        where f.code = e.code and f.subject = e.subject and e.state = 'AUTO_CLOSED'
            and e.code <> 'CUTOFF'
        returning e.exception_id, e.reason)
    insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
    select x.exception_id, desk.now(), 'reopen', 'AUTO_CLOSED', 'REOPENED', x.reason from x;
    get diagnostics again = row_count;
    return raised + again;
end
$$;
comment on function desk.exceptions_raise(text) is 'Writes what was found (rules B2, B4).';

-- Exceptions whose cause is gone close by themselves, each with its event.
create function desk.exceptions_settle(p_channel text, p_from date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    closed bigint;
begin
    with gone as (
        select e.exception_id, e.state from desk.exception e
        where e.open and e.channel_id = p_channel
            and e.state in ('OPEN', 'CLAIMED', 'WAITING_BANK', 'WAITING_MERCHANT', 'REOPENED')
            and e.code in ('BANK_ONLY_DR', 'BANK_ONLY_CR', 'CORE_ONLY', 'DUP_BANK', 'DUP_CORE',
                'AMOUNT', 'CURRENCY', 'SPLIT', 'STATUS_BANK_OK', 'STATUS_BANK_FAIL',
                'FILE_MISSING', 'FILE_BALANCE')
            -- What the core told, or what rests too long, is not for rules to settle.
            and e.subject !~ '^(told|late|rests):'
            and (e.payment_id is null or e.payment_id >= core.first_id(p_from))
            and not exists (select from w_found f where f.code = e.code and f.subject = e.subject)
    ), x as (
        update desk.exception e set state = 'AUTO_CLOSED', due = null
        from gone g where e.exception_id = g.exception_id
        returning e.exception_id, g.state)
    insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
    select x.exception_id, desk.now(), 'settle', x.state, 'AUTO_CLOSED', 'Its cause is gone.'
    from x;
    get diagnostics closed = row_count;
    return closed;
end
$$;
comment on function desk.exceptions_settle(text, date) is
    'Closes what has settled itself (rule B4).';

-- Fills the work sets and lets the rules of a version take from them.
create function desk.reconcile_find(p_channel text, p_version integer, p_from date, p_since date)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r desk.match_rule;
begin
    perform desk.work_tables();
    perform desk.work_lines(p_channel, p_since);
    perform desk.work_payments(p_channel, p_from, p_since);
    for r in select * from desk.match_rule m where m.version = p_version order by m.rule_no loop
        if not exists (select from w_line l where not l.taken and not l.by_hand) then
            -- Only second bookings are left to look for.
            if r.kind = 'DUPLICATE' then
                perform desk.rule_duplicate(p_channel, r);
            end if;
            continue;
        end if;
        case r.kind
            when 'REFERENCE' then perform desk.rule_reference(r);
            when 'PARTS' then perform desk.rule_parts(r);
            when 'BATCH' then perform desk.rule_batch(r);
            when 'RETURN' then perform desk.rule_return(p_channel, r);
            when 'DIFFERENCE' then perform desk.rule_difference(r);
            when 'DUPLICATE' then perform desk.rule_duplicate(p_channel, r);
            when 'FIELDS' then perform desk.rule_fields(r);
            when 'FEE' then perform desk.rule_fee(p_channel, r);
        end case;
    end loop;
    perform desk.find_left(p_channel);
    perform desk.find_matched();
    perform desk.find_files(p_channel);
end
$$;
comment on function desk.reconcile_find(text, integer, date, date) is
    'What the rules say of a channel, nothing written.';

create function desk.reconcile_channel(p_channel text, p_version integer, p_dry boolean,
    out matched bigint, out raised bigint, out closed bigint, out changes text[])
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    active constant integer := (select v.version from desk.rule_version v where v.active);
    wanted constant integer := coalesce(p_version, active);
    today constant date := (select (desk.now() at time zone c.utc_offset)::date
                            from desk.channel c where c.channel_id = p_channel);
    since constant date := case when wanted <> active then today - 10 end;
begin
    perform from desk.channel_lock k where k.channel_id = p_channel for update;
    perform desk.reconcile_find(p_channel, wanted, today - 60, since);
    insert into desk.match (match_id, channel_id, kind, rule_version, rule_no, reason, made_at,
        made_by)
    select m.match_id, p_channel, min(m.kind), wanted, min(m.rule_no), min(m.reason), desk.now(),
        session_user
    from w_match m
    where since is null or not exists (
        select from desk.match_now n where n.line_id = m.line_id and n.payment_id = m.payment_id)
    group by m.match_id;
    get diagnostics matched = row_count;
    if since is not null then
        changes := desk.reconcile_compare(p_channel, since);
    else
        insert into desk.match_item (match_id, value_date, line_id, payment_id)
        select m.match_id, m.value_date, m.line_id, m.payment_id from w_match m;
        changes := array(select format('match rule %s: line %s %s with %s: %s', m.rule_no,
                l.line_id, l.ref, core.payment_no(m.payment_id), m.reason)
            from w_match m join w_line l on l.line_id = m.line_id
            order by m.match_id, m.line_id, m.payment_id limit 500)
            || array(select format('%s %s %s: %s', f.code, f.subject, f.party, f.reason)
            from w_found f where not exists (
                select from desk.exception e where e.code = f.code and e.subject = f.subject)
            order by f.code, f.subject limit 500);
    end if;
    raised := desk.exceptions_raise(p_channel);
    closed := desk.exceptions_settle(p_channel, today - 60);
    if matched + raised + closed > 0 then
        insert into desk.reconcile_run (channel_id, rule_version, as_of, matched, raised, closed)
        values (p_channel, wanted, desk.now(), matched, raised, closed);
    end if;
    update desk.statement_file f set state = 'MATCHING'
    where f.channel_id = p_channel and f.state in ('BALANCED', 'UNBALANCED');
    update desk.statement_file f set state = 'DONE'
    where f.channel_id = p_channel and f.state in ('MATCHING', 'EMPTY');
    update desk.statement_file f set state = 'SUPERSEDED'
    where f.channel_id = p_channel and f.state = 'DONE' and not exists (
        select from desk.statement s where s.file_id = f.file_id and not s.superseded);
end
$$;
comment on function desk.reconcile_channel(text, integer, boolean) is
    'One run for one channel (DESIGN: T+1 in the database).';

-- What another version of the rules would say of the last days: pairs it would add or not make.
create function desk.reconcile_compare(p_channel text, p_since date) returns text[]
language sql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
    select array(
        select format('would match line %s with %s: %s', m.line_id, core.payment_no(m.payment_id),
            m.reason)
        from w_match m
        where not exists (select from desk.match_now n
                          where n.line_id = m.line_id and n.payment_id = m.payment_id)
        order by m.line_id, m.payment_id limit 500)
    || array(
        select format('would not match line %s with %s (rule %s)', n.line_id,
            core.payment_no(n.payment_id), n.rule_no)
        from desk.match_now n
        join desk.line l on l.line_id = n.line_id and l.value_date = n.value_date
        where l.channel_id = p_channel and n.value_date >= p_since and n.kind <> 'MANUAL'
            and not exists (select from w_match m
                            where m.line_id = n.line_id and m.payment_id = n.payment_id)
        order by n.line_id, n.payment_id limit 500);
$$;
comment on function desk.reconcile_compare(text, date) is 'The difference rules would make.';

-- What operators and the service call. A dry run does everything, tells it and rolls it back;
-- another version of the rules than the active one can only be tried dry.
create function desk.reconcile(p_channel text default null, p_dry boolean default false,
    p_version integer default null)
returns table (channel_id text, matched bigint, raised bigint, closed bigint, changes text[])
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    c text;
    part record;
    dry constant boolean := p_dry or p_version is not null and not exists (
        select from desk.rule_version v where v.version = p_version and v.active);
begin
    perform desk.actor();
    if not (pg_has_role(session_user, 'g_clearing', 'member')
            or pg_has_role(session_user, 'g_service', 'member')) then
        perform desk.refuse('DB403', 'not-allowed', 'action=reconcile');
    elsif p_version is not null and not exists (
        select from desk.rule_version v where v.version = p_version) then
        perform desk.refuse('DB404', 'rules-unknown', 'version=' || p_version);
    elsif p_channel is not null and not (desk.in_scope(p_channel) and exists (
        select from desk.channel x where x.channel_id = p_channel)) then
        perform desk.refuse('DB404', 'channel-unknown', 'channel=' || p_channel);
    end if;
    perform desk.expect_files();
    for c in select x.channel_id from desk.channel x
             where (p_channel is null or x.channel_id = p_channel) and desk.in_scope(x.channel_id)
             order by x.channel_id
    loop
        begin
            select * into part from desk.reconcile_channel(c, p_version, dry);
            if dry then
                raise exception using errcode = 'DB000', message = 'dry';
            end if;
        exception when sqlstate 'DB000' then
            null;
        end;
        channel_id := c;
        matched := part.matched;
        raised := part.raised;
        closed := part.closed;
        changes := case when dry then part.changes end;
        return next;
    end loop;
    if not dry then
        insert into desk.audit_entry (action, object, detail)
        values ('reconcile', coalesce(p_channel, 'all'), '');
    end if;
end
$$;
comment on function desk.reconcile(text, boolean, integer) is
    'Matches what is open and raises what is left (issue: import and match).';

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace
                 and p.proname ~ '^(work_|rule_|find_|expect_files|exceptions_|reconcile)'
    loop
        execute format('alter function %s owner to def_match', f.name);
        execute format('revoke all on function %s from public', f.name);
    end loop;
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace
                 and p.proname in ('fold', 'account_agrees', 'party_differs', 'severity',
                     'is_charge')
    loop
        execute format('alter function %s owner to own_desk', f.name);
        execute format('revoke all on function %s from public', f.name);
        execute format('grant execute on function %s to def_match, def_case, def_read', f.name);
    end loop;
end
$$;
grant execute on function desk.reconcile(text, boolean, integer) to g_clearing, g_service;
