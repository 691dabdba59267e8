-- What the payment core publishes, and the feed that fills it for companies with a core of their
-- own. Nobody at the desk can write a row here.
set local role own_core;

-- A payment's id carries its day: yyyymmdd * 10^9 + number of the day. Partitions are ranges of
-- ids, so that the key stays global and a day can be attached, detached or moved.
-- In one expression each, without a path of their own: so they become part of what calls them.
create function core.first_id(p_day date) returns bigint
language sql immutable parallel safe
return (extract(year from p_day) * 10000 + extract(month from p_day) * 100
    + extract(day from p_day))::bigint * 1000000000;
create function core.payment_no(p_id bigint) returns text
language sql immutable parallel safe
return 'P' || (p_id / 1000000000)::text || lpad((p_id % 1000000000)::text, 5, '0');
comment on function core.first_id(date) is 'The least payment id of a day.';
comment on function core.payment_no(bigint) is 'A payment id as people read it: P2026112000417.';

-- What single columns may hold are domains: a session learns their checks once, where those of a
-- table are read anew for each statement, which is felt on the way of a payout.
create domain core.direction as text check (value in ('OUT', 'IN'));
create domain core.payment_mode as text check (value in ('REALTIME', 'BATCH'));
create domain core.payment_amount as bigint check (value > 0);
create domain core.payment_state as text check (value in ('CREATED', 'APPROVED', 'CANCELLED',
    'REJECTED', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID', 'PAID', 'FAILED',
    'RECONCILED', 'NOT_PAID', 'RETURNED', 'REPAID', 'CREDITED_BACK'));
create domain core.reason_class as text check (value in ('ACCOUNT_CLOSED', 'ACCOUNT_INVALID',
    'NAME_MISMATCH', 'BLOCKED', 'LIMIT', 'BANK_DOWN', 'DUPLICATE', 'REGULATORY', 'OTHER'));
create domain core.event_kind as text check (value in ('state', 'late', 'query', 'note'));
create domain core.digest as bytea check (octet_length(value) = 32);

-- Payouts are payments that go out, top-ups payments that come in (rules B1, B3).
create table core.payment (
    payment_id bigint not null,
    direction core.direction not null default 'OUT',
    channel_id text not null,
    -- References compare by bytes: their indexes and joins are faster by half.
    order_no text collate "C" not null,
    mode core.payment_mode not null default 'REALTIME',
    batch_no text collate "C",
    amount core.payment_amount not null,
    currency text not null,
    payee_name text not null default '',
    payee_account text not null default '',
    state core.payment_state not null,
    bank_ref text collate "C",   -- the reference given to the bank
    business_date date not null,
    sent_at timestamptz,
    accepted_at timestamptz,
    expected_fee bigint,
    ref_alone boolean not null default true, -- no other payment near it has this bank_ref
    -- What only a payout of our own core has; customer_id says that it is one.
    customer_id text,
    repays bigint,               -- the payout that this one pays again
    created_at timestamptz,
    not_after timestamptz,       -- the bank was told not to pay later
    presumed_at timestamptz,
    moved_at timestamptz,        -- the money is known to have left
    epoch integer not null default 0,
    queries integer not null default 0, -- rungs of the ladder and follow-ups that were asked
    next_query_at timestamptz,
    ladder_stopped boolean not null default false,
    reason_class core.reason_class,
    reason_code text,            -- the bank's own (rule B3.8)
    reason_text text,
    version integer not null default 1,
    published_at timestamptz not null default statement_timestamp(),
    -- What core.payment_rests says of the state. Indexes of few rows speak of this and not of the
    -- state: a state that moves within one of them touches no index at all.
    rests smallint not null default 1,
    primary key (payment_id)
) partition by range (payment_id);
create index payment_bank_ref on core.payment (bank_ref);
create index payment_order_no on core.payment (order_no);
create index payment_batch on core.payment (batch_no) where batch_no is not null;
create index payment_amount on core.payment (amount, payment_id);

-- Unpartitioned, so that an order is known once for ever.
create table core.payment_key (
    order_no text collate "C" primary key,
    payment_id bigint not null
);
-- What happened, only ever added to. Those of our own core are chained: each hash is over the
-- payout's hash before it and this row's fields (rule B3.7). Late news changes no state.
create table core.payment_event (
    event_id bigint generated always as identity,
    payment_id bigint not null,
    at timestamptz not null default clock_timestamp(),
    kind core.event_kind not null default 'state',
    from_state text,
    state text not null,
    cause text not null,
    as_of timestamptz,           -- when it was so, where that is not `at`
    actor text not null default session_user,
    hash core.digest,
    primary key (payment_id, event_id)
);

-- Legal edges of payments stand once, here; `make check` compares the program's with them. Signed
-- ones need a signed request.
create table core.state_edge (
    kind text not null check (kind = 'payment'),
    from_state text not null,
    to_state text not null,
    is_signed boolean not null default false,
    primary key (kind, from_state, to_state)
);
insert into core.state_edge (kind, from_state, to_state, is_signed)
select 'payment', f, t, s
from (values
    ('CREATED', '{APPROVED,CANCELLED,REJECTED}'::text[], false),
    ('APPROVED', '{SUBMITTED,CANCELLED,FAILED}', false),
    ('SUBMITTED', '{ACCEPTED,PAID,FAILED,UNKNOWN,RECONCILED}', false),
    ('ACCEPTED', '{PAID,FAILED,UNKNOWN,RECONCILED}', false),
    ('UNKNOWN', '{PAID,FAILED,PRESUMED_PAID,RECONCILED}', false),
    ('PRESUMED_PAID', '{PAID,FAILED,RECONCILED,RETURNED}', false),
    ('PRESUMED_PAID', '{NOT_PAID}', true),
    ('PAID', '{RECONCILED,RETURNED}', false),
    ('PAID', '{NOT_PAID}', true),
    ('RECONCILED', '{RETURNED}', false),
    ('RECONCILED', '{PAID}', true),
    ('FAILED', '{PAID,REPAID,CREDITED_BACK}', true),
    ('NOT_PAID', '{PAID,REPAID,CREDITED_BACK}', true),
    ('RETURNED', '{REPAID,CREDITED_BACK}', true)) as edges (f, ts, s), unnest(ts) as t;

-- How a payment rests: 1, a final state is not yet reached; 2, its money waits to be paid again or
-- credited back; else 0.
create function core.payment_rests(p_state text) returns smallint
language sql immutable parallel safe
return case
    when p_state in ('CREATED', 'APPROVED', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID')
        then 1::smallint
    when p_state in ('FAILED', 'NOT_PAID', 'RETURNED') then 2::smallint
    else 0::smallint end;
comment on function core.payment_rests(text) is 'How a payment of a state rests.';

-- What a payout is never changes; its state moves along legal edges, and what has happened once
-- never happens again or is taken back (rule B3). A core that feeds its rows in answers for them
-- itself. Three triggers, two of them for the columns that a statement names, because most name
-- only a state: each column they speak of is in their lists, and no trigger sets one by itself.
create function core.payment_same() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.payment_id, new.direction, new.channel_id, new.order_no, new.mode, new.amount,
        new.currency, new.payee_name, new.payee_account, new.business_date)
        <> (old.payment_id, old.direction, old.channel_id, old.order_no, old.mode,
        old.amount, old.currency, old.payee_name, old.payee_account, old.business_date)
        or (new.customer_id, new.repays, new.created_at, new.batch_no)
        is distinct from (old.customer_id, old.repays, old.created_at, old.batch_no) then
        raise exception using errcode = 'DB405', message = 'rows-stay', detail = 'table=payment';
    end if;
    return new;
end
$$;
comment on function core.payment_same() is 'What a payout is never changes (rule B3).';
create trigger payment_same before update of payment_id, direction, channel_id, order_no, mode,
    amount, currency, payee_name, payee_account, business_date, customer_id, repays, created_at,
    batch_no on core.payment
    for each row when (current_user <> 'def_feed') execute function core.payment_same();

create function core.payment_facts() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if old.sent_at is not null and new.sent_at is distinct from old.sent_at then
        raise exception using errcode = 'DB409', message = 'sent-once',
            detail = 'id=' || core.payment_no(old.payment_id);
    elsif new.epoch < old.epoch or new.queries < old.queries
        or old.not_after is not null and new.not_after is distinct from old.not_after
        or old.accepted_at is not null and new.accepted_at is distinct from old.accepted_at
        or old.presumed_at is not null and new.presumed_at is distinct from old.presumed_at then
        raise exception using errcode = 'DB409', message = 'fact-stays',
            detail = 'id=' || core.payment_no(old.payment_id);
    end if;
    return new;
end
$$;
comment on function core.payment_facts() is 'What happened to a payout stays (rule B3).';
create trigger payment_facts before update of sent_at, epoch, queries, not_after, accepted_at,
    presumed_at on core.payment
    for each row when (current_user <> 'def_feed') execute function core.payment_facts();

create function core.payment_guard() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    -- The two edges that every payout takes, thousands of them at a time, are not looked up;
    -- tests hold each pair of states against the table.
    if new.state <> old.state and not (old.state = 'CREATED' and new.state = 'APPROVED'
            or old.state = 'APPROVED' and new.state = 'SUBMITTED') then
        if not exists (
            select from core.state_edge e where e.kind = 'payment' and e.from_state = old.state
                and e.to_state = new.state and (not e.is_signed or exists (
                    select from paycore.signed_move m -- written for executed requests alone
                    where m.payment_id = old.payment_id and m.version = old.version
                        and m.from_state = old.state and m.to_state = new.state))) then
            raise exception using errcode = 'DB409', message = 'illegal-edge',
                detail = format('kind=payment from=%s to=%s', old.state, new.state);
        end if;
    end if;
    -- Nothing is known of money that was never sent, and what is known has its time (rule B3).
    if new.customer_id is not null and (new.state = 'PRESUMED_PAID' and new.presumed_at is null
        or new.state in ('PAID', 'RECONCILED') and new.moved_at is null
        or new.sent_at is null and new.state in ('ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID', 'PAID',
            'RECONCILED', 'RETURNED')) then
        raise exception using errcode = 'DB409', message = 'fact-missing',
            detail = format('id=%s state=%s', core.payment_no(new.payment_id), new.state);
    end if;
    new.rests := core.payment_rests(new.state);
    new.version := old.version + 1;
    new.published_at := statement_timestamp();
    return new;
end
$$;
comment on function core.payment_guard() is 'Legal edges of payments only (rule B3).';
create trigger payment_guard before update on core.payment
    for each row when (current_user <> 'def_feed') execute function core.payment_guard();

-- A payout of our own core begins at the beginning, and pays another again only where that was
-- entered before it (paycore.repaid, written for signed requests alone).
create function core.payment_born() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.state <> 'CREATED' or new.direction <> 'OUT' or new.created_at is null
        or new.sent_at is not null or new.epoch <> 0 or new.version <> 1 or new.rests <> 1
        or new.repays = new.payment_id then
        raise exception using errcode = 'DB409', message = 'illegal-edge',
            detail = format('kind=payment from= to=%s', new.state);
    elsif new.repays is not null then
        if not exists (
            select from paycore.repaid r
            where r.payment_id = new.repays and r.by_payment_id = new.payment_id) then
            raise exception using errcode = 'DB403', message = 'request-needed',
                detail = 'id=' || core.payment_no(new.repays);
        end if;
    end if;
    return new;
end
$$;
comment on function core.payment_born() is
    'A payout begins as CREATED, and pays again only what a request says (rule B3).';
create trigger payment_born before insert on core.payment
    for each row when (new.customer_id is not null) execute function core.payment_born();

create function core.rows_stay() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception using errcode = 'DB405', message = 'rows-stay',
        detail = 'table=' || tg_table_name;
end
$$;
comment on function core.rows_stay() is 'Rows of this table are never changed or deleted.';
create trigger payment_stays before delete on core.payment
    for each row execute function core.rows_stay();
create trigger payment_event_stays before update or delete on core.payment_event
    for each row execute function core.rows_stay();
create trigger payment_event_stays_whole before truncate on core.payment_event
    for each statement execute function core.rows_stay();

create function core.payment_partition_name(p_day date) returns text
language sql immutable set search_path = pg_catalog, pg_temp
return 'payment_' || to_char(p_day, 'YYYYMMDD');
-- Numbers of a day come from a sequence of its own: nobody waits for anybody's number.
create function core.payment_numbers(p_day date) returns text
language sql stable
return 'core.payment_number_' || to_char(p_day, 'YYYYMMDD');
comment on function core.payment_numbers(date) is 'The sequence of a day''s numbers.';

-- Makes the partition of a day; takes a day and nothing else, so that the owner may run it.
create function core.payment_partition(p_day date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    name constant text := core.payment_partition_name(p_day);
begin
    if p_day not between date '1990-01-01' and date '2199-12-31' then
        raise exception using errcode = 'DB400', message = 'bad-day', detail = 'day=' || p_day;
    end if;
    if to_regclass('core.' || name) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('core.' || name, 0));
    -- Asked of the catalogue itself: what a name is, a session may remember from before the lock.
    if not exists (select from pg_catalog.pg_class c where c.relname = name
                   and c.relnamespace = 'core'::regnamespace) then
        -- Rows of our own core move some five times: where their next version has room beside
        -- them it needs no entries in indexes. Those of a feed stay as they are.
        execute format('create table core.%I partition of core.payment '
            'for values from (%s) to (%s) with (fillfactor = %s)', name, core.first_id(p_day),
            core.first_id(p_day + 1),
            case when exists (select from core.channel c where c.since <= p_day)
                then 35 else 100 end);
        execute format('create sequence %s maxvalue 999999999', core.payment_numbers(p_day));
        execute format('grant usage on sequence %s to def_feed, def_core',
            core.payment_numbers(p_day));
        -- The import of a large day joins with this one table, as the owner of lines builds theirs.
        execute format('grant select on core.%I to def_import, own_desk', name);
    end if;
end
$$;
comment on function core.payment_partition_name(date) is 'The table of a day.';
comment on function core.payment_partition(date) is 'Makes the partition of a day.';

-- Without figures about a day that was just filled the planner reads all of it for each row of it.
create function core.payment_figures(p_day date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set default_statistics_target = 20 as $$
begin
    execute format('analyze core.%I', core.payment_partition_name(p_day));
    -- The keys' first figures are of an empty table, and what is planned by them reads all keys for
    -- each row of a feed; later ones come by themselves.
    if (select c.reltuples <= 0 from pg_catalog.pg_class c
        where c.oid = 'core.payment_key'::regclass) then
        analyze core.payment_key;
    end if;
end
$$;
comment on function core.payment_figures(date) is 'Figures about a day for the planner.';

grant execute on function core.payment_partition_name(date) to def_import, def_core, own_desk;
grant execute on function core.first_id(date), core.payment_no(bigint)
    to def_read, def_match, def_import, def_case, def_feed, own_desk, g_operator, g_service;
grant execute on function core.payment_partition(date), core.payment_figures(date) to def_feed;
grant execute on function core.payment_partition(date), core.first_id(date), core.payment_no(bigint)
    to def_core;
grant execute on function core.payment_rests(text) to def_feed, def_core;
grant execute on function core.payment_numbers(date) to def_feed, def_core;
grant select on core.payment, core.payment_event, core.state_edge
    to def_read, def_match, def_import, def_case, def_feed, def_core;
grant select, insert on core.payment_key, core.payment_event to def_feed, def_core;
grant insert, update on core.payment to def_feed, def_core;
reset role;

-- Feed rows of the caller, staged by COPY.
set local role own_desk;
create unlogged table desk.stage_feed (
    feed_id bigint not null,
    line_no bigint not null,
    importer text not null default session_user,
    direction text,
    channel_id text,
    order_no text collate "C",
    mode text,
    batch_no text,
    amount bigint,
    currency text,
    payee_name text,
    payee_account text,
    state text,
    bank_ref text collate "C",
    business_date date,
    sent_at timestamptz,
    accepted_at timestamptz,
    expected_fee bigint
);
grant insert (feed_id, line_no, direction, channel_id, order_no, mode, batch_no, amount, currency,
    payee_name, payee_account, state, bank_ref, business_date, sent_at, accepted_at, expected_fee)
    on desk.stage_feed to g_core_writer;
grant select, delete on desk.stage_feed to def_feed;
create sequence desk.feed_id;
grant usage on sequence desk.feed_id to def_feed;
reset role;

create function desk.feed_begin() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not pg_has_role(session_user, 'g_core_writer', 'member') then
        perform desk.refuse('DB403', 'not-allowed', 'action=feed');
    end if;
    perform desk.actor();
    return nextval('desk.feed_id');
end
$$;
comment on function desk.feed_begin() is 'Starts a feed of the caller.';

-- New orders become payments, known ones whose state moved are updated, equal ones stay as they
-- are: a feed can be given again. Days that our own core pays out through a channel are not fed.
create function desk.feed_finish(p_feed bigint, out added bigint, out changed bigint,
    out same bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' set enable_nestloop = on as $$
declare
    d record;
begin
    perform desk.actor();
    -- Nobody but its owner can tell the planner how much is staged.
    if (select count(*) from desk.stage_feed s
        where s.feed_id = p_feed and s.importer = session_user) > 20000 then
        perform set_config('enable_nestloop', 'off', true);
    end if;
    select s.order_no, max(s.line_no) as line_no into d from desk.stage_feed s
    where s.feed_id = p_feed and s.importer = session_user
    group by s.order_no having count(*) > 1 limit 1;
    if found then
        perform desk.refuse('DB400', 'order-twice',
            format('line=%s order_no=%s', d.line_no, coalesce(d.order_no, '')));
    end if;
    select s.line_no, s.channel_id into d from desk.stage_feed s
    where s.feed_id = p_feed and s.importer = session_user
        and not exists (select from desk.channel c where c.channel_id = s.channel_id)
    order by s.line_no limit 1;
    if found then
        perform desk.refuse('DB404', 'feed-channel',
            format('line=%s channel=%s', d.line_no, d.channel_id));
    end if;
    select s.line_no, s.channel_id, s.business_date into d from desk.stage_feed s
    join core.channel c on c.channel_id = s.channel_id and c.since <= s.business_date
    where s.feed_id = p_feed and s.importer = session_user
    order by s.line_no limit 1;
    if found then
        perform desk.refuse('DB409', 'feed-own-core', format('line=%s channel=%s day=%s',
            d.line_no, d.channel_id, d.business_date));
    end if;
    select s.line_no, s.order_no into d from desk.stage_feed s
    join core.payment_key k on k.order_no = s.order_no
    join core.payment p on p.payment_id = k.payment_id
    where s.feed_id = p_feed and s.importer = session_user
        and ((s.amount, s.currency, s.direction, s.channel_id, s.business_date) is distinct from
            (p.amount, p.currency, p.direction, p.channel_id, p.business_date)
            or p.customer_id is not null) -- our own core's
    order by s.line_no limit 1;
    if found then
        perform desk.refuse('DB409', 'order-differs',
            format('line=%s order_no=%s', d.line_no, d.order_no));
    end if;
    changed := desk.feed_update(p_feed);
    added := 0;
    for d in select s.business_date as day from desk.stage_feed s
             where s.feed_id = p_feed and s.importer = session_user
                 and not exists (select from core.payment_key k where k.order_no = s.order_no)
             group by s.business_date order by s.business_date
    loop
        added := added + desk.feed_add(p_feed, d.day);
    end loop;
    select count(*) - added - changed into same from desk.stage_feed s
    where s.feed_id = p_feed and s.importer = session_user;
    delete from desk.stage_feed s where s.feed_id = p_feed and s.importer = session_user;
    insert into desk.audit_entry (action, object, detail) values ('feed', p_feed::text,
        format('added=%s changed=%s same=%s', added, changed, same));
end
$$;
comment on function desk.feed_finish(bigint) is
    'Turns the caller''s staged rows into payments, all or none.';

create function desk.feed_add(p_feed bigint, p_day date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    numbers regclass;
    n bigint;
begin
    perform core.payment_partition(p_day);
    numbers := core.payment_numbers(p_day);
    with staged as (
        select s.* from desk.stage_feed s
        where s.feed_id = p_feed and s.importer = session_user and s.business_date = p_day
            and not exists (select from core.payment_key k where k.order_no = s.order_no)
        order by s.line_no),
    added as (
        insert into core.payment (payment_id, direction, channel_id, order_no, mode, batch_no,
            amount, currency, payee_name, payee_account, state, bank_ref, business_date, sent_at,
            accepted_at, expected_fee, rests)
        select core.first_id(p_day) + nextval(numbers),
            s.direction, s.channel_id, s.order_no, s.mode, s.batch_no, s.amount, s.currency,
            s.payee_name, s.payee_account, s.state, s.bank_ref, s.business_date, s.sent_at,
            s.accepted_at, s.expected_fee, core.payment_rests(s.state)
        from staged s
        returning payment_id, order_no)
    insert into core.payment_key (order_no, payment_id) select order_no, payment_id from added;
    get diagnostics n = row_count;
    perform core.payment_figures(p_day);
    update core.payment p set ref_alone = false
    from desk.stage_feed s
    where s.feed_id = p_feed and s.importer = session_user and s.business_date = p_day
        and p.bank_ref = s.bank_ref and p.ref_alone and s.bank_ref is not null
        and p.payment_id between core.first_id(p_day - 60) and core.first_id(p_day + 60)
        and exists (select from core.payment o
                    where o.bank_ref = p.bank_ref and o.payment_id <> p.payment_id
                        and o.payment_id between core.first_id(p_day - 60)
                            and core.first_id(p_day + 60));
    return n;
end
$$;
comment on function desk.feed_add(bigint, date) is 'The new payments of one day.';

create function desk.feed_update(p_feed bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    n bigint;
begin
    with changed as (
        update core.payment p
        set state = s.state, bank_ref = s.bank_ref, accepted_at = s.accepted_at,
            sent_at = s.sent_at, expected_fee = s.expected_fee,
            rests = core.payment_rests(s.state), version = p.version + 1,
            published_at = statement_timestamp()
        from desk.stage_feed s
        join core.payment_key k on k.order_no = s.order_no
        where s.feed_id = p_feed and s.importer = session_user and p.payment_id = k.payment_id
            and (p.state, p.bank_ref, p.accepted_at, p.sent_at, p.expected_fee)
                is distinct from (s.state, s.bank_ref, s.accepted_at, s.sent_at, s.expected_fee)
        returning p.payment_id, p.state)
    insert into core.payment_event (payment_id, state, cause)
    select payment_id, state, 'feed ' || p_feed from changed;
    get diagnostics n = row_count;
    return n;
end
$$;
comment on function desk.feed_update(bigint) is 'Known payments whose state the feed moved.';

alter function desk.feed_begin() owner to def_feed;
alter function desk.feed_finish(bigint) owner to def_feed;
alter function desk.feed_add(bigint, date) owner to def_feed;
alter function desk.feed_update(bigint) owner to def_feed;
revoke all on function desk.feed_begin(), desk.feed_finish(bigint), desk.feed_add(bigint, date),
    desk.feed_update(bigint) from public;
grant execute on function desk.feed_begin(), desk.feed_finish(bigint) to g_core_writer;
