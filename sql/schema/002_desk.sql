-- What the desk knows before the first file: operators, channels, calendars, days, the audit.
set local role own_desk;

-- One row fixes the clock for tests and for the TRAINING environment; without it time is real.
create table desk.environment (
    single boolean primary key default true check (single),
    name text not null default 'TRAINING' check (name in ('TRAINING', 'TEST', 'PROD')),
    fixed_at timestamptz check (fixed_at is null or name <> 'PROD')
);
insert into desk.environment default values;

create function desk.now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
return coalesce((select fixed_at from desk.environment), statement_timestamp());
comment on function desk.now() is 'The time that rules use (rule B18).';

create function desk.refuse(code text, word text, detail text default '') returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
    raise exception using errcode = code, message = word, detail = coalesce(detail, '');
end
$$;
comment on function desk.refuse(text, text, text) is
    'Raises a code; the sentence that people read is in the program.';

create table desk.operator (
    login name primary key,
    person text not null check (person <> ''), -- the name that people read
    person_id text not null                  -- whose login it is: one person may have two
        check (person_id ~ '^[a-z][a-z0-9_-]{0,31}$'),
    channels text[], -- null: all channels (scope, rule B19)
    enrolled_at timestamptz not null default statement_timestamp(),
    ended_at timestamptz,
    unique (login, person_id)
);

-- Who calls: the login of the session, which must be enrolled and not ended.
create function desk.actor() returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from desk.operator o where o.login = session_user
                   and o.ended_at is null) then
        perform desk.refuse('DB403', 'operator-unknown', 'login=' || session_user);
    end if;
    return session_user;
end
$$;
comment on function desk.actor() is 'The enrolled login of this session, or a refusal (rule B19).';

create function desk.sees_all() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
return coalesce((select o.channels is null and o.ended_at is null from desk.operator o
                 where o.login = session_user), false);
create function desk.my_channels() returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp
return coalesce((select o.channels from desk.operator o
                 where o.login = session_user and o.ended_at is null), '{}');
create function desk.in_scope(p_channel text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
return desk.sees_all() or coalesce(p_channel = any (desk.my_channels()), false);
comment on function desk.in_scope(text) is 'Whether the session sees a channel (rule B19).';
comment on function desk.sees_all() is 'Whether the session sees every channel (rule B19).';
comment on function desk.my_channels() is 'The channels the session sees otherwise (rule B19).';

-- What was done, by whom, to what; written in the transaction that does it. Its time, its
-- transaction and the login of its session are set here whatever is said, and so is the hash that
-- the sealer chains.
create table desk.audit_entry (
    entry_id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor text not null default session_user,
    action text not null,
    object text not null default '',
    detail text not null default '',
    login text not null,
    xid xid8 not null,
    row_hash bytea not null
);
create index audit_entry_at on desk.audit_entry (at, entry_id);
create index audit_entry_object on desk.audit_entry (object, at, entry_id);
create index audit_entry_actor on desk.audit_entry (actor, at, entry_id);
create index audit_entry_action on desk.audit_entry (action, at, entry_id);
create index audit_entry_xid on desk.audit_entry (xid);

-- A text in what is hashed: its length in bytes and its bytes; null is the length -1. Stable, as
-- convert_to is: declared immutable it would not be inlined but planned anew wherever it stands, in
-- every call of what hashes, and a batch's journals would take three times as long.
create function desk.audit_field(p_text text) returns bytea
language sql stable parallel safe
return coalesce(int4send(octet_length(p_text)) || convert_to(p_text, 'UTF8'), '\xffffffff');
comment on function desk.audit_field(text) is 'A text as the audit''s hashes take it.';

create function desk.deny_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception using errcode = 'DB405', message = 'rows-stay',
        detail = 'table=' || tg_table_name;
end
$$;
comment on function desk.deny_change() is 'Rows of this table are never changed or deleted.';
create trigger audit_entry_stays before update or delete on desk.audit_entry
    for each row execute function desk.deny_change();
create trigger audit_entry_stays_whole before truncate on desk.audit_entry
    for each statement execute function desk.deny_change();

create table desk.calendar (
    calendar_id text primary key,
    name text not null
);
-- Monday to Friday are business days unless a row here says otherwise.
create table desk.calendar_day (
    calendar_id text not null references desk.calendar,
    day date not null,
    business boolean not null,
    note text not null default '',
    primary key (calendar_id, day)
);

create function desk.is_business_day(p_calendar text, p_day date) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
return coalesce((select d.business from desk.calendar_day d
                 where d.calendar_id = p_calendar and d.day = p_day),
                extract(isodow from p_day) < 6);
create function desk.business_day_add(p_calendar text, p_day date, p_days integer) returns date
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    step constant integer := case when p_days < 0 then -1 else 1 end;
    rest integer := abs(p_days);
    result date := p_day;
begin
    while rest > 0 loop
        result := result + step;
        if desk.is_business_day(p_calendar, result) then
            rest := rest - 1;
        end if;
    end loop;
    return result;
end
$$;
create function desk.business_days(p_calendar text, p_from date, p_to date) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp
return (select count(*)::integer from generate_series(p_from + 1, p_to, interval '1 day') d
        where p_to > p_from and p_to - p_from < 4000
        and desk.is_business_day(p_calendar, d::date));
comment on function desk.is_business_day(text, date) is 'Whether the bank works (rule B18).';
comment on function desk.business_day_add(text, date, integer) is
    'The n-th business day after (or before) a day, itself not counted (rule B18).';
comment on function desk.business_days(text, date, date) is
    'Business days after one day up to another (rule B18).';

create table desk.channel (
    channel_id text primary key check (channel_id ~ '^[A-Z][A-Z0-9_-]{1,15}$'),
    bank text not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    has_statement text not null default 'YES' check (has_statement in ('YES', 'NO', 'PARTIAL')),
    statement_format text check (statement_format ~ '^(mt940|camt|bai2|ofx|csv:[a-z0-9_-]+)$'),
    cutoff time not null default '24:00',        -- local; later sendings belong to the next day
    utc_offset interval not null default '8 hours',
    statement_due time not null default '09:30', -- local, on the business day after
    carry_window integer not null default 3 check (carry_window between 0 and 30),
    return_window integer not null default 10 check (return_window between 0 and 60),
    calendar_id text not null references desk.calendar,
    fee_expected bigint,                          -- minor units a payment; null: not checked
    files_from date not null default current_date, -- the first business day a file is owed for
    contact text not null default '',
    version integer not null default 1,
    check ((has_statement = 'NO') = (statement_format is null))
);
create table desk.channel_account (
    account text primary key check (account = upper(account) and account !~ '\s'),
    channel_id text not null references desk.channel
);

create table desk.business_day (
    day date primary key,
    state text not null default 'OPEN' check (state in ('OPEN', 'CLOSED')),
    closed_at timestamptz,
    check ((state = 'CLOSED') = (closed_at is not null))
);

-- Legal state edges stand once, here and (of payments) in core.state_edge; `make check` compares
-- the program's with them.
create table desk.state_edge (
    kind text not null check (kind in ('exception', 'file', 'request')),
    from_state text not null,
    to_state text not null,
    signed boolean not null default false, -- only by a signed request
    primary key (kind, from_state, to_state)
);
insert into desk.state_edge (kind, from_state, to_state, signed)
select 'exception', f, t, s
from (values
    ('OPEN', '{CLAIMED,AUTO_CLOSED}'::text[], false),
    ('CLAIMED', '{OPEN,WAITING_BANK,WAITING_MERCHANT,WAITING_CARD,PROPOSED,CLOSED,AUTO_CLOSED}',
        false),
    ('WAITING_BANK', '{CLAIMED,PROPOSED,CLOSED,AUTO_CLOSED}', false),
    ('WAITING_MERCHANT', '{CLAIMED,PROPOSED,CLOSED,AUTO_CLOSED}', false),
    ('WAITING_CARD', '{CLAIMED,PROPOSED,CLOSED,AUTO_CLOSED}', false),
    ('PROPOSED', '{APPROVED,REJECTED,CLAIMED,POSTED}', true),
    ('APPROVED', '{POSTED,CLAIMED}', true),
    ('CLAIMED', '{POSTED}', true),    -- the core had executed what the desk had given up
    ('POSTED', '{CLOSED}', true),     -- what stands in suspense stays POSTED, and is proposed
    ('POSTED', '{PROPOSED}', false),  -- again from there
    ('REJECTED', '{CLAIMED,POSTED}', false),
    ('CLOSED', '{REOPENED}', false),
    ('AUTO_CLOSED', '{REOPENED}', false),
    ('REOPENED', '{CLAIMED,AUTO_CLOSED}', false)) as edges (f, ts, s), unnest(ts) as t;
insert into desk.state_edge (kind, from_state, to_state)
select 'file', f, t
from (values
    ('EXPECTED', '{RECEIVED}'::text[]),
    ('RECEIVED', '{PARSED,BAD,EMPTY,IGNORED}'),
    ('PARSED', '{BALANCED,UNBALANCED}'),
    ('BALANCED', '{MATCHING,SUPERSEDED}'),
    ('UNBALANCED', '{MATCHING,SUPERSEDED,IGNORED}'),
    ('EMPTY', '{DONE,SUPERSEDED}'),
    ('MATCHING', '{DONE}'),
    ('DONE', '{CLOSED,SUPERSEDED}'),
    ('BAD', '{IGNORED,SUPERSEDED}')) as edges (f, ts), unnest(ts) as t;
-- A request that has enough signatures is not taken back: the core may have it already. EXECUTED is
-- no state of the desk's; core.execution says it.
insert into desk.state_edge (kind, from_state, to_state, signed)
select 'request', f, t, s
from (values
    ('PENDING', '{PARTLY_APPROVED,APPROVED,REJECTED}'::text[], true),
    ('PENDING', '{WITHDRAWN,EXPIRED}', false),
    ('PARTLY_APPROVED', '{APPROVED,REJECTED}', true),
    ('PARTLY_APPROVED', '{WITHDRAWN,EXPIRED}', false),
    ('APPROVED', '{STALE,EXEC_FAILED,EXPIRED}', false)) as edges (f, ts, s), unnest(ts) as t;

grant execute on function desk.now(), desk.refuse(text, text, text), desk.actor(),
    desk.is_business_day(text, date), desk.business_day_add(text, date, integer),
    desk.business_days(text, date, date)
    to def_read, def_import, def_match, def_case, def_feed, def_enrol;
grant execute on function desk.in_scope(text), desk.sees_all(), desk.my_channels()
    to def_import, def_match, def_case;
-- Views call these with the caller's rights.
grant execute on function desk.sees_all(), desk.my_channels(), desk.now(),
    desk.is_business_day(text, date), desk.business_days(text, date, date)
    to def_read, g_operator, g_service;
grant select on desk.environment, desk.operator, desk.calendar, desk.calendar_day, desk.channel,
    desk.channel_account, desk.business_day, desk.state_edge to def_read, def_import, def_match,
    def_case, def_feed;
grant select on desk.audit_entry to def_read;
grant execute on function desk.audit_field(text) to def_audit;
grant execute on function desk.actor(), desk.refuse(text, text, text) to def_audit;
grant select on desk.audit_entry, desk.environment, desk.operator to def_audit;
grant insert (actor, action, object, detail) on desk.audit_entry
    to def_import, def_match, def_case, def_feed, def_enrol, def_end, def_audit;
grant insert (day) on desk.business_day to def_match, def_import;
grant select, insert, update on desk.operator to def_enrol;
grant select on desk.operator to def_end;
grant execute on function desk.actor(), desk.refuse(text, text, text) to def_end;
reset role;

-- Whoever writes an entry says what was done; what makes it his stands here.
create function desk.audit_hashed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    new.at := coalesce((select e.fixed_at from desk.environment e), clock_timestamp());
    new.login := session_user;
    new.xid := pg_current_xact_id();
    new.row_hash := sha256('\x44'::bytea || int8send(new.entry_id) || xid8send(new.xid)
        || timestamptz_send(new.at) || desk.audit_field(new.login) || desk.audit_field(new.actor)
        || desk.audit_field(new.action) || desk.audit_field(new.object)
        || desk.audit_field(new.detail));
    return new;
end
$$;
comment on function desk.audit_hashed() is
    'Sets an entry''s time, login, transaction and hash, whatever was said.';
alter function desk.audit_hashed() owner to def_audit;
revoke all on function desk.audit_hashed() from public;
create trigger audit_entry_hashed before insert on desk.audit_entry
    for each row execute function desk.audit_hashed();

-- Enrolment: a login and its groups from a fixed list. The password, if any, arrives as a SCRAM
-- verifier made by the client; nobody here ever sees a password.
create function desk.operator_enrol(p_login text, p_person text, p_groups text[],
    p_channels text[] default null, p_verifier text default null, p_person_id text default null)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    g text;
begin
    if not pg_has_role(session_user, 'g_sysadmin', 'member') then
        perform desk.refuse('DB403', 'not-allowed', 'action=operator-enrol');
    elsif p_login !~ '^[a-z][a-z0-9_]{1,30}$' or p_login ~ '^(g|def|own|pg)_' then
        perform desk.refuse('DB400', 'bad-login', 'login=' || p_login);
    elsif p_login = session_user then
        perform desk.refuse('DB403', 'not-yourself', 'login=' || p_login);
    elsif exists (select from pg_catalog.pg_roles r where r.rolname = p_login and (r.rolsuper
                  or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls
                  or not r.rolcanlogin)) then
        perform desk.refuse('DB403', 'login-above', 'login=' || p_login);
    elsif p_verifier is not null and p_verifier !~ '^SCRAM-SHA-256\$' then
        perform desk.refuse('DB400', 'bad-verifier', 'login=' || p_login);
    end if;
    foreach g in array p_groups loop
        if g <> all (array['g_support', 'g_clearing', 'g_supervisor', 'g_risk', 'g_fare',
                           'g_device', 'g_auditor', 'g_sysadmin', 'g_service',
                           'g_core_writer', 'g_core', 'g_sealer', 'g_witness']) then
            perform desk.refuse('DB400', 'bad-group', 'group=' || g);
        end if;
    end loop;
    if not exists (select from pg_catalog.pg_roles where rolname = p_login) then
        execute format('create role %I login nosuperuser nobypassrls inherit', p_login);
    end if;
    -- A transaction left open holds its channel's lock and its staging. These are what a session
    -- begins with; whoever means harm can set them anew, and meets desk.sessions_end_idle().
    execute format('alter role %I set idle_in_transaction_session_timeout = %L', p_login, '5min');
    execute format('alter role %I set statement_timeout = %L', p_login, '1h');
    if 'g_service' = any (p_groups) then
        -- It must not wait for ever for one that it would have to end.
        execute format('alter role %I set lock_timeout = %L', p_login, '2min');
    end if;
    if p_verifier is not null then
        execute format('alter role %I password %L', p_login, p_verifier);
    end if;
    foreach g in array p_groups loop
        execute format('grant %I to %I', g, p_login);
    end loop;
    -- A service is no person: what a core or the service may do, no operator may.
    if pg_has_role(p_login, 'g_operator', 'member')
        and (pg_has_role(p_login, 'g_service', 'member')
             or pg_has_role(p_login, 'g_core_writer', 'member')
             or pg_has_role(p_login, 'g_core', 'member')
             or pg_has_role(p_login, 'g_sealer', 'member')
             or pg_has_role(p_login, 'g_witness', 'member')) then
        perform desk.refuse('DB400', 'mixed-groups', 'login=' || p_login);
    end if;
    insert into desk.operator (login, person, person_id, channels)
    values (p_login, p_person, coalesce(p_person_id, p_login), p_channels)
    on conflict (login) do update
        set person = excluded.person, channels = excluded.channels, ended_at = null,
            person_id = coalesce(p_person_id, operator.person_id);
    insert into desk.audit_entry (action, object, detail)
    values ('operator-enrol', p_login, 'groups=' || array_to_string(p_groups, ','));
end
$$;
comment on function desk.operator_enrol(text, text, text[], text[], text, text) is
    'Creates a login in groups of a fixed list (rule B19).';
alter function desk.operator_enrol(text, text, text[], text[], text, text) owner to def_enrol;
revoke all on function desk.operator_enrol(text, text, text[], text[], text, text) from public;
grant execute on function desk.operator_enrol(text, text, text[], text[], text, text) to g_sysadmin;

-- What a session may set for itself binds nobody who means harm, so the service looks as well. An
-- open transaction may be busy, or wait for its client, for as long as a large import takes.
create function desk.sessions_end_idle(p_idle interval default '5 minutes',
    p_open interval default '2 hours') returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    s record;
    ended integer := 0;
begin
    perform desk.actor();
    for s in
        select a.pid, a.usename, a.state, a.xact_start from pg_catalog.pg_stat_activity a
        join desk.operator o on o.login = a.usename
        where a.datname = current_database() and a.pid <> pg_backend_pid()
            and (a.state like 'idle in transaction%'
                 and a.state_change < clock_timestamp() - greatest(p_idle, interval '1 second')
                 or a.xact_start < clock_timestamp() - greatest(p_open, interval '1 hour'))
    loop
        if pg_terminate_backend(s.pid) then
            ended := ended + 1;
            insert into desk.audit_entry (action, object, detail) values ('session-end', s.usename,
                format('state=%s since=%s', s.state, to_char(s.xact_start at time zone 'UTC',
                    'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
        end if;
    end loop;
    return ended;
end
$$;
comment on function desk.sessions_end_idle(interval, interval) is
    'Ends sessions of enrolled logins that hold a transaction open; the service calls it.';
alter function desk.sessions_end_idle(interval, interval) owner to def_end;
revoke all on function desk.sessions_end_idle(interval, interval) from public;
grant execute on function desk.sessions_end_idle(interval, interval) to g_service;
