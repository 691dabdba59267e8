-- Batches (rules S2, B3): many payouts in one message. Totals are the client's own; where they are
-- not those of the items the batch is refused as a whole. Once a batch was sent, its items are
-- asked about one by one, as others are.
grant create on schema paycore to def_core;
set local role def_core;

create function paycore.batch_json(p_batch text) returns text
language sql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC'
begin atomic
    select json_build_object('batch_no', b.batch_no, 'channel', b.channel_id, 'count', b.items,
        'total', b.total, 'currency', b.currency, 'state', b.state, 'version', b.version,
        'message_id', b.message_id, 'created_at', b.created_at, 'sent_at', b.sent_at,
        'not_after', b.not_after,
        'items', (select '[' || string_agg(paycore.payout_json(p, c.ladder_count), ','
                                   order by p.payment_id) || ']'
                  from core.payment p join core.channel c on c.channel_id = p.channel_id
                  where p.batch_no = b.batch_no
                      and p.customer_id is not null)::json)::text
    from core.batch b where b.batch_no = p_batch;
end;
comment on function paycore.batch_json(text) is 'A batch with its items.';

-- A batch as it was answered when it was created, or submitted: it and its items were then in one
-- state, the items in one version, and all else of them never changes. So the answer, megabytes of
-- it, is not kept: it is said again from what it was made of.
create function paycore.batch_said(b core.batch, p_state text, p_version integer,
    p_item_version integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    no constant text := to_json(b.batch_no)::text;
    channel constant text := to_json(b.channel_id)::text;
    currency constant text := to_json(b.currency)::text;
    at constant text := to_json(b.created_at)::text;
    -- What all items have in common, before their amounts, their payees and their references.
    one constant text := ',"channel":' || channel || ',"mode":"BATCH","batch_no":' || no
        || ',"amount":';
    two constant text := ',"currency":' || currency || ',"payee":{"name":';
    three constant text := '},"state":"' || p_state || '","version":' || p_item_version
        || ',"bank_ref":"';
    four constant text := ',"created_at":' || at || ',"sent_at":null,"accepted_at":null,'
        '"moved_at":null,"presumed_at":null,"not_after":null,"ladder":null,"reason":null,'
        '"repays":null}';
begin
    return '{"batch_no":' || no || ',"channel":' || channel || ',"count":' || b.items
        || ',"total":' || b.total || ',"currency":' || currency || ',"state":"' || p_state
        || '","version":' || p_version || ',"message_id":null,"created_at":' || at
        || ',"sent_at":null,"not_after":null,"items":[' || (
        select string_agg('{"id":"' || core.payment_no(p.payment_id)
            || '","order_no":' || to_json(p.order_no)::text
            || ',"customer":' || to_json(p.customer_id)::text || one || p.amount::bigint::text
            || two || to_json(p.payee_name)::text
            || ',"account":' || to_json(p.payee_account)::text
            || three || core.payment_no(p.payment_id)
            || '","business_date":"' || p.business_date || '"' || four, ','
            order by p.payment_id)
        from core.payment p where p.batch_no = b.batch_no and p.customer_id is not null) || ']}';
end
$$;
comment on function paycore.batch_said(core.batch, text, integer, integer) is
    'What was answered when a batch was created or submitted.';

-- An amount as JSON has it: a whole number and nothing else.
create function paycore.json_minor(p_value jsonb) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
    if jsonb_typeof(p_value) is distinct from 'number'
        or p_value::text !~ '^-?[0-9]{1,16}$' then
        perform paycore.refuse('DB400', 'bad-amount', 'amount=' || coalesce(p_value::text, ''));
    end if;
    return p_value::text::bigint;
end
$$;
comment on function paycore.json_minor(jsonb) is 'A whole number of minor units.';

-- An item of a batch as it was given; the amount is null where it is not a number of minor units.
create type paycore.batch_item as (
    n bigint,
    order_no text,
    customer text,
    amount bigint,
    payee_name text,
    payee_account text
);
create function paycore.batch_items_of(p_list jsonb) returns setof paycore.batch_item
language sql immutable
begin atomic
    select o.n, o.item ->> 'order_no', o.item ->> 'customer',
        case when jsonb_typeof(o.item -> 'amount') = 'number'
            and (o.item ->> 'amount') ~ '^-?[0-9]{1,16}$' then (o.item ->> 'amount')::bigint end,
        o.item #>> '{payee,name}', o.item #>> '{payee,account}'
    from jsonb_array_elements(p_list) with ordinality o (item, n);
end;
comment on function paycore.batch_items_of(jsonb) is 'The items of a batch as they were given.';

-- Writes the items of a batch, each step one statement for all of them; gives their sum. The first
-- item that cannot be a payout refuses the batch.
create function paycore.batch_write(b core.batch, p_list jsonb, p_day date, p_actor text,
    p_now timestamptz) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    cause constant text := 'batch ' || b.batch_no;
    fault text[];
    numbers regclass;
    taken text;
    total bigint;
begin
    select x.fault into fault
    from (select i.n, paycore.payout_fault(b.channel_id, b.currency, i.customer, u.currency,
              i.order_no, 'BATCH', b.batch_no, i.amount, b.currency, i.payee_name,
              i.payee_account) as fault
          from paycore.batch_items_of(p_list) i
          left join paycore.customer u on u.customer_id = i.customer) x
    where x.fault is not null order by x.n limit 1;
    if found then
        perform paycore.refuse(fault[1], fault[2], fault[3]);
    end if;
    perform core.payment_partition(p_day);
    numbers := core.payment_numbers(p_day)::regclass;
    with given as materialized (
        select core.first_id(p_day) + nextval(numbers) as payment_id, i.*
        from paycore.batch_items_of(p_list) i),
    named as (
        insert into core.payment_key as k (order_no, payment_id)
        select g.order_no, g.payment_id from given g
        on conflict (order_no) do nothing
        returning k.payment_id),
    made as (
        insert into core.payment as p (payment_id, channel_id, order_no, mode, batch_no, amount,
            currency, payee_name, payee_account, state, bank_ref, business_date, customer_id,
            created_at)
        select g.payment_id, b.channel_id, g.order_no, 'BATCH', b.batch_no, g.amount, b.currency,
            g.payee_name, g.payee_account, 'CREATED', core.payment_no(g.payment_id), p_day,
            g.customer, p_now
        from given g
        returning p.payment_id, p.amount),
    told as (
        insert into core.payment_event (payment_id, at, kind, state, cause, actor, hash)
        select m.payment_id, p_now, 'state', 'CREATED', cause, p_actor,
            paycore.event_hash(null, m.payment_id, p_now, 'state', null, 'CREATED', cause, null,
                p_actor)
        from made m)
    select (select g.order_no from given g
            where g.payment_id not in (select n.payment_id from named n) order by g.n limit 1),
        (select sum(m.amount) from made m)
    into taken, total;
    if taken is not null then
        perform paycore.refuse('DB409', 'order-exists', 'order_no=' || taken);
    end if;
    return total;
end
$$;
comment on function paycore.batch_write(core.batch, jsonb, date, text, timestamptz) is
    'The payouts of a batch, all or none.';

create function paycore.batch_create(p_actor text, p_key text, p_sha bytea, p_batch text,
    p_channel text, p_items integer, p_total bigint, p_currency text, p_list jsonb,
    p_now timestamptz, out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    b core.batch;
    c core.channel;
    total bigint;
    day date;
begin
    perform paycore.must(p_actor, 'payouts');
    select * into status, body, replayed
    from paycore.recall(p_actor, p_key, 'batch_create', p_sha);
    if replayed then
        select paycore.batch_said(d, 'CREATED', 1, 1) into body
        from core.batch d where d.batch_no = p_batch;
        return;
    end if;
    select * into c from core.channel d where d.channel_id = p_channel;
    if not found then
        perform paycore.refuse('DB404', 'channel-unknown', 'channel=' || coalesce(p_channel, ''));
    elsif p_currency is distinct from c.currency then
        perform paycore.refuse('DB400', 'bad-currency', 'currency=' || coalesce(p_currency, ''));
    elsif p_batch is null or p_batch !~ '^[!-~]{1,35}$' then
        perform paycore.refuse('DB400', 'bad-batch', 'field=batch_no');
    elsif jsonb_typeof(p_list) is distinct from 'array'
        or jsonb_array_length(p_list) not between 1 and 2000 then
        perform paycore.refuse('DB400', 'bad-batch', 'field=items');
    elsif jsonb_array_length(p_list) is distinct from p_items or p_total is null then
        perform paycore.refuse('DB400', 'batch-totals',
            format('items=%s count=%s', jsonb_array_length(p_list), p_items));
    end if;
    day := (p_now at time zone c.utc_offset)::date
        + ((p_now at time zone c.utc_offset)::time >= c.cutoff)::integer;
    insert into core.batch (batch_no, channel_id, items, total, currency, created_at)
    values (p_batch, p_channel, p_items, greatest(p_total, 1), p_currency, p_now)
    on conflict do nothing returning * into b;
    if not found then
        perform paycore.refuse('DB409', 'batch-exists', 'batch=' || p_batch);
    end if;
    total := paycore.batch_write(b, p_list, day, p_actor, p_now);
    if total <> p_total then
        perform paycore.refuse('DB400', 'batch-totals', format('sum=%s total=%s', total, p_total));
    end if;
    status := 201;
    body := paycore.batch_said(b, 'CREATED', 1, 1);
    perform paycore.remember(p_actor, p_key, 'batch_create', p_sha, status, '', p_now);
end
$$;
comment on function paycore.batch_create(text, text, bytea, text, text, integer, bigint, text,
    jsonb, timestamptz) is 'A batch and its payouts, all or none.';

create function paycore.batch_get(p_actor text, p_batch text, out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_read(p_actor);
    body := paycore.batch_json(p_batch);
    if body is null then
        perform paycore.refuse('DB404', 'batch-unknown', 'batch=' || coalesce(p_batch, ''));
    end if;
    status := 200;
end
$$;
comment on function paycore.batch_get(text, text) is 'A batch with its items.';

-- All items of a batch along their two edges, then both events of each: the payouts' rows are held
-- since an earlier statement, so the last one sees all that came before.
create function paycore.batch_move(p_batch text, p_actor text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    cause constant text := 'batch ' || p_batch;
begin
    update core.payment d set state = 'APPROVED'
    where d.batch_no = p_batch and d.customer_id is not null and d.state = 'CREATED';
    update core.payment d set state = 'SUBMITTED'
    where d.batch_no = p_batch and d.customer_id is not null and d.state = 'APPROVED';
    with approved as materialized (
        select d.payment_id, paycore.event_hash(
            (select e.hash from core.payment_event e where e.payment_id = d.payment_id
             order by e.event_id desc limit 1),
            d.payment_id, p_now, 'state', 'CREATED', 'APPROVED', cause, null, p_actor) as hash
        from core.payment d
        where d.batch_no = p_batch and d.customer_id is not null and d.state = 'SUBMITTED'),
    both_edges as (
        select a.payment_id, 'CREATED' as before, 'APPROVED' as state, a.hash
        from approved a
        union all
        select a.payment_id, 'APPROVED', 'SUBMITTED', paycore.event_hash(a.hash, a.payment_id,
            p_now, 'state', 'APPROVED', 'SUBMITTED', cause, null, p_actor)
        from approved a)
    insert into core.payment_event (payment_id, at, kind, from_state, state, cause, actor, hash)
    select t.payment_id, p_now, 'state', t.before, t.state, cause, p_actor, t.hash
    from both_edges t order by t.payment_id, t.state;
end
$$;
comment on function paycore.batch_move(text, text, timestamptz) is
    'All items of a batch, approved and submitted.';

-- E12 of every item.
create function paycore.batch_post(p_batch text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    day constant date := paycore.ledger_day(p_now);
begin
    with j as (
        insert into core.journal (business_date, event, payment_id, batch_no, cause, posted_at)
        select day, 'E12', d.payment_id, p_batch, 'batch ' || p_batch, p_now
        from core.payment d where d.batch_no = p_batch and d.customer_id is not null
        returning journal_id, payment_id)
    insert into core.posting (journal_id, posting_no, account, sub, currency, amount)
    select j.journal_id, v.no, v.account, v.sub, d.currency, v.amount
    from j
    join core.payment d on d.payment_id = j.payment_id
    join paycore.customer u on u.customer_id = d.customer_id,
    lateral (values
        (1::smallint, case u.kind when 'MERCHANT' then '2220' else '2010' end, u.customer_id,
            d.amount::bigint),
        (2::smallint, '2210', d.channel_id || '.SENT', - d.amount)) v (no, account, sub, amount)
    order by j.journal_id, v.no;
end
$$;
comment on function paycore.batch_post(text, timestamptz) is 'Posts E12 of a batch''s items.';

-- Approves what is not yet approved and leaves the intent to send the batch as one message.
create function paycore.batch_submit(p_actor text, p_key text, p_sha bytea, p_batch text,
    p_now timestamptz, out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    b core.batch;
begin
    perform paycore.must(p_actor, 'payouts');
    select * into b from core.batch d where d.batch_no = p_batch for update;
    if not found then
        perform paycore.refuse('DB404', 'batch-unknown', 'batch=' || coalesce(p_batch, ''));
    end if;
    select * into status, body, replayed
    from paycore.recall(p_actor, p_key, 'batch_submit', p_sha);
    if replayed then
        body := paycore.batch_said(b, 'SUBMITTED', 2, 3);
        return;
    elsif b.state <> 'CREATED' then
        perform paycore.refuse('DB409', 'illegal-edge',
            format('kind=batch from=%s to=SUBMITTED', b.state));
    end if;
    perform paycore.batch_move(p_batch, p_actor, p_now);
    perform paycore.batch_post(p_batch, p_now);
    insert into paycore.work (payment_id, channel_id, task, due_at)
    select d.payment_id, d.channel_id, 'WAIT', 'infinity' from core.payment d
    where d.batch_no = p_batch and d.customer_id is not null;
    insert into paycore.batch_work (batch_no, task, due_at) values (p_batch, 'SEND', p_now);
    update core.batch d set state = 'SUBMITTED', version = d.version + 1 where d.batch_no = p_batch;
    status := 200;
    body := paycore.batch_said(b, 'SUBMITTED', 2, 3);
    perform paycore.remember(p_actor, p_key, 'batch_submit', p_sha, status, '', p_now);
end
$$;
comment on function paycore.batch_submit(text, text, bytea, text, timestamptz) is
    'Approves and submits a whole batch; posts E12 of each item.';

-- Takes batches to send, each once for ever: with the lease every item gets its epoch and its one
-- sent_at, so that the ladder asks about it when the lease is over.
create function paycore.batches_take(p_worker text, p_now timestamptz, p_limit integer,
    p_lease_s integer)
returns table (batch_no text, task text, epoch integer, channel_id text, url text, items integer,
    total bigint, currency text, message_id text, created_at timestamptz, not_after timestamptz,
    answer_timeout_ms integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    taken text[];
    until constant timestamptz := p_now + make_interval(secs => p_lease_s);
begin
    with due as (
        select w.batch_no from paycore.batch_work w
        where w.task = 'SEND' and w.due_at <= p_now
        order by w.due_at limit least(p_limit, 100) for update skip locked),
    d as (
        update paycore.batch_work w set task = 'ASK', epoch = w.epoch + 1, lease_owner = p_worker,
            lease_until = until, due_at = 'infinity'
        from due where w.batch_no = due.batch_no
        returning w.batch_no)
    select array_agg(d.batch_no) into taken from d;
    if taken is null then
        return;
    end if;
    update core.batch b set sent_at = p_now, message_id = 'M' || b.batch_no,
        not_after = p_now + make_interval(secs => c.not_after_s), version = b.version + 1
    from core.channel c where b.batch_no = any (taken) and c.channel_id = b.channel_id;
    update paycore.work w set task = 'ASK', due_at = until, epoch = 1, lease_owner = p_worker,
        lease_until = until, taken_at = p_now
    from core.payment p
    where p.batch_no = any (taken) and p.customer_id is not null and w.payment_id = p.payment_id;
    update core.payment p set epoch = 1, sent_at = p_now, next_query_at = until,
        not_after = b.not_after
    from core.batch b
    where b.batch_no = any (taken) and p.batch_no = b.batch_no and p.customer_id is not null;
    return query
    select b.batch_no, 'SEND', w.epoch, b.channel_id, k.url, b.items, b.total, b.currency,
        b.message_id, b.created_at, b.not_after, c.answer_timeout_ms
    from core.batch b
    join paycore.batch_work w on w.batch_no = b.batch_no
    join core.channel c on c.channel_id = b.channel_id
    join paycore.channel_bank k on k.channel_id = b.channel_id
    where b.batch_no = any (taken);
end
$$;
comment on function paycore.batches_take(text, timestamptz, integer, integer) is
    'Batches that this worker, and nobody else ever, may send.';

create function paycore.batch_items(p_batch text) returns setof paycore.task
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select * from paycore.tasks((select array_agg(p.payment_id order by p.payment_id)
        from core.payment p where p.batch_no = p_batch and p.customer_id is not null), 'SEND');
end;
comment on function paycore.batch_items(text) is 'The payouts of a batch as the worker sees them.';

-- Asked right before the first byte of the message.
create function paycore.batch_mine(p_batch text, p_epoch integer, p_now timestamptz)
returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from paycore.batch_work w join core.batch b on b.batch_no = w.batch_no
        where w.batch_no = p_batch and w.epoch = p_epoch and w.lease_until > p_now
            and b.state = 'SUBMITTED' and p_now < b.not_after);
end;
comment on function paycore.batch_mine(text, integer, timestamptz) is
    'Whether a batch is still its sender''s to send.';

-- What became of the message: taken by the bank; refused, or never sent; or nobody knows. Items are
-- recorded one by one. Answers done, or fenced.
create function paycore.batch_record(p_batch text, p_epoch integer, p_answer text,
    p_next_at timestamptz, p_now timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if p_answer is null
        or p_answer not in ('taken', 'refused', 'silence', 'error', 'not-sent') then
        perform paycore.refuse('DB400', 'bad-answer', 'answer=' || coalesce(p_answer, ''));
    end if;
    update paycore.batch_work w set lease_owner = null, lease_until = null
    where w.batch_no = p_batch and w.epoch = p_epoch;
    if not found then
        return 'fenced';
    elsif p_answer in ('refused', 'not-sent') then
        update core.batch b set state = 'REFUSED', version = b.version + 1
        where b.batch_no = p_batch and b.state = 'SUBMITTED';
    end if;
    return 'done';
end
$$;
comment on function paycore.batch_record(text, integer, text, timestamptz, timestamptz) is
    'What became of a batch''s message.';

-- Batches whose every item has its last word.
create function paycore.batches_done() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    n integer;
begin
    update core.batch b set state = 'DONE', version = b.version + 1
    where b.state = 'SUBMITTED' and b.sent_at is not null and not exists (
        select from core.payment p join paycore.work w on w.payment_id = p.payment_id
        where p.batch_no = b.batch_no and w.task <> 'WAIT');
    get diagnostics n = row_count;
    return n;
end
$$;
comment on function paycore.batches_done() is 'Batches with nothing left to ask are done.';

grant execute on function
    paycore.batch_create(text, text, bytea, text, text, integer, bigint, text, jsonb, timestamptz),
    paycore.batch_get(text, text), paycore.batch_submit(text, text, bytea, text, timestamptz),
    paycore.batches_take(text, timestamptz, integer, integer), paycore.batch_items(text),
    paycore.batch_mine(text, integer, timestamptz),
    paycore.batch_record(text, integer, text, timestamptz, timestamptz) to g_core;
reset role;
revoke create on schema paycore from def_core;
