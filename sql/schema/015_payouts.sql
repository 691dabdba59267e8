-- Payouts, from being asked for to being given to the worker (rule B3). Submitting takes the
-- customer's money and leaves the intent to send, in one transaction; only then may the worker
-- send, once for ever.
grant create on schema paycore to def_core;
set local role def_core;

-- A payout as the contract shows it; its fields follow src/core/openapi.yaml. p_ladder_count is its
-- channel's, null as long as nothing was sent. Times are told in the session's zone, which the core
-- sets to UTC. As one expression without a path of its own it becomes part of the statement that
-- calls it.
create function paycore.payout_json(p core.payment, p_ladder_count integer) returns text
language sql stable
return json_build_object('id', core.payment_no(p.payment_id),
    'order_no', p.order_no, 'customer', p.customer_id, 'channel', p.channel_id,
    'mode', p.mode, 'batch_no', p.batch_no, 'amount', p.amount, 'currency', p.currency,
    'payee', json_build_object('name', p.payee_name, 'account', p.payee_account),
    'state', p.state, 'version', p.version, 'bank_ref', p.bank_ref,
    'business_date', p.business_date, 'created_at', p.created_at, 'sent_at', p.sent_at,
    'accepted_at', p.accepted_at, 'moved_at', p.moved_at, 'presumed_at', p.presumed_at,
    'not_after', p.not_after,
    'ladder', case when p.sent_at is not null then json_build_object('asked', p.queries,
        'count', p_ladder_count, 'next_at', p.next_query_at, 'stopped', p.ladder_stopped) end,
    'reason', case when p.reason_class is not null then json_build_object('class',
        p.reason_class, 'code', p.reason_code, 'text', p.reason_text) end,
    'repays', case when p.repays is not null then core.payment_no(p.repays) end)::text;
comment on function paycore.payout_json(core.payment, integer) is
    'A payout as the contract shows it.';

-- Adds to what happened to a payout, chained to what stands there. Whoever calls holds the payout's
-- row since an earlier statement, or has just made it: this one sees all that came before.
create function paycore.event(p_payment bigint, p_kind text, p_from text, p_state text,
    p_cause text, p_as_of timestamptz, p_actor text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into core.payment_event (payment_id, at, kind, from_state, state, cause, as_of, actor,
        hash)
    select p_payment, p_now, p_kind, p_from, p_state, p_cause, p_as_of, p_actor,
        paycore.event_hash((select e.hash from core.payment_event e
                            where e.payment_id = p_payment order by e.event_id desc limit 1),
            p_payment, p_now, p_kind, p_from, p_state, p_cause, p_as_of, p_actor);
end
$$;
comment on function paycore.event(bigint, text, text, text, text, timestamptz, text, timestamptz)
    is 'Adds to what happened to a payout (rule B3.7).';

-- SHA-256 over the hash before and the fields, each told apart by a record's own quoting.
create function paycore.event_hash(p_before bytea, p_payment bigint, p_at timestamptz, p_kind text,
    p_from text, p_state text, p_cause text, p_as_of timestamptz, p_actor text) returns bytea
language sql stable
return sha256(coalesce(p_before, '\x') || int8send(p_payment) || timestamptz_send(p_at)
    || timestamptz_send(coalesce(p_as_of, 'infinity'))
    || convert_to(row(p_kind, p_from, p_state, p_cause, p_actor)::text, 'UTF8'));
comment on function paycore.event_hash(bytea, bigint, timestamptz, text, text, text, text,
    timestamptz, text) is 'The hash of an event in its payout''s chain.';

-- Whether what happened to a payout is as it was written: the first event that is not, or null.
create function paycore.chain_broken(p_payment bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select min(e.event_id)
    from (select d.*, lag(d.hash) over (order by d.event_id) as before
          from core.payment_event d where d.payment_id = p_payment) e
    where e.hash is distinct from paycore.event_hash(e.before, e.payment_id, e.at, e.kind,
        e.from_state, e.state, e.cause, e.as_of, e.actor);
end;
comment on function paycore.chain_broken(bigint) is
    'The first event of a payout whose hash does not hold; null: all hold (rule B17 I10).';

-- What keeps a payout from being one, as code, word and detail of its refusal; null: nothing.
create function paycore.payout_fault(p_channel text, p_channel_currency text, p_customer text,
    p_customer_currency text, p_order_no text, p_mode text, p_batch_no text, p_amount bigint,
    p_currency text, p_payee_name text, p_payee_account text) returns text[]
language sql immutable
return case
    when p_channel_currency is null
        then array['DB404', 'channel-unknown', 'channel=' || coalesce(p_channel, '')]
    when p_customer_currency is null
        then array['DB404', 'customer-unknown', 'customer=' || coalesce(p_customer, '')]
    when p_currency is distinct from p_channel_currency
        or p_currency is distinct from p_customer_currency
        then array['DB400', 'bad-currency', 'currency=' || coalesce(p_currency, '')]
    when p_amount is null or p_amount not between 1 and 1000000000000000
        then array['DB400', 'bad-amount', 'amount=' || coalesce(p_amount, 0)::text]
    when p_order_no is null or p_order_no ~ '[^!-~]' or length(p_order_no) not between 1 and 64
        then array['DB400', 'bad-order', 'field=order_no']
    when p_mode is null or p_mode not in ('REALTIME', 'BATCH')
        or (p_mode = 'BATCH') <> (p_batch_no is not null)
        then array['DB400', 'bad-mode', 'mode=' || coalesce(p_mode, '')]
    when p_payee_name is null or p_payee_name ~ '[[:cntrl:]]'
        or length(p_payee_name) not between 1 and 140
        then array['DB400', 'bad-payee', 'field=payee.name']
    when p_payee_account is null or p_payee_account ~ '[^!-~]'
        or length(p_payee_account) not between 1 and 64
        then array['DB400', 'bad-payee', 'field=payee.account']
end;
comment on function paycore.payout_fault(text, text, text, text, text, text, text, bigint, text,
    text, text) is 'What keeps a payout from being one.';

create function paycore.payout_check(p_row core.payment, p_channel_currency text,
    p_customer_currency text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    fault constant text[] := paycore.payout_fault(p_row.channel_id, p_channel_currency,
        p_row.customer_id, p_customer_currency, p_row.order_no, p_row.mode, p_row.batch_no,
        p_row.amount, p_row.currency, p_row.payee_name, p_row.payee_account);
begin
    if fault is not null then
        perform paycore.refuse(fault[1], fault[2], fault[3]);
    end if;
end
$$;
comment on function paycore.payout_check(core.payment, text, text) is
    'Refuses a payout that cannot be one.';

-- The id of a new payout: its day and the day's next number.
create function paycore.payout_number(p_day date) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    numbers regclass := to_regclass(core.payment_numbers(p_day));
begin
    if numbers is null then
        perform core.payment_partition(p_day);
        numbers := core.payment_numbers(p_day)::regclass;
    end if;
    return core.first_id(p_day) + nextval(numbers);
end
$$;
comment on function paycore.payout_number(date) is 'The id of a new payout of a day.';

-- Why a payout was not created: the answer given to this key before, or a refusal.
create function paycore.payout_uncreated(p_actor text, p_key text, p_sha bytea, p_order_no text,
    p_fault text[], out status integer, out body text, out replayed boolean)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    select * into status, body, replayed
    from paycore.recall(p_actor, p_key, 'payout_create', p_sha);
    if replayed then
        return;
    elsif p_fault is not null then
        perform paycore.refuse(p_fault[1], p_fault[2], p_fault[3]);
    end if;
    perform paycore.refuse('DB409', 'order-exists', 'order_no=' || p_order_no);
end
$$;
comment on function paycore.payout_uncreated(text, text, bytea, text, text[]) is
    'Why a payout was not created: it has been already, or it may not be.';

-- One statement makes the payout with its event and keeps the answer. Who asks again, or at the
-- same time, finds the order taken, and then the answer kept.
create function paycore.payout_create(p_actor text, p_key text, p_sha bytea, p_order_no text,
    p_customer text, p_channel text, p_mode text, p_batch_no text, p_amount bigint,
    p_currency text, p_payee_name text, p_payee_account text, p_repays bigint, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    f record;
    id bigint;
begin
    select 'payouts' = any (l.rights) as may,
        (p_now at time zone c.utc_offset)::date
            + ((p_now at time zone c.utc_offset)::time >= c.cutoff)::integer as day,
        coalesce(
            paycore.payout_fault(p_channel, c.currency, p_customer, u.currency, p_order_no,
                coalesce(p_mode, 'REALTIME'), p_batch_no, p_amount, p_currency, p_payee_name,
                p_payee_account),
            case when p_mode = 'BATCH' then -- items come with their batch
                array['DB400', 'bad-mode', 'mode=BATCH'] end) as fault
    into f
    from (select) one
    left join core.channel c on c.channel_id = p_channel
    left join paycore.customer u on u.customer_id = p_customer
    left join paycore.client l on l.name = p_actor;
    if f.may is not true then
        perform paycore.must(p_actor, 'payouts');
    elsif f.fault is not null then
        select * into status, body, replayed
        from paycore.payout_uncreated(p_actor, p_key, p_sha, p_order_no, f.fault);
        return;
    elsif p_repays is not null then -- paying again is a signed request's (rule B3.2)
        perform paycore.refuse('DB403', 'request-needed', 'id=' || core.payment_no(p_repays));
    end if;
    id := paycore.payout_number(f.day);
    with named as (
        insert into core.payment_key (order_no, payment_id) values (p_order_no, id)
        on conflict (order_no) do nothing
        returning payment_id),
    made as (
        insert into core.payment (payment_id, channel_id, order_no, amount, currency, payee_name,
            payee_account, state, bank_ref, business_date, customer_id, created_at)
        select n.payment_id, p_channel, p_order_no, p_amount, p_currency, p_payee_name,
            p_payee_account, 'CREATED', core.payment_no(n.payment_id), -- the bank gets our number
            f.day, p_customer, p_now
        from named n
        returning *),
    told as (
        insert into core.payment_event (payment_id, at, state, cause, actor, hash)
        select m.payment_id, p_now, 'CREATED', 'created', p_actor,
            paycore.event_hash(null, m.payment_id, p_now, 'state', null, 'CREATED', 'created', null,
                p_actor)
        from made m),
    kept as (
        insert into paycore.idempotency as i (key, actor, operation, body_sha256, status, body, at)
        select p_key, p_actor, 'payout_create', p_sha, 201,
            paycore.payout_json(m::core.payment, null), p_now
        from made m
        on conflict (key) do nothing
        returning i.status, i.body)
    select k.status, k.body, false into status, body, replayed
    from made m left join kept k on true;
    if not found then
        select * into status, body, replayed
        from paycore.payout_uncreated(p_actor, p_key, p_sha, p_order_no, null);
    elsif status is null then -- the key stands for another order: nothing of this one stays
        perform paycore.refuse('DB409', 'key-reused', 'key=' || p_key);
    end if;
end
$$;
comment on function paycore.payout_create(text, text, bytea, text, text, text, text, text, bigint,
    text, text, text, bigint, timestamptz) is 'A new payout, not yet approved.';

-- Why a payout did not move: the answer given to this key before, or a refusal.
create function paycore.payout_unmoved(p_actor text, p_key text, p_operation text, p_sha bytea,
    p_id bigint, p_version integer, p_to text,
    out status integer, out body text, out replayed boolean)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
begin
    select * into status, body, replayed from paycore.recall(p_actor, p_key, p_operation, p_sha);
    if replayed then
        return;
    end if;
    select * into p from core.payment d where d.payment_id = p_id and d.customer_id is not null;
    if not found then
        perform paycore.refuse('DB404', 'payout-unknown',
            'id=' || coalesce(core.payment_no(p_id), ''));
    elsif p.version is distinct from p_version then
        perform paycore.refuse('DB412', 'version-stale',
            format('id=%s version=%s', core.payment_no(p_id), p.version));
    elsif p.mode = 'BATCH' then
        perform paycore.refuse('DB409', 'batch-item',
            format('id=%s batch=%s', core.payment_no(p_id), p.batch_no));
    end if;
    perform paycore.refuse('DB409', 'illegal-edge',
        format('kind=payment from=%s to=%s', p.state, p_to));
end
$$;
comment on function paycore.payout_unmoved(text, text, text, bytea, bigint, integer, text) is
    'Why a payout did not move: it has already, or it may not.';

-- What every move of a payout ends with: its event, chained to those before, and the answer that is
-- kept. The payout's row is held since an earlier statement, so this one sees all its events. The
-- two moves that every payout makes, to APPROVED and to SUBMITTED, say the same by themselves, each
-- in a statement after that of the row: a call more costs them a twentieth.
create function paycore.payout_moved(p core.payment, p_from text, p_cause text, p_operation text,
    p_actor text, p_key text, p_sha bytea, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    with told as (
        insert into core.payment_event (payment_id, at, from_state, state, cause, actor, hash)
        values (p.payment_id, p_now, p_from, p.state, p_cause, p_actor, paycore.event_hash(
            (select e.hash from core.payment_event e where e.payment_id = p.payment_id
             order by e.event_id desc limit 1),
            p.payment_id, p_now, 'state', p_from, p.state, p_cause, null, p_actor)))
    insert into paycore.idempotency as i (key, actor, operation, body_sha256, status, body, at)
    values (p_key, p_actor, p_operation, p_sha, 200, paycore.payout_json(p, null), p_now)
    on conflict (key) do nothing
    returning i.status, i.body, false into status, body, replayed;
    if not found then -- the key stands for something else: nothing of this stays
        perform paycore.refuse('DB409', 'key-reused', 'key=' || p_key);
    end if;
end
$$;
comment on function paycore.payout_moved(core.payment, text, text, text, text, text, bytea,
    timestamptz) is 'The event of a move and the answer to it.';

create function paycore.payout_approve(p_actor text, p_key text, p_sha bytea, p_id bigint,
    p_version integer, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
begin
    if not exists (select from paycore.client c
                   where c.name = p_actor and 'payouts' = any (c.rights)) then
        perform paycore.must(p_actor, 'payouts');
    end if;
    update core.payment d set state = 'APPROVED'
    where d.payment_id = p_id and d.version = p_version and d.state = 'CREATED'
        and d.mode = 'REALTIME' and d.customer_id is not null
    returning * into p;
    if not found then
        select * into status, body, replayed from paycore.payout_unmoved(p_actor, p_key,
            'payout_approve', p_sha, p_id, p_version, 'APPROVED');
        return;
    end if;
    with told as (
        insert into core.payment_event (payment_id, at, from_state, state, cause, actor, hash)
        values (p_id, p_now, 'CREATED', 'APPROVED', 'approved', p_actor, paycore.event_hash(
            (select e.hash from core.payment_event e where e.payment_id = p_id
             order by e.event_id desc limit 1),
            p_id, p_now, 'state', 'CREATED', 'APPROVED', 'approved', null, p_actor)))
    insert into paycore.idempotency as i (key, actor, operation, body_sha256, status, body, at)
    values (p_key, p_actor, 'payout_approve', p_sha, 200, paycore.payout_json(p, null), p_now)
    on conflict (key) do nothing
    returning i.status, i.body, false into status, body, replayed;
    if not found then
        perform paycore.refuse('DB409', 'key-reused', 'key=' || p_key);
    end if;
end
$$;
comment on function paycore.payout_approve(text, text, bytea, bigint, integer, timestamptz) is
    'CREATED to APPROVED.';

-- The customer's money, or that of the payout which is paid again, goes to the channel's clearing
-- account (E12) and the intent stands; from here on nothing but the bank's word or a statement ends
-- it.
create function paycore.payout_submit(p_actor text, p_key text, p_sha bytea, p_id bigint,
    p_version integer, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
    payer text; -- the account that pays, where it is not the customer's
    payer_sub text;
begin
    if not exists (select from paycore.client c
                   where c.name = p_actor and 'payouts' = any (c.rights)) then
        perform paycore.must(p_actor, 'payouts');
    end if;
    update core.payment d set state = 'SUBMITTED'
    where d.payment_id = p_id and d.version = p_version and d.state = 'APPROVED'
        and d.mode = 'REALTIME' and d.customer_id is not null
    returning * into p;
    if not found then
        select * into status, body, replayed from paycore.payout_unmoved(p_actor, p_key,
            'payout_submit', p_sha, p_id, p_version, 'SUBMITTED');
        return;
    end if;
    if p.repays is not null then
        select case o.state when 'RETURNED' then '2230' else '2240' end,
            core.payment_no(o.payment_id) into payer, payer_sub
        from core.payment o where o.payment_id = p.repays;
    end if;
    with posted as (
        insert into core.journal (business_date, event, payment_id, cause, posted_at)
        select (p_now at time zone s.utc_offset)::date, 'E12', p_id, 'submitted', p_now
        from paycore.setting s
        returning journal_id),
    entries as (
        insert into core.posting (journal_id, posting_no, account, sub, currency, amount)
        select j.journal_id, e.no, e.account, e.sub, p.currency, e.amount
        from posted j, paycore.customer u, lateral (values
            (1, coalesce(payer, case u.kind when 'MERCHANT' then '2220' else '2010' end),
                coalesce(payer_sub, u.customer_id), p.amount),
            (2, '2210', p.channel_id || '.SENT', - p.amount)) as e (no, account, sub, amount)
        where u.customer_id = p.customer_id),
    left_to_send as (
        insert into paycore.work (payment_id, channel_id, task, due_at)
        values (p_id, p.channel_id, 'SEND', p_now)),
    told as (
        insert into core.payment_event (payment_id, at, from_state, state, cause, actor, hash)
        values (p_id, p_now, 'APPROVED', 'SUBMITTED', 'submitted', p_actor, paycore.event_hash(
            (select e.hash from core.payment_event e where e.payment_id = p_id
             order by e.event_id desc limit 1),
            p_id, p_now, 'state', 'APPROVED', 'SUBMITTED', 'submitted', null, p_actor)))
    insert into paycore.idempotency as i (key, actor, operation, body_sha256, status, body, at)
    values (p_key, p_actor, 'payout_submit', p_sha, 200, paycore.payout_json(p, null), p_now)
    on conflict (key) do nothing
    returning i.status, i.body, false into status, body, replayed;
    if not found then
        perform paycore.refuse('DB409', 'key-reused', 'key=' || p_key);
    end if;
end
$$;
comment on function paycore.payout_submit(text, text, bytea, bigint, integer, timestamptz) is
    'APPROVED to SUBMITTED: posts E12 and leaves the intent to send.';

create function paycore.payout_cancel(p_actor text, p_key text, p_sha bytea, p_id bigint,
    p_version integer, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
    before text;
begin
    if not exists (select from paycore.client c where c.name = p_actor
                   and c.rights && array['payouts', 'operator']) then
        perform paycore.must(p_actor, 'payouts');
    end if;
    select d.state into before from core.payment d where d.payment_id = p_id for update;
    update core.payment d set state = 'CANCELLED'
    where d.payment_id = p_id and d.version = p_version and d.state in ('CREATED', 'APPROVED')
        and d.mode = 'REALTIME' and d.customer_id is not null
    returning * into p;
    if found then
        select * into status, body, replayed from paycore.payout_moved(p, before, 'cancelled',
            'payout_cancel', p_actor, p_key, p_sha, p_now);
        return;
    end if;
    select * into status, body, replayed from paycore.payout_unmoved(p_actor, p_key,
        'payout_cancel', p_sha, p_id, p_version, 'CANCELLED');
end
$$;
comment on function paycore.payout_cancel(text, text, bytea, bigint, integer, timestamptz) is
    'CREATED or APPROVED to CANCELLED; never once submitted.';

create function paycore.payout_get(p_actor text, p_id bigint, out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
begin
    -- By itself: this is planned anew for its partition, the other statement once for a session.
    select * into p from core.payment d where d.payment_id = p_id and d.customer_id is not null;
    select 200, paycore.payout_json(p, c.ladder_count) into status, body
    from core.channel c
    where c.channel_id = p.channel_id
        and exists (select from paycore.client l
                    where l.name = p_actor and cardinality(l.rights) > 0);
    if not found then
        perform paycore.must_read(p_actor);
        perform paycore.refuse('DB404', 'payout-unknown',
            'id=' || coalesce(core.payment_no(p_id), ''));
    end if;
end
$$;
comment on function paycore.payout_get(text, bigint) is 'One payout.';

-- A page of payouts, the newest first; the cursor is the last id of the page before.
create function paycore.payout_list(p_actor text, p_state text, p_channel text, p_order_no text,
    p_bank_ref text, p_cursor text, p_limit integer, out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan as $$
declare
    size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
    before bigint := 9223372036854775807;
begin
    perform paycore.must_read(p_actor);
    if p_cursor is not null and p_cursor !~ '^[0-9]{1,18}$' then
        perform paycore.refuse('DB400', 'bad-cursor', 'field=cursor');
    elsif p_cursor is not null then
        before := p_cursor::bigint;
    end if;
    select json_build_object('items', coalesce(json_agg(x.item order by x.payment_id desc), '[]'),
        'next', case when count(*) = size then min(x.payment_id)::text end)::text into body
    from (select p.payment_id, paycore.payout_json(p, c.ladder_count)::json as item
          from core.payment p
          join core.channel c on c.channel_id = p.channel_id
          where p.payment_id < before and p.customer_id is not null
              and (p_state is null or p.state = p_state)
              and (p_channel is null or p.channel_id = p_channel)
              and (p_order_no is null or p.order_no = p_order_no)
              and (p_bank_ref is null or p.bank_ref = p_bank_ref)
          order by p.payment_id desc limit size) x;
    status := 200;
end
$$;
comment on function paycore.payout_list(text, text, text, text, text, text, integer) is
    'A page of payouts, the newest first.';

create function paycore.payout_events(p_actor text, p_id bigint, p_cursor text, p_limit integer,
    out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set timezone = 'UTC' as $$
declare
    size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
    after bigint := 0;
begin
    perform paycore.payout_get(p_actor, p_id);
    if p_cursor is not null and p_cursor !~ '^[0-9]{1,18}$' then
        perform paycore.refuse('DB400', 'bad-cursor', 'field=cursor');
    elsif p_cursor is not null then
        after := p_cursor::bigint;
    end if;
    select json_build_object('items', coalesce(json_agg(json_build_object('event', x.event_id,
            'at', x.at, 'kind', x.kind, 'from', x.from_state, 'state', x.state, 'cause', x.cause,
            'as_of', x.as_of, 'actor', x.actor, 'hash', encode(x.hash, 'hex'))
            order by x.event_id), '[]'),
        'next', case when count(*) = size then max(x.event_id)::text end)::text into body
    from (select e.* from core.payment_event e
          where e.payment_id = p_id and e.event_id > after
          order by e.event_id limit size) x;
    status := 200;
end
$$;
comment on function paycore.payout_events(text, bigint, text, integer) is
    'A page of what happened to a payout, the oldest first.';

grant execute on function
    paycore.payout_create(text, text, bytea, text, text, text, text, text, bigint, text, text, text,
        bigint, timestamptz),
    paycore.payout_approve(text, text, bytea, bigint, integer, timestamptz),
    paycore.payout_submit(text, text, bytea, bigint, integer, timestamptz),
    paycore.payout_cancel(text, text, bytea, bigint, integer, timestamptz),
    paycore.payout_get(text, bigint),
    paycore.payout_list(text, text, text, text, text, text, integer),
    paycore.payout_events(text, bigint, text, integer) to g_core;
reset role;
revoke create on schema paycore from def_core;
