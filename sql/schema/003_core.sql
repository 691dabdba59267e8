-- What the payment core publishes, and the feed that fills it for companies with a core of their
-- own. Nobody at the desk can write a row here.
set local role own_core;

-- A payment's id carries its day: yyyymmdd * 10^9 + number of the day. Partitions are ranges of
-- ids, so that the key stays global and a day can be attached, detached or moved.
create function core.first_id(p_day date) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp
return to_char(p_day, 'YYYYMMDD')::bigint * 1000000000;
create function core.payment_no(p_id bigint) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return 'P' || p_id / 1000000000 || lpad((p_id % 1000000000)::text, 5, '0');
comment on function core.first_id(date) is 'The least payment id of a day.';
comment on function core.payment_no(bigint) is 'A payment id as people read it: P2026112000417.';

-- Payouts are payments that go out, top-ups payments that come in (rules B1, B3).
create table core.payment (
    payment_id bigint not null,
    direction text not null default 'OUT' check (direction in ('OUT', 'IN')),
    channel_id text not null,
    -- References compare by bytes: their indexes and joins are faster by half.
    order_no text collate "C" not null,
    mode text not null default 'REALTIME' check (mode in ('REALTIME', 'BATCH')),
    batch_no text collate "C",
    amount bigint not null check (amount > 0),
    currency text not null,
    payee_name text not null default '',
    payee_account text not null default '',
    state text not null check (state in ('CREATED', 'APPROVED', 'CANCELLED', 'REJECTED',
        'SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID', 'PAID', 'FAILED', 'RECONCILED',
        'NOT_PAID', 'RETURNED', 'REPAID', 'CREDITED_BACK')),
    bank_ref text collate "C",   -- the reference given to the bank
    business_date date not null,
    sent_at timestamptz,
    accepted_at timestamptz,
    expected_fee bigint,
    ref_alone boolean not null default true, -- no other payment near it has this bank_ref
    version integer not null default 1,
    published_at timestamptz not null default statement_timestamp(),
    primary key (payment_id)
) partition by range (payment_id);
create index payment_bank_ref on core.payment (bank_ref);
create index payment_order_no on core.payment (order_no);
create index payment_batch on core.payment (batch_no) where batch_no is not null;
create index payment_amount on core.payment (amount, payment_id);
create index payment_state on core.payment (state, payment_id)
    where state in ('UNKNOWN', 'PRESUMED_PAID');

-- Unpartitioned, so that an order is known once for ever.
create table core.payment_key (
    order_no text collate "C" primary key,
    payment_id bigint not null
);
create table core.payment_event (
    event_id bigint generated always as identity primary key,
    payment_id bigint not null,
    at timestamptz not null default clock_timestamp(),
    state text not null,
    cause text not null
);
create index payment_event_payment on core.payment_event (payment_id, event_id);
create table core.payment_counter (
    day date primary key,
    used bigint not null
);

create function core.payment_partition_name(p_day date) returns text
language sql immutable set search_path = pg_catalog, pg_temp
return 'payment_' || to_char(p_day, 'YYYYMMDD');

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
    if to_regclass('core.' || name) is null then
        execute format('create table core.%I partition of core.payment '
            'for values from (%s) to (%s)', name, core.first_id(p_day), core.first_id(p_day + 1));
        -- The import of a large day joins with this one table.
        execute format('grant select on core.%I to def_import', name);
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

grant execute on function core.payment_partition_name(date) to def_import;
grant execute on function core.first_id(date), core.payment_no(bigint)
    to def_read, def_match, def_import, def_case, def_feed, g_operator, g_service;
grant execute on function core.payment_partition(date), core.payment_figures(date) to def_feed;
grant select on core.payment, core.payment_event
    to def_read, def_match, def_import, def_case, def_feed;
grant select, insert on core.payment_key, core.payment_counter, core.payment_event to def_feed;
grant insert on core.payment to def_feed;
grant update on core.payment to def_feed;
grant update (used) on core.payment_counter to def_feed;
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
-- are: a feed can be given again.
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
    select s.line_no, s.order_no into d from desk.stage_feed s
    join core.payment_key k on k.order_no = s.order_no
    join core.payment p on p.payment_id = k.payment_id
    where s.feed_id = p_feed and s.importer = session_user
        and (s.amount, s.currency, s.direction, s.channel_id, s.business_date) is distinct from
            (p.amount, p.currency, p.direction, p.channel_id, p.business_date)
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
    base bigint;
    n bigint;
begin
    perform core.payment_partition(p_day);
    insert into core.payment_counter as c (day, used) values (p_day, 0)
    on conflict (day) do update set used = c.used returning c.used into base;
    with added as (
        insert into core.payment (payment_id, direction, channel_id, order_no, mode, batch_no,
            amount, currency, payee_name, payee_account, state, bank_ref, business_date, sent_at,
            accepted_at, expected_fee)
        select core.first_id(p_day) + base + row_number() over (order by s.line_no),
            s.direction, s.channel_id, s.order_no, s.mode, s.batch_no, s.amount, s.currency,
            s.payee_name, s.payee_account, s.state, s.bank_ref, s.business_date, s.sent_at,
            s.accepted_at, s.expected_fee
        from desk.stage_feed s
        where s.feed_id = p_feed and s.importer = session_user and s.business_date = p_day
            and not exists (select from core.payment_key k where k.order_no = s.order_no)
        returning payment_id, order_no)
    insert into core.payment_key (order_no, payment_id) select order_no, payment_id from added;
    get diagnostics n = row_count;
    update core.payment_counter c set used = c.used + n where c.day = p_day;
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
            sent_at = s.sent_at, expected_fee = s.expected_fee, version = p.version + 1,
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
