-- The payment core's own tables, and what else it publishes. The core is one service login of group
-- g_core; it calls functions of schema paycore, which belong to def_core, and reads no table.
--
-- Functions that change something take who asks (a client's certificate name), the caller's key and
-- the hash of what was asked, and give status, body and whether that was said before. One call is
-- one transaction. Time is always an argument.
set local role own_core;

-- How a channel is asked, and how long a silence is a silence (rule B3).
create table core.channel (
    channel_id text primary key check (channel_id ~ '^[A-Z][A-Z0-9_-]{1,15}$'),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    ladder_base_s integer not null default 2 check (ladder_base_s between 1 and 3600),
    ladder_count integer not null default 8 check (ladder_count between 1 and 16),
    follow_up_s integer[] not null default '{3600,86400}'
        check (cardinality(follow_up_s) <= 8 and 0 < all (follow_up_s)),
    not_after_s integer not null default 300 check (not_after_s between 1 and 86400),
    not_after_enforced boolean not null default false, -- the bank keeps to it, by contract
    idempotent boolean not null default false,         -- the bank pays one reference once
    not_found_final_s integer not null default 86400 check (not_found_final_s >= 0),
    answer_timeout_ms integer not null default 10000
        check (answer_timeout_ms between 1 and 600000),
    utc_offset interval not null default '8 hours',
    cutoff time not null default '24:00', -- local; later payouts belong to the next day
    version integer not null default 1,
    since date not null default '1990-01-01' -- before it others paid out through the channel
);

create table core.batch (
    batch_no text collate "C" primary key,
    channel_id text not null references core.channel,
    items integer not null check (items between 1 and 2000),
    total bigint not null check (total > 0),
    currency text not null,
    state text not null default 'CREATED'
        check (state in ('CREATED', 'SUBMITTED', 'DONE', 'REFUSED')),
    created_at timestamptz not null,
    sent_at timestamptz,
    message_id text,
    not_after timestamptz,
    version integer not null default 1
);

-- Questions to the bank and what it said. rung counts the ladder and the follow-ups; a question
-- that a person asked has none.
create table core.payment_query (
    payment_id bigint not null,
    query_no integer not null check (query_no > 0),
    kind text not null check (kind in ('ladder', 'follow-up', 'asked')),
    rung integer check ((rung is null) = (kind = 'asked')),
    asked_at timestamptz not null,
    answered_at timestamptz,
    answer text not null check (answer in ('paid', 'failed', 'accepted', 'processing', 'not-found',
        'silence', 'error')),
    code text not null default '',
    text text not null default '',
    actor text not null,
    primary key (payment_id, query_no)
);
create trigger payment_query_stays before update or delete on core.payment_query
    for each row execute function core.rows_stay();
create trigger payment_query_stays_whole before truncate on core.payment_query
    for each statement execute function core.rows_stay();

create table core.invariant (
    name text primary key check (name ~ '^I[0-9]+$'),
    holds boolean not null,
    detail text not null default '',
    as_of timestamptz not null
);

grant select on core.channel, core.batch, core.payment_query, core.invariant
    to def_read, def_match, def_case, def_core;
grant select on core.channel to def_feed;
grant insert on core.channel, core.batch, core.payment_query, core.invariant to def_core;
grant update on core.channel, core.invariant to def_core;
grant update (state, sent_at, message_id, not_after, version) on core.batch to def_core;
reset role;

set local role own_paycore;

create function paycore.rows_stay() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception using errcode = 'DB405', message = 'rows-stay',
        detail = 'table=' || tg_table_name;
end
$$;
comment on function paycore.rows_stay() is 'Rows of this table are never changed or deleted.';

create domain paycore.digest as bytea check (octet_length(value) = 32);
create domain paycore.key as text check (value !~ '[^!-~]'
    and length(value) between 1 and 128);
create domain paycore.task_word as text check (value in ('SEND', 'ASK', 'WAIT'));
create domain paycore.fund_account as text check (value in ('2010', '2220'));

create table paycore.setting (
    single boolean primary key default true check (single),
    utc_offset interval not null default '8 hours' -- of the ledger's days
);
insert into paycore.setting default values;

-- Who may ask for what: the name in a client's certificate.
create table paycore.client (
    name text primary key check (name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
    rights text[] not null
        check (rights <@ array['payouts', 'desk', 'operator', 'read', 'admin']),
    at timestamptz not null
);

-- What was answered, for ever: the same key with the same bytes gets the same answer.
create table paycore.idempotency (
    key paycore.key collate "C" primary key,
    actor text not null,
    operation text not null,
    body_sha256 paycore.digest not null,
    status integer not null,
    body text not null,
    at timestamptz not null
);
create trigger idempotency_stays before update or delete on paycore.idempotency
    for each row execute function paycore.rows_stay();
create trigger idempotency_stays_whole before truncate on paycore.idempotency
    for each statement execute function paycore.rows_stay();

create table paycore.customer (
    customer_id text collate "C" primary key check (customer_id ~ '^[A-Z0-9][A-Z0-9_-]{0,31}$'),
    name text not null,
    kind text not null check (kind in ('CUSTOMER', 'MERCHANT')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz not null
);

-- Customers' money keeps one locked row an account; no other account has one, so that no payout
-- waits for another customer's. Rows move by a trigger on postings alone.
create table paycore.balance (
    account paycore.fund_account collate "C" not null,
    sub text collate "C" not null references paycore.customer,
    currency text collate "C" not null,
    balance bigint not null default 0,
    primary key (account, sub, currency),
    constraint balance_covers check (balance >= 0)
) with (fillfactor = 50);

-- The ledger's days; a day without a row is open.
create table paycore.business_day (
    day date primary key,
    state text not null default 'CLOSED' check (state in ('OPEN', 'CLOSED')),
    closed_at timestamptz
);
-- Whoever holds this row does what is done now and then.
create table paycore.business_lock (
    single boolean primary key default true check (single)
);
insert into paycore.business_lock default values;
create table paycore.snapshot (
    account text collate "C" not null,
    sub text collate "C" not null,
    currency text collate "C" not null,
    day date not null references paycore.business_day, -- at its end
    balance bigint not null,                           -- debit positive
    last_journal bigint not null,                      -- what came later is not in it
    primary key (account, sub, currency, day)
);

create table paycore.channel_bank (
    channel_id text primary key,
    url text not null check (url ~ '^https?://[!-~]+$')
);

-- Our own accounts at a channel's bank: what is told of its statements may move these alone.
create table paycore.channel_account (
    account text collate "C" primary key check (account ~ '^[A-Z0-9][A-Z0-9_.-]{0,63}$'),
    channel_id text not null
);

-- Money that came in, by the reference that whoever notified it gave: an account books one
-- reference once, whatever key it comes under.
create table paycore.money_in (
    account text collate "C" not null,
    sub text collate "C" not null,
    reference text collate "C" not null check (reference ~ '^[A-Za-z0-9][A-Za-z0-9_./+-]{0,63}$'),
    event text not null check (event in ('E0', 'E1')),
    source text not null,                 -- the account on the other side
    source_sub text not null,
    amount bigint not null,
    currency text not null,
    body text not null,                   -- what was answered
    primary key (account, sub, reference)
);

-- A payout was paid again by this one, as a signed request said; once, for ever.
create table paycore.repaid (
    payment_id bigint primary key,
    by_payment_id bigint not null unique,
    request_id text collate "C" not null
);

-- What the worker has to do for a payout that is under way: send it, later ask about it. Taking
-- work moves due_at to the lease's end and the epoch on: whoever held it before is fenced off.
-- WAIT: nothing is to be done. The row goes when the money leaves the clearing account, so these
-- rows are what account 2210 must add up to (rule B17 I3).
create table paycore.work (
    payment_id bigint primary key,
    channel_id text not null,
    task paycore.task_word not null,
    due_at timestamptz not null,
    epoch integer not null default 0,
    lease_owner text,
    lease_until timestamptz,
    taken_at timestamptz,
    asked_by text,               -- who said "query now"
    asked_at timestamptz,
    request_id text collate "C", -- of a payout that pays another again: the signed request
    check (task <> 'SEND' or epoch = 0)
) with (fillfactor = 50);
create index work_due on paycore.work (task, due_at);

create table paycore.batch_work (
    batch_no text collate "C" primary key,
    task text not null check (task in ('SEND', 'ASK')),
    due_at timestamptz not null,
    epoch integer not null default 0,
    lease_owner text,
    lease_until timestamptz
);

-- What the desk told of a statement file, chunk by chunk, and what was answered.
create table paycore.statement_receipt (
    sha256 bytea not null check (octet_length(sha256) = 32),
    chunk integer not null check (chunk >= 1),
    chunks integer not null check (chunks between 1 and 100000),
    body_sha256 bytea not null,
    actor text not null,
    body text not null,
    at timestamptz not null,
    primary key (sha256, chunk),
    check (chunk <= chunks)
);
-- Lines that were posted; a line moves money once.
create table paycore.statement_line (
    sha256 bytea not null,
    line_no bigint not null,
    amount bigint not null,
    currency text not null,
    account text not null,
    request_id text collate "C", -- null: the desk told of it
    primary key (sha256, line_no)
);
-- What stands in suspense for an exception; it follows the postings of 1310 and 2310.
create table paycore.suspense (
    exception text collate "C" primary key,
    account text not null check (account in ('1310', '2310')),
    currency text collate "C" not null,
    amount bigint not null check (amount > 0),
    left_amount bigint not null,
    version integer not null default 1,
    constraint suspense_holds check (left_amount between 0 and amount)
);
create index suspense_open on paycore.suspense (account) where left_amount > 0;
create function paycore.suspense_guard() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.exception, new.account, new.currency, new.amount)
        is distinct from (old.exception, old.account, old.currency, old.amount) then
        raise exception using errcode = 'DB405', message = 'rows-stay', detail = 'table=suspense';
    end if;
    new.version := old.version + 1;
    return new;
end
$$;
comment on function paycore.suspense_guard() is 'Of suspense only what is left of it changes.';
create trigger suspense_guard before update on paycore.suspense
    for each row execute function paycore.suspense_guard();
create trigger suspense_stays before delete on paycore.suspense
    for each row execute function paycore.rows_stay();
create trigger suspense_stays_whole before truncate on paycore.suspense
    for each statement execute function paycore.rows_stay();
do $$
declare
    t text;
begin
    foreach t in array array['statement_receipt', 'statement_line', 'repaid', 'snapshot',
        'money_in'] loop
        execute format('create trigger %I before update or delete on paycore.%I '
            'for each row execute function paycore.rows_stay()', t || '_stays', t);
        execute format('create trigger %I before truncate on paycore.%I '
            'for each statement execute function paycore.rows_stay()', t || '_stays_whole', t);
    end loop;
end
$$;

grant select on all tables in schema paycore to def_core;
grant insert on paycore.client, paycore.idempotency, paycore.customer, paycore.balance,
    paycore.business_day, paycore.snapshot, paycore.channel_bank, paycore.repaid, paycore.money_in,
    paycore.work,
    paycore.batch_work, paycore.statement_receipt, paycore.statement_line, paycore.suspense
    to def_core;
grant update (left_amount) on paycore.suspense to def_core;
grant update (rights, at) on paycore.client to def_core;
grant update (balance) on paycore.balance to def_core;
grant update (state, closed_at) on paycore.business_day to def_core;
grant update (single) on paycore.business_lock to def_core;
grant update (url) on paycore.channel_bank to def_core;
grant insert, delete on paycore.channel_account to def_core;
grant update, delete on paycore.work, paycore.batch_work to def_core;
reset role;
-- Until the functions are made.
grant create on schema paycore to def_core;

set local role def_core;
create function paycore.refuse(code text, word text, detail text default '') returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
    raise exception using errcode = code, message = word, detail = coalesce(detail, '');
end
$$;
comment on function paycore.refuse(text, text, text) is
    'Raises a code; the sentence that people read is in the program.';

create function paycore.must(p_actor text, p_right text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from paycore.client c
               where c.name = p_actor and p_right = any (c.rights)) then
        return;
    elsif exists (select from paycore.client c where c.name = p_actor) then
        perform paycore.refuse('DB403', 'not-allowed',
            format('client=%s right=%s', p_actor, p_right));
    end if;
    perform paycore.refuse('DB403', 'client-unknown', 'client=' || coalesce(p_actor, ''));
end
$$;
comment on function paycore.must(text, text) is 'Refuses a client that has not the right.';

create function paycore.must_read(p_actor text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from paycore.client c
                   where c.name = p_actor and cardinality(c.rights) > 0) then
        perform paycore.must(p_actor, 'read');
    end if;
end
$$;
comment on function paycore.must_read(text) is 'Any client with a right may read.';

-- Keeps an answer. A key that is taken was used for something else: what the caller did is undone.
create function paycore.remember(p_actor text, p_key text, p_operation text, p_sha bytea,
    p_status integer, p_body text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into paycore.idempotency (key, actor, operation, body_sha256, status, body, at)
    values (p_key, p_actor, p_operation, p_sha, p_status, p_body, p_now)
    on conflict (key) do nothing;
    if not found then
        perform paycore.refuse('DB409', 'key-reused', 'key=' || p_key);
    end if;
end
$$;
comment on function paycore.remember(text, text, text, bytea, integer, text, timestamptz) is
    'Keeps the answer to a key for ever.';

-- What was answered to a key: status is null where nothing was; the same key with other bytes, or
-- of another client, is refused.
create function paycore.recall(p_actor text, p_key text, p_operation text, p_sha bytea,
    out status integer, out body text, out replayed boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    i paycore.idempotency;
begin
    select * into i from paycore.idempotency d where d.key = p_key;
    if not found then
        replayed := false;
        return;
    elsif (i.actor, i.operation, i.body_sha256) is distinct from (p_actor, p_operation, p_sha) then
        perform paycore.refuse('DB409', 'key-reused', 'key=' || p_key);
    end if;
    status := i.status;
    body := i.body;
    replayed := true;
end
$$;
comment on function paycore.recall(text, text, text, bytea) is
    'The answer that was given to a key, if any.';

-- A client and its rights; none: it may do nothing any more. The database's owner calls this, the
-- core's service cannot.
create function paycore.client_put(p_name text, p_rights text[], p_now timestamptz)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into paycore.client (name, rights, at) values (p_name, p_rights, p_now)
    on conflict (name) do update set rights = excluded.rights, at = excluded.at;
exception
    when check_violation then
        perform paycore.refuse('DB400', 'bad-client', 'client=' || coalesce(p_name, ''));
end
$$;
comment on function paycore.client_put(text, text[], timestamptz) is
    'Who may ask the core, and for what.';
create function paycore.client_list() returns table (name text, rights text[])
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select c.name, c.rights from paycore.client c order by c.name;
end;
comment on function paycore.client_list() is 'Who may ask the core, and for what.';
reset role;
revoke create on schema paycore from def_core;
