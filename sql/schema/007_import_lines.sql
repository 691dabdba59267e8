-- Lines of an import, and the matches that need no second look.
-- The work sets are temporary tables, which do not exist yet when functions are made.
set local check_function_bodies = off;

-- Pages of one statement number may come in several files: equal lines of the other pages count.
create function desk.import_page_offset(p_statement bigint, p_identity uuid, p_amount bigint,
    p_day date) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp
return (
    select count(*)::integer
    from desk.statement s
    join desk.statement o on o.account = s.account and o.file_id <> s.file_id
        and o.interim = s.interim and o.sequence <> s.sequence
        and split_part(o.sequence, '/', 1) = split_part(s.sequence, '/', 1)
        -- Pages that stand in this file too were counted on while it was read.
        and not exists (select from desk.statement own
                        where own.file_id = s.file_id and own.account = s.account
                            and own.interim = s.interim and own.sequence = o.sequence)
    join desk.line l on l.statement_id = o.statement_id and l.value_date = p_day
        and l.amount = p_amount and l.identity = p_identity
    where s.statement_id = p_statement);
comment on function desk.import_page_offset(bigint, uuid, bigint, date) is
    'Equal lines on the other pages of the same statement (rule B5).';

-- The rule of the plain pairs, if it may be used on that day, and the fee that the channel expects.
create function desk.import_rule(p_day date, out rule_no integer, out version integer,
    out fee bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from desk.business_day b where b.state = 'CLOSED' and b.day = p_day) then
        select m.rule_no, m.version into import_rule.rule_no, import_rule.version
        from desk.match_rule m
        join desk.rule_version v on v.version = m.version and v.active
        where m.kind = 'REFERENCE' and m.line_field = 'ref' and m.payment_field = 'bank_ref'
        order by m.rule_no limit 1;
    end if;
    select c.fee_expected into fee from desk.channel c
    where c.channel_id = (select min(w.channel_id) from w_statement w);
end
$$;
comment on function desk.import_rule(date) is 'What plain pairs of a day are made by (rule B2).';

-- A day's lines, into its partition. p_careful gives a payment that several lines want to the
-- first of them (rule B2, by count).
create function desk.import_put(p_import bigint, p_file bigint, p_day date, p_careful boolean)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' set enable_nestloop = on as $$
declare
    r constant record := desk.import_rule(p_day);
    lines bigint;
begin
    perform desk.line_partition(p_day);
    execute 'insert into desk.line (value_date, occurrence, line_id, statement_id, amount, '
        'line_no, identity, payment_id, rule_no, rule_version, booking_date, interim, fee, '
        'channel_id, status, account, currency, ref, bank_ref, type, party_name, party_account, '
        'text) '
        || desk.line_select_sql('w_statement', 'core.payment',
        case when p_careful then 'row_number() over (partition by s.ref, s.amount, '
            'coalesce(s.value_date, s.booking_date, w.business_date) order by s.entry_no)'
            else '1' end,
        'and not exists (select from desk.line k '
            'where k.payment_id = p.payment_id and k.value_date between $2 and $3) ' ||
        case when exists (select from desk.match_item m
                          where m.payment_id >= core.first_id(p_day)
                              and m.payment_id < core.first_id(p_day + 1))
            then 'and not exists (select from desk.match_item m '
                'where m.payment_id = p.payment_id)' else '' end)
        || ' on conflict (identity, occurrence, amount, value_date, account, interim) do nothing'
        using p_import, p_day, p_day, r.rule_no, r.version, r.fee, p_file * 100000000,
            session_user::text;
    get diagnostics lines = row_count;
    return lines;
end
$$;
comment on function desk.import_put(bigint, bigint, date, boolean) is
    'Puts the lines of a day in.';

-- A day's lines. A large day that has no partition yet is built whole; where that meets the same
-- line or payment twice, it goes in line by line, carefully.
create function desk.import_day(p_import bigint, p_file bigint, p_day date, p_large boolean)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r record;
    lines bigint;
begin
    if p_large then
        r := desk.import_rule(p_day);
        lines := desk.line_day_build(p_day, p_import, r.rule_no, r.version, r.fee);
        if lines is not null then
            perform desk.line_day_attach(p_day);
            return lines;
        end if;
    end if;
    return desk.import_put(p_import, p_file, p_day, false);
exception when unique_violation then
    return desk.import_put(p_import, p_file, p_day, true);
end
$$;
comment on function desk.import_day(bigint, bigint, date, boolean) is
    'Puts the lines of a day in, carefully where they need it.';

-- Which days are staged, and how many lines of each: on two processors, which the loop over a query
-- would not do.
create function desk.import_days(p_import bigint, p_importer text)
returns table (day date, n bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set max_parallel_workers_per_gather = 1 set parallel_setup_cost = 0 set parallel_tuple_cost = 0
as $$
begin
    return query
    select coalesce(s.day, w.business_date), sum(s.n)::bigint
    from (select statement_no, coalesce(value_date, booking_date) as day, count(*) as n
          from desk.stage
          where import_id = p_import and importer = p_importer
          group by 1, 2) s
    join w_statement w on w.number = s.statement_no
    group by 1 order by 1;
end
$$;
comment on function desk.import_days(bigint, text) is 'Days that are staged, each with its lines.';

-- All lines, day by day.
create function desk.import_lines(p_import bigint, p_file bigint, out lines bigint,
    out lines_new bigint, out matched bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    first date;
    last date;
    d record;
    paged constant boolean := exists (select from w_statement w where w.paged);
begin
    lines := 0;
    lines_new := 0;
    if pg_relation_size('desk.stage') > 4000000 then
        perform desk.stage_analyze();
    end if;
    for d in select x.day, x.n from desk.import_days(p_import, session_user::text) x loop
        lines := lines + d.n;
        lines_new := lines_new + desk.import_day(p_import, p_file, d.day,
            d.n >= 20000 and not paged);
        first := coalesce(first, d.day);
        last := d.day;
        update desk.statement_file f set first_day = first, last_day = last
        where f.file_id = p_file;
    end loop;
    -- Those that are left are few and have an index.
    select lines_new - count(*) into matched from desk.line l
    join (select distinct w.channel_id from w_statement w) c on c.channel_id = l.channel_id
    where l.payment_id is null and l.value_date between first and last
        and l.line_id between p_file * 100000000 and p_file * 100000000 + 99999999;
end
$$;
comment on function desk.import_lines(bigint, bigint) is 'Lines of an import, day by day.';

create function desk.import_checks(p_file bigint, p_known bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with s as (
        select count(*) as n, count(*) filter (where not s.balanced) as unbalanced,
            count(s.balanced) as balances, count(*) filter (where not s.chained) as broken,
            count(s.chained) as chains, count(*) filter (where not s.counted) as miscounted,
            count(s.counted) as counts,
            string_agg(distinct s.account, ', ') as accounts, min(s.business_date) as first,
            max(s.business_date) as last, count(*) filter (where s.business_date
                > (desk.now() at time zone 'UTC')::date + 3) as future
        from desk.statement s where s.file_id = p_file
    ), f as (
        select count(*) filter (where not f.note) as faults, count(*) filter (where f.note) as notes
        from desk.statement_fault f where f.file_id = p_file)
    insert into desk.statement_check (file_id, check_no, name, outcome, detail)
    select p_file, c.check_no, c.name, c.outcome, c.detail
    from s, f, lateral (values
        (1, 'account known', 'ok', s.accounts),
        (2, 'not seen before', 'ok', ''),
        (3, 'period', case when s.future > 0 then 'warning' else 'ok' end,
            concat_ws(' .. ', s.first, nullif(s.last, s.first))),
        (4, 'opening = previous closing', case when s.chains = 0 then 'n/a'
            when s.broken > 0 then 'bad' else 'ok' end,
            format('%s of %s', s.chains - s.broken, s.n)),
        (5, 'opening + sum = closing', case when s.balances = 0 then 'n/a'
            when s.unbalanced > 0 then 'bad' else 'ok' end,
            format('%s of %s', s.balances - s.unbalanced, s.n)),
        (6, 'trailer count and sum', case when s.counts = 0 then 'n/a'
            when s.miscounted > 0 then 'bad' else 'ok' end,
            format('%s of %s', s.counts - s.miscounted, s.n)),
        (7, 'lines new', 'ok', case when p_known > 0 then format('%s known already', p_known)
            else '' end),
        (8, 'lines readable', case when f.faults > 0 then 'bad' when f.notes > 0 then 'warning'
            else 'ok' end, case when f.faults > 0 then format('%s could not be read', f.faults)
            when f.notes = 1 then '1 remark' when f.notes > 1 then format('%s remarks', f.notes)
            else '' end))
        as c (check_no, name, outcome, detail);
$$;
comment on function desk.import_checks(bigint, bigint) is
    'The checks of a file in order (rule B5).';

create function desk.import_finish(p_import bigint, out file_id bigint, out state text,
    out statements integer, out lines bigint, out lines_new bigint, out matched bigint,
    out faults bigint, out reason text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' as $$
declare
    i constant desk.import := desk.import_mine(p_import);
    bad boolean;
begin
    file_id := i.file_id;
    if i.verifies then
        perform desk.refuse('DB412', 'import-verifies', 'import=' || p_import);
    end if;
    insert into desk.statement_fault (file_id, fault_no, line_no, column_no, reason, raw, note)
    select i.file_id, f.fault_no, f.line_no, f.column_no, f.reason, f.raw, f.note
    from desk.stage_fault f where f.import_id = p_import and f.importer = session_user;
    select count(*) into faults from desk.statement_fault f
    where f.file_id = i.file_id and not f.note;
    reason := coalesce(desk.import_statements(p_import, i), '');
    lines := 0;
    select count(*) into statements from desk.statement s where s.file_id = i.file_id;
    if reason = '' and statements = 0 then
        reason := 'The file holds no statement.';
    end if;
    if reason <> '' then
        state := 'BAD';
        lines_new := 0;
        matched := 0;
        perform desk.import_bad_again(i.file_id, reason);
        update desk.statement_file f set state = 'BAD', reason = import_finish.reason,
            faults = import_finish.faults, channel_id = coalesce(f.channel_id,
                (select min(w.channel_id) from w_statement w))
        where f.file_id = i.file_id;
        perform desk.exception_for_file(i.file_id, 'FILE_BAD', reason);
        perform desk.stage_clear(p_import);
        return;
    end if;
    perform from desk.channel_lock k
    where k.channel_id in (select w.channel_id from w_statement w) order by k.channel_id for update;
    perform desk.import_supersede(i.file_id);
    perform desk.import_replaces_bad(i.file_id);
    select l.lines, l.lines_new, l.matched into lines, lines_new, matched
    from desk.import_lines(p_import, i.file_id) l;
    perform desk.import_chain(i.file_id);
    perform desk.import_checks(i.file_id, lines - lines_new);
    select bool_or(not coalesce(s.balanced, true) or not coalesce(s.chained, true)
                   or not coalesce(s.counted, true)) into bad
    from desk.statement s where s.file_id = i.file_id;
    perform desk.import_settle(i.file_id, statements, lines, lines_new, matched, faults, bad);
    perform desk.stage_clear(p_import);
    select f.state into state from desk.statement_file f where f.file_id = i.file_id;
    insert into desk.audit_entry (action, object, detail) values ('import', 'F-' || i.file_id,
        format('statements=%s lines=%s new=%s matched=%s faults=%s', statements, lines, lines_new,
            matched, faults));
end
$$;
comment on function desk.import_finish(bigint) is
    'Staged rows become statements and lines, all or none (rule B5).';

-- The file's figures, and its way from PARSED to balanced or not.
create function desk.import_settle(p_file bigint, p_statements integer, p_lines bigint,
    p_new bigint, p_matched bigint, p_faults bigint, p_bad boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update desk.statement_file f
    set state = case when p_lines = 0 and p_faults = 0 and not p_bad then 'EMPTY' else 'PARSED' end,
        channel_id = (select s.channel_id from desk.statement s where s.file_id = p_file
                      order by s.number limit 1),
        statements = p_statements, lines = p_lines, lines_new = p_new, matched = p_matched,
        faults = p_faults
    where f.file_id = p_file;
    update desk.statement_file f
    set state = case when p_bad or p_faults > 0 then 'UNBALANCED' else 'BALANCED' end
    where f.file_id = p_file and f.state = 'PARSED';
    if p_faults > 0 then
        perform desk.exception_for_file(p_file, 'FILE_BAD',
            case when p_faults = 1 then '1 line could not be read.'
            else p_faults || ' lines could not be read.' end);
    end if;
end
$$;
comment on function desk.import_settle(bigint, integer, bigint, bigint, bigint, bigint, boolean) is
    'State and figures of a file (rule B5).';

-- The second reading: another login parses the stored bytes and stages what it found; what is
-- stored must be the same. Until then the lines are provisional.
create function desk.verify_begin(p_file bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    f desk.statement_file;
    result bigint;
begin
    perform desk.import_check_caller('verify');
    select * into f from desk.statement_file x where x.file_id = p_file;
    if not found or not desk.in_scope(f.channel_id) then
        perform desk.refuse('DB404', 'file-unknown', 'file=F-' || p_file);
    elsif f.verified_at is not null or f.state in ('BAD', 'RECEIVED')
        or f.superseded_by is not null then
        perform desk.refuse('DB412', 'file-not-provisional', 'file=F-' || p_file);
    elsif f.parsed_by = session_user then
        perform desk.refuse('DB403', 'same-login', 'file=F-' || p_file);
    end if;
    result := nextval('desk.import_id');
    insert into desk.import (import_id, file_id, verifies, channel_id)
    values (result, p_file, true, f.channel_id);
    return result;
end
$$;
comment on function desk.verify_begin(bigint) is
    'Starts the second reading, by another login than the first.';

create function desk.verify_finish(p_import bigint, p_sha256 bytea, out agrees boolean,
    out differences bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' set enable_nestloop = on as $$
declare
    i constant desk.import := desk.import_mine(p_import);
    f desk.statement_file;
begin
    select * into f from desk.statement_file x where x.file_id = i.file_id;
    if not i.verifies then
        perform desk.refuse('DB412', 'import-no-verify', 'import=' || p_import);
    end if;
    if f.lines > 20000 then
        perform desk.stage_analyze();
        perform set_config('enable_nestloop', 'off', true);
    end if;
    with mine as (
        select st.statement_id, st.interim, st.account,
            coalesce(s.value_date, s.booking_date, st.business_date) as day, s.*
        from desk.stage s
        join desk.statement st on st.file_id = i.file_id and st.number = s.statement_no
        where s.import_id = p_import and s.importer = session_user
    ), stored as (
        select l.* from desk.line l
        where l.line_id between i.file_id * 100000000 and i.file_id * 100000000 + 99999999
            and l.value_date between f.first_day and f.last_day
    )
    select (select count(*) from mine m where not exists (
                select from desk.line l
                where l.value_date = m.day and l.account = m.account and l.interim = m.interim
                    and l.amount = m.amount and l.identity = m.identity
                    and (l.statement_id <> m.statement_id
                         or (l.line_no, l.status, l.ref, l.bank_ref, l.party_name, l.party_account,
                             l.text) = (m.line_no, m.status, m.ref, m.bank_ref, m.party_name,
                             m.party_account, m.text)
                            and l.fee is not distinct from m.fee)))
        + (select count(*) from stored l where not exists (
                select from mine m
                where m.statement_id = l.statement_id and m.entry_no = l.line_id % 100000000
                    and m.amount = l.amount and m.identity = l.identity))
        + abs((select count(*) from mine) - f.lines)
        + (select count(*) from desk.statement st where st.file_id = i.file_id and not exists (
                select from desk.stage_statement s
                where s.import_id = p_import and s.importer = session_user
                    and s.number = st.number and s.opening is not distinct from st.opening
                    and s.closing is not distinct from st.closing
                    and s.total is not distinct from st.total and s.entries = st.entries))
        + case when p_sha256 = f.sha256 then 0 else 1 end
    into differences;
    agrees := differences = 0;
    perform desk.stage_clear(p_import);
    if agrees then
        update desk.statement_file x set verified_at = desk.now(), verified_by = session_user
        where x.file_id = i.file_id;
    else
        perform desk.exception_for_file(i.file_id, 'FILE_BAD',
            case when differences = 1
            then 'A second reading of the stored bytes differs in 1 place.'
            else format('A second reading of the stored bytes differs in %s places.', differences)
            end);
    end if;
    insert into desk.audit_entry (action, object, detail)
    values ('verify', 'F-' || i.file_id, format('differences=%s', differences));
end
$$;
comment on function desk.verify_finish(bigint, bytea) is
    'Compares the second reading with what is stored (DESIGN: imported lines are provisional).';

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace
                 and p.proname ~ '^(import_|verify_|stage_clear|exception_for_file)'
    loop
        execute format('alter function %s owner to def_import', f.name);
        execute format('revoke all on function %s from public', f.name);
    end loop;
end
$$;
grant execute on function desk.import_begin(bytea, text, text, bigint, text),
    desk.import_chunk(bigint, integer, bytea), desk.import_bad(bigint, text, bigint, bigint, text),
    desk.import_finish(bigint) to g_clearing, g_service;
grant execute on function desk.verify_begin(bigint), desk.verify_finish(bigint, bytea)
    to g_clearing, g_service;
