-- Customers, money that comes in, channels.
grant create on schema paycore to def_core;
set local role def_core;

create function paycore.customer_json(p_customer text) returns text
language sql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC'
begin atomic
    select json_build_object('id', u.customer_id, 'name', u.name, 'kind', u.kind,
        'currency', u.currency, 'account', b.account, 'balance', b.balance,
        'created_at', u.created_at)::text
    from paycore.customer u
    join paycore.balance b on b.sub = u.customer_id and b.currency = u.currency
        and b.account = case u.kind when 'MERCHANT' then '2220' else '2010' end
    where u.customer_id = p_customer;
end;
comment on function paycore.customer_json(text) is 'A customer and the fund account''s balance.';

create function paycore.customer_create(p_actor text, p_key text, p_sha bytea, p_customer text,
    p_name text, p_kind text, p_currency text, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must(p_actor, 'admin');
    select * into status, body, replayed
    from paycore.recall(p_actor, p_key, 'customer_create', p_sha);
    if replayed then
        return;
    elsif p_customer is null or p_customer !~ '^[A-Z0-9][A-Z0-9_-]{0,31}$' then
        perform paycore.refuse('DB400', 'bad-customer', 'field=id');
    elsif p_name is null or p_name ~ '[[:cntrl:]]' or length(p_name) not between 1 and 140 then
        perform paycore.refuse('DB400', 'bad-customer', 'field=name');
    elsif p_kind is null or p_kind not in ('CUSTOMER', 'MERCHANT') then
        perform paycore.refuse('DB400', 'bad-customer', 'field=kind');
    elsif p_currency is null or p_currency !~ '^[A-Z]{3}$' then
        perform paycore.refuse('DB400', 'bad-currency', 'currency=' || coalesce(p_currency, ''));
    end if;
    insert into paycore.customer (customer_id, name, kind, currency, created_at)
    values (p_customer, p_name, p_kind, p_currency, p_now) on conflict do nothing;
    if not found then
        perform paycore.refuse('DB409', 'customer-exists', 'customer=' || p_customer);
    end if;
    insert into paycore.balance (account, sub, currency)
    values (case p_kind when 'MERCHANT' then '2220' else '2010' end, p_customer, p_currency);
    status := 201;
    body := paycore.customer_json(p_customer);
    perform paycore.remember(p_actor, p_key, 'customer_create', p_sha, status, body, p_now);
end
$$;
comment on function paycore.customer_create(text, text, bytea, text, text, text, text, timestamptz)
    is 'A customer or merchant with an empty fund account.';

create function paycore.customer_get(p_actor text, p_customer text, out status integer,
    out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_read(p_actor);
    body := paycore.customer_json(p_customer);
    if body is null then
        perform paycore.refuse('DB404', 'customer-unknown',
            'customer=' || coalesce(p_customer, ''));
    end if;
    status := 200;
end
$$;
comment on function paycore.customer_get(text, text) is 'A customer and its balance.';

create function paycore.customer_list(p_actor text, p_cursor text, p_limit integer,
    out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
begin
    perform paycore.must_read(p_actor);
    select json_build_object('items', coalesce(json_agg(
            paycore.customer_json(x.customer_id)::json order by x.customer_id), '[]'),
        'next', case when count(*) = size then max(x.customer_id) end)::text into body
    from (select u.customer_id from paycore.customer u
          where u.customer_id > coalesce(p_cursor, '') order by u.customer_id limit size) x;
    status := 200;
end
$$;
comment on function paycore.customer_list(text, text, integer) is 'A page of customers.';

-- Books money that came in and makes the answer. A reference the account has booked is the same
-- money: with the same content the first answer is given again, with another it is refused.
create function paycore.money_in_book(m paycore.money_in, p_members json, p_now timestamptz)
returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    o paycore.money_in;
    debit text[] := array[m.source, m.source_sub];
    credit text[] := array[m.account, m.sub];
begin
    if m.amount is null or m.amount not between 1 and 1000000000000000 then
        perform paycore.refuse('DB400', 'bad-amount', 'amount=' || coalesce(m.amount::text, ''));
    elsif m.reference is null or m.reference !~ '^[A-Za-z0-9][A-Za-z0-9_./+-]{0,63}$' then
        perform paycore.refuse('DB400', 'bad-reference', 'field=reference');
    end if;
    select * into o from paycore.money_in d
    where d.account = m.account and d.sub = m.sub and d.reference = m.reference;
    if found then
        if (o.event, o.source, o.source_sub, o.amount, o.currency)
            <> (m.event, m.source, m.source_sub, m.amount, m.currency) then
            perform paycore.refuse('DB409', 'reference-exists', 'reference=' || m.reference);
        end if;
        return o.body;
    end if;
    if m.event = 'E0' then -- the account itself is the bank's: it is debited
        debit := array[m.account, m.sub];
        credit := array[m.source, m.source_sub];
    end if;
    m.body := (jsonb_build_object('journal', paycore.post(m.event, null, null, null, null,
            'reference ' || m.reference, debit[1], debit[2], credit[1], credit[2], m.amount,
            m.currency, p_now),
        'event', m.event, 'amount', m.amount, 'currency', m.currency, 'reference', m.reference)
        || p_members::jsonb)::text;
    insert into paycore.money_in values (m.*) on conflict do nothing;
    if not found then -- another brought it meanwhile: asked again, its answer is found
        raise exception using errcode = '40001', message = 'reference-race';
    end if;
    return m.body;
end
$$;
comment on function paycore.money_in_book(paycore.money_in, json, timestamptz) is
    'Books a reference of an account once.';

-- The end of each request that brings money in: it is booked, and its answer kept under the key.
create function paycore.money_in_answer(p_actor text, p_key text, p_operation text, p_sha bytea,
    m paycore.money_in, p_members json, p_now timestamptz, out status integer, out body text)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    status := 201;
    body := paycore.money_in_book(m, p_members, p_now);
    perform paycore.remember(p_actor, p_key, p_operation, p_sha, status, body, p_now);
end
$$;
comment on function paycore.money_in_answer(text, text, text, bytea, paycore.money_in, json,
    timestamptz) is 'Books money that came in and keeps the answer.';

-- E1: a top-up was notified; the money itself is still the channel's to bring.
create function paycore.fund_in(p_actor text, p_key text, p_sha bytea, p_customer text,
    p_channel text, p_amount bigint, p_currency text, p_reference text, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    u paycore.customer;
    m paycore.money_in;
begin
    perform paycore.must(p_actor, 'admin');
    select * into u from paycore.customer c where c.customer_id = p_customer;
    perform from paycore.balance b where b.sub = p_customer for update;
    select * into status, body, replayed from paycore.recall(p_actor, p_key, 'fund_in', p_sha);
    if replayed then
        return;
    elsif u.customer_id is null then
        perform paycore.refuse('DB404', 'customer-unknown',
            'customer=' || coalesce(p_customer, ''));
    elsif not exists (select from core.channel c where c.channel_id = p_channel) then
        perform paycore.refuse('DB404', 'channel-unknown', 'channel=' || coalesce(p_channel, ''));
    elsif p_currency is distinct from u.currency then
        perform paycore.refuse('DB400', 'bad-currency', 'currency=' || coalesce(p_currency, ''));
    end if;
    m := (case u.kind when 'MERCHANT' then '2220' else '2010' end, p_customer, p_reference, 'E1',
        '1130', p_channel, p_amount, p_currency, null);
    select * into status, body from paycore.money_in_answer(p_actor, p_key, 'fund_in', p_sha, m,
        json_build_object('customer', p_customer, 'channel', p_channel), p_now);
end
$$;
comment on function paycore.fund_in(text, text, bytea, text, text, bigint, text, text, timestamptz)
    is 'E1: money of a customer, notified by a channel.';

-- E0: own funds paid into a bank account, which must be one of a channel's: money at an account
-- that no statement tells of would stay in the ledger for ever.
create function paycore.own_funds_in(p_actor text, p_key text, p_sha bytea, p_account text,
    p_amount bigint, p_currency text, p_reference text, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    m paycore.money_in;
begin
    perform paycore.must(p_actor, 'admin');
    select * into status, body, replayed
    from paycore.recall(p_actor, p_key, 'own_funds_in', p_sha);
    if replayed then
        return;
    elsif p_account is null or p_account !~ '^[A-Z0-9][A-Z0-9_.-]{0,63}$' then
        perform paycore.refuse('DB400', 'bad-account', 'field=account');
    elsif not exists (select from paycore.channel_account a where a.account = p_account) then
        perform paycore.refuse('DB404', 'account-unknown', 'account=' || p_account);
    elsif p_currency is null or p_currency !~ '^[A-Z]{3}$' then
        perform paycore.refuse('DB400', 'bad-currency', 'currency=' || coalesce(p_currency, ''));
    end if;
    m := ('1010', p_account, p_reference, 'E0', '3010', p_account, p_amount, p_currency, null);
    select * into status, body from paycore.money_in_answer(p_actor, p_key, 'own_funds_in', p_sha,
        m, json_build_object('account', p_account), p_now);
end
$$;
comment on function paycore.own_funds_in(text, text, bytea, text, bigint, text, text, timestamptz)
    is 'E0: own funds paid into a bank account.';

create function paycore.account_get(p_actor text, p_account text, p_sub text, p_currency text,
    out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_read(p_actor);
    if p_account is null or p_account !~ '^[1-5][0-9]{3}$' then
        perform paycore.refuse('DB404', 'account-unknown', 'account=' || coalesce(p_account, ''));
    end if;
    status := 200;
    body := json_build_object('account', p_account, 'sub', p_sub, 'currency', p_currency,
        'balance', paycore.account_balance(p_account, p_sub, p_currency))::text;
end
$$;
comment on function paycore.account_get(text, text, text, text) is
    'The balance of an account, debit positive.';

create function paycore.channel_json(p_channel text) returns text
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select json_build_object('id', c.channel_id, 'currency', c.currency, 'url', b.url,
        'accounts', array(
            select a.account from paycore.channel_account a
            where a.channel_id = c.channel_id order by a.account),
        'ladder_base_s', c.ladder_base_s, 'ladder_count', c.ladder_count,
        'follow_up_s', c.follow_up_s, 'not_after_s', c.not_after_s,
        'not_after_enforced', c.not_after_enforced, 'idempotent', c.idempotent,
        'not_found_final_s', c.not_found_final_s, 'answer_timeout_ms', c.answer_timeout_ms,
        'utc_offset_s', extract(epoch from c.utc_offset)::integer,
        'cutoff', to_char(c.cutoff, 'HH24:MI'), 'version', c.version)::text
    from core.channel c join paycore.channel_bank b on b.channel_id = c.channel_id
    where c.channel_id = p_channel;
end;
comment on function paycore.channel_json(text) is 'A channel''s settings as the contract has them.';

-- What a channel is set to; words that are absent keep their value, a new channel the default.
create function paycore.channel_merge(c core.channel, p_set jsonb) returns core.channel
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    c.currency := coalesce(p_set ->> 'currency', c.currency);
    c.ladder_base_s := coalesce((p_set ->> 'ladder_base_s')::integer, c.ladder_base_s, 2);
    c.ladder_count := coalesce((p_set ->> 'ladder_count')::integer, c.ladder_count, 8);
    c.follow_up_s := case jsonb_typeof(p_set -> 'follow_up_s')
        when 'array' then array(
            select v::integer from jsonb_array_elements_text(p_set -> 'follow_up_s') v)
        when 'string' then string_to_array(p_set ->> 'follow_up_s', ',')::integer[]
        else coalesce(c.follow_up_s, '{3600,86400}') end;
    c.not_after_s := coalesce((p_set ->> 'not_after_s')::integer, c.not_after_s, 300);
    c.not_after_enforced := coalesce((p_set ->> 'not_after_enforced')::boolean,
        c.not_after_enforced, false);
    c.idempotent := coalesce((p_set ->> 'idempotent')::boolean, c.idempotent, false);
    c.not_found_final_s := coalesce((p_set ->> 'not_found_final_s')::integer,
        c.not_found_final_s, 86400);
    c.answer_timeout_ms := coalesce((p_set ->> 'answer_timeout_ms')::integer,
        c.answer_timeout_ms, 10000);
    c.utc_offset := coalesce(make_interval(secs => (p_set ->> 'utc_offset_s')::integer),
        c.utc_offset, interval '8 hours');
    c.cutoff := coalesce((p_set ->> 'cutoff')::time, c.cutoff, time '24:00');
    c.version := coalesce(c.version, 0) + 1;
    return c;
end
$$;
comment on function paycore.channel_merge(core.channel, jsonb) is
    'A channel with some of its settings changed.';

-- Which accounts are ours there. An account is one channel's; one that was another's stays its.
create function paycore.channel_accounts(p_channel text, p_accounts jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    wanted constant text[] := case jsonb_typeof(p_accounts)
        when 'array' then array(select jsonb_array_elements_text(p_accounts))
        when 'string' then string_to_array(p_accounts #>> '{}', ',') end;
begin
    if wanted is null or cardinality(wanted) > 8 then
        perform paycore.refuse('DB400', 'bad-channel', 'field=accounts');
    end if;
    delete from paycore.channel_account a
    where a.channel_id = p_channel and a.account <> all (wanted);
    insert into paycore.channel_account (account, channel_id)
    select distinct w, p_channel from unnest(wanted) w on conflict (account) do nothing;
    if exists (select from paycore.channel_account a
               where a.account = any (wanted) and a.channel_id <> p_channel) then
        perform paycore.refuse('DB409', 'account-taken', 'channel=' || p_channel);
    end if;
end
$$;
comment on function paycore.channel_accounts(text, jsonb) is
    'Our own accounts at a channel''s bank.';

create function paycore.channel_write(p_channel text, p_set jsonb, p_now timestamptz)
returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    c core.channel;
    word text;
begin
    if p_channel is null or p_channel !~ '^[A-Z][A-Z0-9_-]{1,15}$'
        or jsonb_typeof(p_set) is distinct from 'object' then
        perform paycore.refuse('DB400', 'bad-channel', 'field=id');
    end if;
    select * into c from core.channel d where d.channel_id = p_channel for update;
    select k into word from jsonb_object_keys(p_set) k where k <> all (array['currency', 'url',
        'accounts', 'ladder_base_s', 'ladder_count', 'follow_up_s', 'not_after_s',
        'not_after_enforced', 'idempotent', 'not_found_final_s', 'answer_timeout_ms',
        'utc_offset_s', 'cutoff']) limit 1;
    if word is not null or c.currency is not null and p_set ? 'currency'
        and p_set ->> 'currency' <> c.currency then
        perform paycore.refuse('DB400', 'bad-channel', 'field=' || coalesce(word, 'currency'));
    elsif c.channel_id is null and not p_set ? 'accounts' then
        -- Every line of its statements would be refused. No accounts at all is said by an empty
        -- list: the bank writes no statements.
        perform paycore.refuse('DB400', 'bad-channel', 'field=accounts');
    end if;
    c.channel_id := p_channel;
    begin
        c := paycore.channel_merge(c, p_set);
        c.since := coalesce(c.since, (p_now at time zone c.utc_offset)::date);
        insert into core.channel values (c.*)
        on conflict (channel_id) do update set ladder_base_s = excluded.ladder_base_s,
            ladder_count = excluded.ladder_count, follow_up_s = excluded.follow_up_s,
            not_after_s = excluded.not_after_s, not_after_enforced = excluded.not_after_enforced,
            idempotent = excluded.idempotent, not_found_final_s = excluded.not_found_final_s,
            answer_timeout_ms = excluded.answer_timeout_ms, utc_offset = excluded.utc_offset,
            cutoff = excluded.cutoff, version = excluded.version;
        if p_set ? 'url' then
            insert into paycore.channel_bank (channel_id, url) values (p_channel, p_set ->> 'url')
            on conflict (channel_id) do update set url = excluded.url;
        end if;
        if p_set ? 'accounts' then
            perform paycore.channel_accounts(p_channel, p_set -> 'accounts');
        end if;
    exception
        when check_violation or not_null_violation or data_exception then
            perform paycore.refuse('DB400', 'bad-channel', 'field=settings');
    end;
    if not exists (select from paycore.channel_bank b where b.channel_id = p_channel) then
        perform paycore.refuse('DB400', 'bad-channel', 'field=url');
    end if;
    return c.version;
end
$$;
comment on function paycore.channel_write(text, jsonb, timestamptz) is
    'Makes a channel or changes what is said of it.';

-- Makes a channel (version 0) or changes one (its version).
create function paycore.channel_put(p_actor text, p_key text, p_sha bytea, p_channel text,
    p_version integer, p_set jsonb, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    now_version integer;
begin
    perform paycore.must(p_actor, 'admin');
    select d.version into now_version from core.channel d where d.channel_id = p_channel
    for update;
    select * into status, body, replayed from paycore.recall(p_actor, p_key, 'channel_put', p_sha);
    if replayed then
        return;
    elsif coalesce(now_version, 0) <> coalesce(p_version, 0) then
        perform paycore.refuse('DB412', 'version-stale',
            format('channel=%s version=%s', p_channel, coalesce(now_version, 0)));
    end if;
    status := case paycore.channel_write(p_channel, p_set, p_now) when 1 then 201 else 200 end;
    body := paycore.channel_json(p_channel);
    perform paycore.remember(p_actor, p_key, 'channel_put', p_sha, status, body, p_now);
end
$$;
comment on function paycore.channel_put(text, text, bytea, text, integer, jsonb, timestamptz) is
    'Makes a channel or changes its settings.';

-- The same for the database's owner, who needs no client; values may be texts.
create function paycore.channel_set(p_channel text, p_set jsonb, p_now timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.channel_write(p_channel, p_set, p_now);
end
$$;
comment on function paycore.channel_set(text, jsonb, timestamptz) is
    'Makes a channel or changes its settings; the owner''s.';

create function paycore.channel_get(p_actor text, p_channel text, out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_read(p_actor);
    body := paycore.channel_json(p_channel);
    if body is null then
        perform paycore.refuse('DB404', 'channel-unknown', 'channel=' || coalesce(p_channel, ''));
    end if;
    status := 200;
end
$$;
comment on function paycore.channel_get(text, text) is 'A channel''s settings.';

create function paycore.channel_list(p_actor text, out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_read(p_actor);
    select json_build_object('items', coalesce(json_agg(
        paycore.channel_json(c.channel_id)::json order by c.channel_id), '[]'))::text into body
    from core.channel c;
    status := 200;
end
$$;
comment on function paycore.channel_list(text) is 'All channels.';

grant execute on function
    paycore.customer_create(text, text, bytea, text, text, text, text, timestamptz),
    paycore.customer_get(text, text), paycore.customer_list(text, text, integer),
    paycore.fund_in(text, text, bytea, text, text, bigint, text, text, timestamptz),
    paycore.own_funds_in(text, text, bytea, text, bigint, text, text, timestamptz),
    paycore.account_get(text, text, text, text),
    paycore.channel_put(text, text, bytea, text, integer, jsonb, timestamptz),
    paycore.channel_get(text, text), paycore.channel_list(text) to g_core;
reset role;
revoke create on schema paycore from def_core;
