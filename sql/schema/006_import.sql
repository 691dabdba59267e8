-- Imports: begin, bytes, staged rows by COPY, finish; all in the caller's one transaction, so that
-- a cancelled or killed import leaves nothing (rule B5).
-- The work sets are temporary tables, which do not exist yet when functions are made.
set local check_function_bodies = off;

create function desk.import_check_caller(p_action text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    perform desk.actor();
    if not (pg_has_role(session_user, 'g_clearing', 'member')
            or pg_has_role(session_user, 'g_service', 'member')) then
        perform desk.refuse('DB403', 'not-allowed', 'action=' || p_action);
    end if;
end
$$;
comment on function desk.import_check_caller(text) is 'Clearing and the service import.';

create function desk.import_begin(p_sha256 bytea, p_name text, p_format text, p_size bigint,
    p_channel text default null, out import_id bigint, out file_id bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    known record;
begin
    perform desk.import_check_caller('import');
    select f.file_id, f.state into known from desk.statement_file f
    where f.sha256 = p_sha256 and f.state <> 'BAD' and f.superseded_by is null;
    if found then
        perform desk.refuse('DB410', 'file-known', format('file=F-%s state=%s', known.file_id,
            known.state));
    end if;
    if p_channel is not null and not (desk.in_scope(p_channel)
        and exists (select from desk.channel c where c.channel_id = p_channel)) then
        perform desk.refuse('DB404', 'channel-unknown', 'channel=' || p_channel);
    end if;
    insert into desk.statement_file as f (sha256, name, format, size_bytes, channel_id, state,
        received_at, received_by, parsed_by)
    values (p_sha256, p_name, p_format, p_size, p_channel, 'RECEIVED', desk.now(), session_user,
        session_user)
    returning f.file_id into import_begin.file_id;
    import_id := nextval('desk.import_id');
    insert into desk.import (import_id, file_id, verifies, channel_id)
    values (import_begin.import_id, import_begin.file_id, false, p_channel);
end
$$;
comment on function desk.import_begin(bytea, text, text, bigint, text) is
    'Takes a file in; bytes that are here and could be read are refused by their hash (rule B5).';

create function desk.import_mine(p_import bigint) returns desk.import
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    result desk.import;
begin
    select * into result from desk.import i
    where i.import_id = p_import and i.importer = session_user;
    if not found then
        perform desk.refuse('DB404', 'import-unknown', 'import=' || p_import);
    end if;
    return result;
end
$$;
comment on function desk.import_mine(bigint) is 'The caller''s import, or a refusal.';

create function desk.import_chunk(p_import bigint, p_chunk integer, p_bytes bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    i constant desk.import := desk.import_mine(p_import);
begin
    if i.verifies or (select f.state from desk.statement_file f where f.file_id = i.file_id)
        <> 'RECEIVED' then
        perform desk.refuse('DB412', 'import-finished', 'import=' || p_import);
    end if;
    insert into desk.statement_bytes (file_id, chunk_no, bytes)
    values (i.file_id, p_chunk, p_bytes);
end
$$;
comment on function desk.import_chunk(bigint, integer, bytea) is 'The bytes as they came.';

-- Stage rows of the caller go away at the end: by truncate where nobody else has any, which costs
-- nothing, else by delete.
create function desk.stage_clear(p_import bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    begin
        lock table desk.stage in access exclusive mode nowait;
        truncate desk.stage;
    exception when lock_not_available then
        delete from desk.stage s where s.import_id = p_import and s.importer = session_user;
    end;
    delete from desk.stage_statement s where s.import_id = p_import and s.importer = session_user;
    delete from desk.stage_fault s where s.import_id = p_import and s.importer = session_user;
end
$$;
comment on function desk.stage_clear(bigint) is 'Empties the caller''s staging.';

-- Bytes that could not be read for this reason before are refused: one row tells of them.
create function desk.import_bad_again(p_file bigint, p_reason text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    known bigint;
begin
    select max(o.file_id) into known from desk.statement_file o
    join desk.statement_file n on n.file_id = p_file and n.sha256 = o.sha256
    where o.file_id <> p_file and o.state = 'BAD' and o.reason = left(p_reason, 500);
    if known is not null then
        perform desk.refuse('DB411', 'file-unreadable', 'file=F-' || known);
    end if;
end
$$;
comment on function desk.import_bad_again(bigint, text) is
    'Refuses what could not be read before, for the same reason (rule B5).';

-- The same bytes could not be read before: that file gives way, and its exception closes by itself.
create function desk.import_replaces_bad(p_file bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with o as (
        update desk.statement_file o set state = 'SUPERSEDED', superseded_by = p_file
        from desk.statement_file n
        where n.file_id = p_file and o.sha256 = n.sha256 and o.state = 'BAD'
        returning o.file_id
    ), gone as (
        select e.exception_id, e.state from desk.exception e
        join o on e.code = 'FILE_BAD' and e.subject = 'file:' || o.file_id
        where e.state in ('OPEN', 'CLAIMED', 'WAITING_BANK', 'WAITING_MERCHANT', 'REOPENED')
    ), x as (
        update desk.exception e set state = 'AUTO_CLOSED', due = null
        from gone g where e.exception_id = g.exception_id
        returning e.exception_id, g.state)
    insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
    select x.exception_id, desk.now(), 'settle', x.state, 'AUTO_CLOSED',
        'The same bytes could be read as F-' || p_file || '.'
    from x;
$$;
comment on function desk.import_replaces_bad(bigint) is
    'Supersedes what could not be read and now can (rules B4, B5).';

create function desk.import_bad(p_import bigint, p_reason text, p_line bigint default 0,
    p_column bigint default 0, p_account text default '') returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    i constant desk.import := desk.import_mine(p_import);
begin
    update desk.statement_file f
    set state = 'BAD', reason = left(p_reason, 500), faults = 1, channel_id = coalesce(f.channel_id,
        (select a.channel_id from desk.channel_account a
         where a.account = upper(regexp_replace(p_account, '\s', '', 'g'))
             and desk.in_scope(a.channel_id)))
    where f.file_id = i.file_id and f.state = 'RECEIVED';
    if not found then
        perform desk.refuse('DB412', 'import-finished', 'import=' || p_import);
    end if;
    perform desk.import_bad_again(i.file_id, p_reason);
    insert into desk.statement_fault (file_id, fault_no, line_no, column_no, reason, raw)
    values (i.file_id, 1, p_line, p_column, left(p_reason, 500), '');
    perform desk.stage_clear(p_import);
    perform desk.exception_for_file(i.file_id, 'FILE_BAD', left(p_reason, 500));
    insert into desk.audit_entry (action, object, detail)
    values ('import-bad', 'F-' || i.file_id, left(p_reason, 500));
end
$$;
comment on function desk.import_bad(bigint, text, bigint, bigint, text) is
    'The file could not be read: it is kept, told of and put in the file queue (rule B2).';

create function desk.exception_for_file(p_file bigint, p_code text, p_reason text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    x bigint;
begin
    insert into desk.exception (code, subject, channel_id, business_date, severity, file_id, reason,
        opened_at)
    select p_code, 'file:' || p_file, f.channel_id,
        coalesce((select max(s.business_date) from desk.statement s where s.file_id = p_file),
                 (f.received_at at time zone 'UTC')::date),
        'HIGH', p_file, p_reason, desk.now()
    from desk.statement_file f where f.file_id = p_file
    on conflict (code, subject) do nothing
    returning exception_id into x;
    if x is not null then
        insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
        values (x, desk.now(), 'raise', '', 'OPEN', p_reason);
    end if;
end
$$;
comment on function desk.exception_for_file(bigint, text, text) is 'Raises FILE_* (rule B2).';

-- Staged statements become statements. Account known comes first: without it nothing is imported.
create function desk.import_statements(p_import bigint, i desk.import) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
set client_min_messages = warning as $$
declare
    unknown text;
begin
    create temp table if not exists w_statement (number integer primary key,
        statement_id bigint, channel_id text, account text, currency text, interim boolean,
        business_date date, paged boolean not null default false) on commit drop;
    truncate w_statement;
    insert into w_statement (number, channel_id, account, currency, interim, business_date)
    select s.number, coalesce(a.channel_id, i.channel_id),
        coalesce(nullif(upper(regexp_replace(coalesce(s.account, ''), '\s', '', 'g')), ''),
                 i.channel_id),
        coalesce(nullif(s.currency, ''), c.currency), s.interim,
        coalesce(case when s.interim then l.last_day end, s.closing_date, s.as_of, s.opening_date,
                 l.last_day, (desk.now() at time zone 'UTC')::date)
    from desk.stage_statement s
    left join desk.channel_account a
        on a.account = upper(regexp_replace(coalesce(s.account, ''), '\s', '', 'g'))
    left join desk.channel c on c.channel_id = coalesce(a.channel_id, i.channel_id)
    -- An interim one is dated by when it was made, which may be the morning after its day.
    left join (
        select t.statement_no, max(coalesce(t.booking_date, t.value_date)) as last_day
        from desk.stage t
        where t.import_id = p_import and t.importer = session_user
            and exists (select from desk.stage_statement x
                        where x.import_id = p_import and x.importer = session_user
                            and (x.interim or coalesce(x.closing_date, x.as_of, x.opening_date)
                                 is null))
        group by t.statement_no) l on l.statement_no = s.number
    where s.import_id = p_import and s.importer = session_user;
    select w.account into unknown from w_statement w where w.channel_id is null limit 1;
    if found then
        return 'The account ' || coalesce(unknown, '(none)') || ' belongs to no channel.';
    end if;
    select w.channel_id into unknown from w_statement w
    where not desk.in_scope(w.channel_id) limit 1;
    if found then
        perform desk.refuse('DB404', 'channel-unknown', 'channel=' || unknown);
    end if;
    insert into desk.statement (file_id, number, channel_id, account, currency, reference, sequence,
        interim, business_date, from_date, opening_date, opening, closing_date, closing, total,
        entries, faults, claimed_entries, claimed_total, balanced, counted)
    select i.file_id, s.number, w.channel_id, w.account, w.currency, coalesce(s.reference, ''),
        coalesce(s.sequence, ''), s.interim, w.business_date, s.from_date, s.opening_date,
        s.opening, s.closing_date, s.closing, s.total, s.entries, s.faults, s.claimed_entries,
        s.claimed_total,
        case when s.opening is null or s.closing is null or s.total is null then null
             else s.opening + s.total = s.closing and s.faults = 0 end,
        case when s.claimed_entries is null and s.claimed_total is null then null
             else coalesce(s.claimed_entries = s.entries, true)
                 and coalesce(s.claimed_total = s.total, true) end
    from desk.stage_statement s
    join w_statement w on w.number = s.number
    where s.import_id = p_import and s.importer = session_user;
    update w_statement w set statement_id = s.statement_id,
        paged = s.sequence like '%/%' and exists (
            select from desk.statement o where o.account = s.account and o.file_id <> s.file_id
                and o.sequence <> s.sequence
                and split_part(o.sequence, '/', 1) = split_part(s.sequence, '/', 1))
    from desk.statement s where s.file_id = i.file_id and s.number = w.number;
    return null;
end
$$;
comment on function desk.import_statements(bigint, desk.import) is
    'Statements of the file, each with its channel; a sentence where an account is unknown.';

-- The day's final statement replaces what was provisional; provisional ones that come after it are
-- replaced at once (rule B5).
create function desk.import_supersede(p_file bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update desk.statement o set superseded = true
    from desk.statement n
    where n.file_id = p_file and not n.interim and o.interim and not o.superseded
        and o.account = n.account
        and o.business_date between coalesce(n.from_date, n.business_date) and n.business_date;
    update desk.statement n set superseded = true
    where n.file_id = p_file and n.interim and not n.superseded
        and exists (select from desk.statement o
                    where not o.interim and o.account = n.account
                        and n.business_date between coalesce(o.from_date, o.business_date)
                            and o.business_date);
$$;
comment on function desk.import_supersede(bigint) is 'Provisional lines give way (rule B5).';

-- Whether an opening balance continues the account's closing balance before it. Some banks date
-- the opening balance by the day before, some by the day itself, so that a file over several days
-- may follow the last closing up to that date or the last one before it. A statement that starts
-- where this one starts is another telling of the same days and not what comes before it. A bank
-- that sends several statements a day goes on within the day, whichever of them came first; two
-- that undo each other follow none of them. Said again for the statements after it, since files do
-- not come in order.
create function desk.import_chain(p_file bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update desk.statement s
    set chained = exists (
        select from desk.statement p
        where p.account = s.account and p.statement_id <> s.statement_id and not p.interim
            and p.business_date = s.business_date and p.closing_date = s.closing_date
            and p.closing = s.opening and p.opening <> s.closing) or (
        select case when bool_or(p.closing = s.opening) or s.from_date is null
                        or bool_or(least(p.from_date, p.closing_date) < s.from_date)
                    then bool_or(p.closing = s.opening) end
        from desk.statement p
        where p.account = s.account and p.statement_id <> s.statement_id and not p.interim
            and p.closing is not null
            and (p.opening_date, p.opening) is distinct from (s.opening_date, s.opening)
            and (p.closing_date, p.statement_id) < (s.closing_date, s.statement_id)
            and p.closing_date in (
                select max(q.closing_date) from desk.statement q
                where q.account = s.account and q.statement_id <> s.statement_id
                    and not q.interim and q.closing is not null
                    and (q.opening_date, q.opening) is distinct from (s.opening_date, s.opening)
                    and (q.closing_date, q.statement_id) < (s.closing_date, s.statement_id)
                    and q.closing_date <= coalesce(s.opening_date, s.from_date, s.closing_date)
                union all
                select max(q.closing_date) from desk.statement q
                where q.account = s.account and q.statement_id <> s.statement_id
                    and not q.interim and q.closing is not null
                    and q.closing_date < coalesce(s.from_date, s.opening_date)))
    from (select n.account, min(n.business_date) as since from desk.statement n
          where n.file_id = p_file group by n.account) touched
    where s.account = touched.account and s.business_date >= touched.since
        and not s.interim and s.opening is not null and s.closing_date is not null;
$$;
comment on function desk.import_chain(bigint) is 'Opening = previous closing (rule B5).';
