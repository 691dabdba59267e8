-- Statement files, statements, lines and the staging of imports (rule B5).
set local role own_desk;

create table desk.statement_file (
    file_id bigint generated always as identity primary key,
    sha256 bytea not null check (octet_length(sha256) = 32),
    name text not null,
    format text not null,
    size_bytes bigint not null check (size_bytes >= 0),
    channel_id text references desk.channel, -- of its first statement; null while unknown
    state text not null check (state in ('RECEIVED', 'PARSED', 'BAD', 'BALANCED', 'UNBALANCED',
        'MATCHING', 'DONE', 'CLOSED', 'EMPTY', 'SUPERSEDED', 'IGNORED')),
    reason text not null default '',
    received_at timestamptz not null,
    received_by text not null,
    statements integer not null default 0,
    lines bigint not null default 0,       -- lines in the file
    lines_new bigint not null default 0,   -- of them not known from another file
    faults bigint not null default 0,      -- lines that could not be read
    matched bigint not null default 0,     -- lines matched as they came in
    first_day date,                        -- of its lines' value dates
    last_day date,
    parsed_by text,                        -- who first read it
    verified_at timestamptz,               -- a second login read the stored bytes again and agreed
    verified_by text,
    superseded_by bigint references desk.statement_file, -- these BAD bytes could be read there
    check (verified_by is null or verified_by <> parsed_by)
);
-- The same bytes are taken in once. Bytes that could not be read may come again: their account may
-- be known by now, or the one who brought them may have lied.
create unique index statement_file_sha256 on desk.statement_file (sha256)
    where state <> 'BAD' and superseded_by is null;
create index statement_file_unreadable on desk.statement_file (sha256) where state = 'BAD';
create index statement_file_received on desk.statement_file (received_at, file_id);
create index statement_file_channel on desk.statement_file (channel_id, file_id);
create index statement_file_unverified on desk.statement_file (file_id)
    where verified_at is null and state <> 'BAD';

-- The bytes as they came: evidence.
create table desk.statement_bytes (
    file_id bigint not null references desk.statement_file,
    chunk_no integer not null,
    bytes bytea not null,
    primary key (file_id, chunk_no)
);
alter table desk.statement_bytes alter column bytes set compression lz4;

create table desk.statement (
    statement_id bigint generated always as identity primary key,
    file_id bigint not null references desk.statement_file,
    number integer not null,               -- within the file
    channel_id text not null references desk.channel,
    account text not null,
    currency text not null,
    reference text not null default '',
    sequence text not null default '',     -- statement number, and page after '/'
    interim boolean not null,              -- MT942, camt.052, camt.054
    superseded boolean not null default false,
    business_date date not null,           -- the day it is the statement of
    from_date date,
    opening_date date,
    opening bigint,
    closing_date date,
    closing bigint,
    total bigint,                          -- sum of booked entries; null where it is not known
    entries bigint not null,
    faults bigint not null,
    claimed_entries bigint,                -- what a trailer says
    claimed_total bigint,
    balanced boolean,                      -- opening + total = closing; null: cannot be said
    chained boolean,                       -- opening = previous closing; null: cannot be said
    counted boolean,                       -- trailer's count and sum; null: there is none
    unique (file_id, number)
);
create index statement_account on desk.statement (account, business_date, statement_id);
create index statement_channel on desk.statement (channel_id, business_date, statement_id);

create table desk.statement_fault (
    file_id bigint not null references desk.statement_file,
    fault_no bigint not null,
    line_no bigint not null,
    column_no bigint not null,
    reason text not null,
    raw text not null,
    note boolean not null default false, -- no entry is lost by it: told, not counted as a fault
    primary key (file_id, fault_no)
);

-- A file's checks in the order of rule B5; told once, at import.
create table desk.statement_check (
    file_id bigint not null references desk.statement_file,
    check_no integer not null,
    name text not null,
    outcome text not null check (outcome in ('ok', 'warning', 'bad', 'n/a')),
    detail text not null default '',
    primary key (file_id, check_no)
);

-- line_id is the file and the line's number in it: file_id * 10^8 + entry_no. Identity of a line:
-- account, value date, signed amount, hash of reference or text, occurrence among equal ones of one
-- statement (rule B5). A 1:1 match found at import stands in the line's own row and is never
-- updated; later matches and all ends are rows of desk.match. What has a fixed width stands first,
-- so that no bytes are lost between columns and the others are found fast.
create table desk.line (
    value_date date not null,
    occurrence integer not null,
    line_id bigint not null,
    statement_id bigint not null,
    amount bigint not null,
    line_no bigint not null,           -- of the file
    identity uuid not null,
    payment_id bigint,                 -- matched at import
    rule_no integer,                   -- by this rule of
    rule_version integer,              -- this version
    booking_date date,
    interim boolean not null,
    fee bigint,
    channel_id text not null,
    status text not null check (status in ('BOOKED', 'PENDING', 'INFORMATION', 'FAILED')),
    account text collate "C" not null,
    currency text not null,
    ref text collate "C" not null default '', -- the reference a payment is looked for by
    bank_ref text not null default '',
    type text not null default '',
    party_name text not null default '',
    party_account text not null default '',
    text text not null default '',
    primary key (value_date, line_id),
    check ((payment_id is null) = (rule_no is null))
) partition by range (value_date);
-- Every index is paid for by each line: the lines of a file need none, since their numbers are a
-- range of the primary key. The columns that tell lines apart come first, and references compare by
-- bytes, so that the indexes sort fast.
create unique index line_identity
    on desk.line (identity, occurrence, amount, value_date, account, interim);
create index line_ref on desk.line (ref) where ref <> '';
-- A match in the line's own row is of a payment of the same day, so this makes it the only one.
create unique index line_payment
    on desk.line (payment_id, value_date, interim) where payment_id is not null;
create index line_unmatched on desk.line (channel_id, value_date, line_id) where payment_id is null;

create function desk.line_partition_name(p_day date) returns text
language sql immutable set search_path = pg_catalog, pg_temp
return 'line_' || to_char(p_day, 'YYYYMMDD');

comment on function desk.line_partition_name(date) is 'What the partition of a day is called.';

-- Makes the partition of a day; takes a day and nothing else, so that the owner may run it.
create function desk.line_partition(p_day date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    name constant text := desk.line_partition_name(p_day);
begin
    if p_day not between date '1990-01-01' and date '2199-12-31' then
        raise exception using errcode = 'DB400', message = 'bad-day', detail = 'day=' || p_day;
    end if;
    if to_regclass('desk.' || name) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('desk.' || name, 0));
    if to_regclass('desk.' || name) is null then
        execute format('create table desk.%I partition of desk.line for values from (%L) to (%L)',
            name, p_day, p_day + 1);
    end if;
end
$$;
comment on function desk.line_partition(date) is 'Makes the partition of a day.';

-- The plain pairs are matched as the lines go in: one booked line and one payment under the same
-- reference, everything agrees, same business day. All the rest is for desk.reconcile(). The text
-- of the query is made once, for the parent table and for a large day's own: from p_statements, the
-- import's own, and the table p_payments, which may be missing. The planner takes a coalesce() for
-- half of the rows; these make it hash the payments, which are narrow, where there are about as
-- many lines. The outer join keeps it from thinking that few lines have a statement.
create function desk.line_select_sql(p_statements text, p_payments text, p_nth text, p_free text)
returns text
language sql immutable set search_path = pg_catalog, pg_temp
return format($sql$
    select l.day as value_date, l.occurrence, $7 + l.entry_no as line_id, l.statement_id, l.amount,
        l.line_no, l.identity, p.payment_id,
        case when p.payment_id is not null then $4 end as rule_no,
        case when p.payment_id is not null then $5 end as rule_version, l.booking_date, l.interim,
        l.fee, l.channel_id, l.status, l.account collate "C" as account, l.currency, l.ref,
        l.bank_ref, l.type, l.party_name, l.party_account, l.text
    from (
        select coalesce(s.value_date, s.booking_date, w.business_date) as day, w.statement_id,
            w.channel_id, w.account, w.interim, s.entry_no, s.amount,
            s.occurrence + %s as occurrence,
            s.identity, s.line_no, s.booking_date, s.status, s.fee,
            case when s.currency = '' then w.currency else s.currency end as currency, s.ref,
            s.bank_ref, s.type, s.party_name, s.party_account, s.text, %s as nth
        from desk.stage s
        left join %s w on w.number = s.statement_no
        where s.import_id = $1 and s.importer = $8) l
    left join %s
    where coalesce(l.statement_id > 0 and l.day between $2 and $3, false)$sql$,
    case when p_statements = 'w_statement' then 'case when w.paged then desk.import_page_offset('
        'w.statement_id, s.identity, s.amount, '
        'coalesce(s.value_date, s.booking_date, w.business_date)) else 0 end' else '0' end,
    p_nth, p_statements, case when p_payments is null
        then '(select null::bigint as payment_id) p on false' else format($sql$(
        select p.payment_id, p.bank_ref, p.channel_id, p.currency, p.business_date,
            case p.direction when 'OUT' then -p.amount else p.amount end as amount,
            p.payee_name, p.payee_account, p.expected_fee
        from %s p
        where p.payment_id >= core.first_id($2) and p.payment_id < core.first_id($3 + 1)
            and $4 is not null
            and coalesce(p.ref_alone, false) and coalesce(p.bank_ref <> '', false)
            and p.state in ('SUBMITTED', 'ACCEPTED', 'PRESUMED_PAID', 'PAID', 'RECONCILED')
            %s) p
        on p.bank_ref = l.ref
            -- No part of the join's hash: they are looked at where the reference is the same.
            and (p.amount = l.amount and p.business_date = l.day
                 and p.channel_id = l.channel_id and p.currency = l.currency) is true
            and l.status = 'BOOKED' and l.occurrence = 1 and l.nth = 1
            and (l.party_account = '' or p.payee_account = ''
                 or l.party_account = p.payee_account)
            and (l.party_name = '' or p.payee_name = '' or l.party_name = p.payee_name)
            and (l.fee is null or l.fee = coalesce(p.expected_fee, $6, l.fee))$sql$,
        p_payments, p_free) end);
comment on function desk.line_select_sql(text, text, text, text) is
    'The query that gives lines with their plain pairs (DESIGN: T+1 in the database).';

-- A large day is built as a table of its own, indexed and attached: here from what the caller has
-- staged of it, as the owner, who alone can make a table, and filled with what a query on two
-- processors finds. Null where the day has a partition already. The rule is that of the plain
-- pairs, or null.
create function desk.line_day_build(p_day date, p_import bigint, p_rule integer, p_version integer,
    p_fee bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' set enable_nestloop = off
set max_parallel_workers_per_gather = 1 set parallel_setup_cost = 0 set parallel_tuple_cost = 0
as $$
declare
    name constant text := desk.line_partition_name(p_day);
    payments constant regclass := to_regclass('core.' || core.payment_partition_name(p_day));
    file constant bigint := (select i.file_id from desk.import i
        where i.import_id = p_import and i.importer = session_user and not i.verifies);
    lines bigint;
begin
    if p_day not between date '1990-01-01' and date '2199-12-31' then
        raise exception using errcode = 'DB400', message = 'bad-day', detail = 'day=' || p_day;
    elsif file is null then
        perform desk.refuse('DB404', 'import-unknown', 'import=' || p_import);
    end if;
    perform pg_advisory_xact_lock(hashtextextended('desk.' || name, 0));
    if to_regclass('desk.' || name) is not null then
        return null;
    end if;
    execute format('create table desk.%I as ', name) || desk.line_select_sql(
        format('(select * from desk.statement t where t.file_id = %s)', file),
        payments::text, '1',
        case when exists (select from desk.match_item m
                          where m.payment_id >= core.first_id(p_day)
                              and m.payment_id < core.first_id(p_day + 1))
            then 'and not exists (select from desk.match_item m '
                'where m.payment_id = p.payment_id)'
            else '' end)
        using p_import, p_day, p_day, p_rule, p_version, p_fee, file * 100000000,
            session_user::text;
    get diagnostics lines = row_count;
    -- What the parent asks of each row is asked once of all.
    execute format('alter table desk.%I add check (value_date >= %L and value_date < %L), ', name,
        p_day, p_day + 1) || (
        select string_agg(x.change, ', ') from (
            select format('alter %I set not null', a.attname) as change
            from pg_catalog.pg_attribute a
            where a.attrelid = 'desk.line'::regclass and a.attnum > 0 and a.attnotnull
            union all
            select format('alter %I set default %s', a.attname, pg_get_expr(d.adbin, d.adrelid))
            from pg_catalog.pg_attrdef d
            join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
            where d.adrelid = 'desk.line'::regclass
            union all
            select format('add constraint %I %s', c.conname, pg_get_constraintdef(c.oid))
            from pg_catalog.pg_constraint c
            where c.conrelid = 'desk.line'::regclass and c.contype = 'c') x);
    return lines;
end
$$;
create function desk.line_day_attach(p_day date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set maintenance_work_mem = '256MB' set default_statistics_target = 20 as $$
declare
    name constant text := desk.line_partition_name(p_day);
    d text;
begin
    execute format('alter table desk.%I add primary key (value_date, line_id)', name);
    for d in select pg_get_indexdef(x.indexrelid) from pg_catalog.pg_index x
             where x.indrelid = 'desk.line'::regclass and not x.indisprimary
    loop
        -- The parent's definition, on this table, under a name the server picks.
        execute regexp_replace(d, 'INDEX \S+ ON ONLY desk\.line', format('INDEX ON desk.%I', name));
    end loop;
    execute format('alter table desk.line attach partition desk.%I for values from (%L) to (%L)',
        name, p_day, p_day + 1);
    execute format('analyze desk.%I', name);
end
$$;
comment on function desk.line_day_build(date, bigint, integer, integer, bigint) is
    'A large day''s own table, filled and not yet attached.';
comment on function desk.line_day_attach(date) is 'Indexes a large day''s table and attaches it.';

-- Staging. The caller's own rows only: importer cannot be written (ARCHITECTURE.md, "Rights").
create sequence desk.import_id;
create table desk.import (
    import_id bigint primary key,
    file_id bigint not null,
    importer text not null default session_user,
    verifies boolean not null,          -- a second parse of stored bytes
    channel_id text,                    -- given where the file names no account
    started_at timestamptz not null default clock_timestamp()
);
create unlogged table desk.stage_statement (
    import_id bigint not null,
    importer text not null default session_user,
    number integer not null,
    account text,
    currency text,
    reference text,
    sequence text,
    interim boolean,
    from_date date,
    as_of date,
    opening_date date,
    opening bigint,
    closing_date date,
    closing bigint,
    total bigint,
    entries bigint,
    faults bigint,
    claimed_entries bigint,
    claimed_total bigint,
    balanced boolean
);
-- entry_no counts the lines of a file from 1; line_no is where in the file a line starts.
create unlogged table desk.stage (
    import_id bigint not null,
    entry_no bigint not null check (entry_no between 1 and 99999999),
    line_no bigint not null,
    amount bigint not null,
    statement_no integer not null,
    occurrence integer not null,
    identity uuid not null,
    value_date date,
    booking_date date,
    fee bigint,
    importer text not null default session_user,
    currency text not null default '',
    status text not null,
    ref text collate "C" not null default '',
    bank_ref text not null default '',
    type text not null default '',
    party_name text not null default '',
    party_account text not null default '',
    text text not null default ''
);
create unlogged table desk.stage_fault (
    import_id bigint not null,
    importer text not null default session_user,
    fault_no bigint not null,
    line_no bigint not null,
    column_no bigint not null,
    reason text not null,
    raw text not null,
    note boolean not null default false
);
do $$
declare
    t text;
    columns text;
begin
    foreach t in array array['stage', 'stage_statement', 'stage_fault'] loop
        select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into columns
        from pg_catalog.pg_attribute a
        where a.attrelid = ('desk.' || t)::regclass and a.attnum > 0 and a.attname <> 'importer';
        execute format('grant insert (%s) on desk.%I to g_clearing, g_service', columns, t);
        execute format('grant select, delete, truncate on desk.%I to def_import', t);
    end loop;
end
$$;

-- Only its owner can tell the planner how much is staged. Where another import is at it, the
-- planner guesses.
create function desk.stage_analyze() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set default_statistics_target = 20 as $$
begin
    lock table desk.stage in share update exclusive mode nowait;
    analyze desk.stage (import_id, importer, statement_no, ref);
exception when lock_not_available then
    null;
end
$$;
comment on function desk.stage_analyze() is 'Statistics of what is staged.';

-- What a channel owes: one row a channel and business day.
create table desk.file_due (
    channel_id text not null references desk.channel,
    business_date date not null,
    due_at timestamptz not null,
    primary key (channel_id, business_date)
);
create index file_due_day on desk.file_due (business_date, channel_id);

grant usage on sequence desk.import_id to def_import;
grant execute on function desk.line_partition(date), desk.line_partition_name(date),
    desk.line_select_sql(text, text, text, text),
    desk.line_day_build(date, bigint, integer, integer, bigint), desk.line_day_attach(date),
    desk.stage_analyze() to def_import;
grant select on desk.statement_file, desk.statement_bytes, desk.statement, desk.statement_fault,
    desk.statement_check, desk.line, desk.file_due, desk.import to def_read, def_import, def_match,
    def_case;
grant insert on desk.statement_file, desk.statement_bytes, desk.statement, desk.statement_fault,
    desk.statement_check, desk.line, desk.import to def_import;
grant update on desk.statement_file to def_import, def_match;
grant update (superseded, chained) on desk.statement to def_import;
grant insert on desk.file_due to def_match;

-- State moves along legal edges only; the kind of object is the trigger's argument.
create function desk.edge_guard() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.state <> old.state and not exists (
        select from desk.state_edge e
        where e.kind = tg_argv[0] and e.from_state = old.state and e.to_state = new.state) then
        perform desk.refuse('DB412', 'illegal-edge',
            format('kind=%s from=%s to=%s', tg_argv[0], old.state, new.state));
    end if;
    return new;
end
$$;
comment on function desk.edge_guard() is 'Legal edges of states only (rules B4, B5).';
create trigger statement_file_guard before update on desk.statement_file
    for each row execute function desk.edge_guard('file');
reset role;
