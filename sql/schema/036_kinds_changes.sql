-- Kinds of requests that post nothing: a day ends for good, evidence stands for a statement, and
-- who may do what. What they set stands in their documents, as `changes`.
grant create on schema paycore to def_core;
set local role def_core;

-- Which channels a day is closed for.
create function paycore.day_channels(p_channel text) returns setof core.channel
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select c.* from core.channel c where p_channel in ('-', c.channel_id);
end;
comment on function paycore.day_channels(text) is 'A channel, or all.';

-- Payouts of a day that nobody knows the end of yet.
create function paycore.day_open_ends(p_channel text, p_day date) returns setof text
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select core.payment_no(p.payment_id) from core.payment p
    where p.payment_id >= core.first_id(p_day) and p.payment_id < core.first_id(p_day + 1)
        and p.customer_id is not null and p_channel in ('-', p.channel_id)
        and p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN')
    order by p.payment_id;
end;
comment on function paycore.day_open_ends(text, date) is
    'Payouts of a day that are still open, in their order.';

create function paycore.day_fault(p_channel text, p_day text, p_now timestamptz)
returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    wanted date;
    open text[];
    broken text;
begin
    if p_day is null or p_day !~ '^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$' then
        return array['DB400', 'bad-request', 'field=day'];
    end if;
    wanted := p_day;
    if wanted >= paycore.ledger_day(p_now) or exists (
        select from paycore.day_channels(p_channel) c
        where wanted >= (p_now at time zone c.utc_offset)::date) then
        return array['DB409', 'day-running', 'day=' || wanted];
    elsif not exists (select from paycore.day_channels(p_channel) c where not exists (
            select from core.closed_day d
            where d.channel_id = c.channel_id and d.day = wanted)) then
        return array['DB409', 'day-closed-already', 'day=' || wanted];
    end if;
    open := array(select paycore.day_open_ends(p_channel, wanted));
    if cardinality(open) > 0 then
        return array['DB409', 'day-open-ends', format('day=%s count=%s list=%s', wanted,
            cardinality(open), array_to_string(open[1:20], ','))];
    end if;
    select string_agg(distinct i.name, ',' order by i.name) into broken
    from paycore.invariant_faults(p_now) i where i.name <> 'I11';
    if broken is not null then
        return array['DB409', 'day-open-ends', format('day=%s count=%s list=%s', wanted,
            cardinality(string_to_array(broken, ',')), broken)];
    end if;
    return null;
exception
    when data_exception then
        return array['DB400', 'bad-request', 'field=day'];
end
$$;
comment on function paycore.day_fault(text, text, timestamptz) is
    'Why a day cannot end: it runs, it has ended, or something of it is open.';

-- The day is locked for its channels. No posting is ever dated back, so that what comes of it later
-- is posted in the open day; the ledger's own days before today end with it.
create function paycore.effect_day_close(p_request text, p_channel text, p_facts paycore.fact[],
    p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    f paycore.fact;
    closed integer;
begin
    perform from paycore.business_lock l for update;
    foreach f in array p_facts loop
        perform paycore.must_not(paycore.day_fault(p_channel, f.words ->> 'day', p_now));
        insert into core.closed_day (channel_id, day, request_id, closed_at)
        select c.channel_id, (f.words ->> 'day')::date, p_request, p_now
        from paycore.day_channels(p_channel) c
        on conflict do nothing;
        get diagnostics closed = row_count;
        insert into paycore.request_word (request_id, part, item_no, seq, words)
        select p_request, 'change', f.item_no, row_number() over (order by d.channel_id),
            format('day-closed %s %s', d.day, d.channel_id)
        from core.closed_day d
        where d.request_id = p_request and d.day = (f.words ->> 'day')::date;
    end loop;
    perform paycore.items_rest(p_request, p_facts, array_fill(0::bigint,
        array[cardinality(p_facts)]), false);
    perform paycore.days_end(paycore.ledger_day(p_now), p_now);
end
$$;
comment on function paycore.effect_day_close(text, text, paycore.fact[], timestamptz) is
    'DAY_CLOSE: no reopening.';

-- A payout of a channel without statements counts as paid (rule B5): it is known, no money moves.
create function paycore.effect_evidence_close(p_request text, p_channel text,
    p_facts paycore.fact[], p_actor text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, coalesce(paycore.fact_fault(f, p_channel, array['payout', 'evidence']),
            case when coalesce(f.words ->> 'classes', '') !~ '^E[1-5](,E[1-5])*$'
                or f.object <> f.no
                then array['DB400', 'bad-request', 'field=classes']
            when f.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN')
                then array['DB409', 'not-definite', format('id=%s state=%s', f.no, f.state)]
            when f.state not in ('PRESUMED_PAID', 'PAID')
                then array['DB409', 'illegal-edge',
                    format('kind=payment from=%s to=PAID', f.state)]
            when exists (select from core.execution_item i
                    join core.execution e on e.request_id = i.request_id
                    where i.object = f.no and e.kind = 'EVIDENCE_CLOSE')
                then array['DB409', 'closed-already', 'id=' || f.no] end) as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select f.amount from unnest(p_facts) f order by f.item_no), true);
    perform paycore.words_keep(p_request, 'change', f.item_no, 1, format('evidence-close %s %s',
        f.no, paycore.word(f.words ->> 'classes', ',')))
    from unnest(p_facts) f;
    perform paycore.moves_plan(p_request, f.item_no, f.payment_id, f.state, f.version,
        array['PAID'], p_now)
    from unnest(p_facts) f where f.state = 'PRESUMED_PAID';
    perform paycore.moves_make(p_request, p_actor, p_now);
end
$$;
comment on function paycore.effect_evidence_close(text, text, paycore.fact[], text, timestamptz) is
    'EVIDENCE_CLOSE: a payout counts as paid.';

-- The line that an item of the policy sets; null where a word is missing.
create function paycore.policy_words(p_kind text, w jsonb) returns text
language sql stable set search_path = pg_catalog, pg_temp
return (
    select string_agg(case x.n when 1 then x.name else paycore.word(w ->> x.name, ',*=') end, ' '
        order by x.n)
    from unnest(case
        when p_kind in ('OPERATOR_ENROL', 'OPERATOR_CHANGE')
            then array['operator', 'login', 'person', 'roles', 'channels', 'key']
        when p_kind = 'OPERATOR_KEYS' then array['operator-key', 'login', 'key']
        when p_kind = 'OPERATOR_REVOKE' then array['operator-revoke', 'login']
        when w ->> 'what' = 'tier' then array['tier', 'kind', 'currency', 'from', 'checkers']
        when w ->> 'what' = 'tier-remove' then array['tier-remove', 'kind', 'currency', 'from']
        when w ->> 'what' = 'cap' then array['cap', 'part', 'currency', 'limit']
        when w ->> 'what' = 'cap-remove' then array['cap-remove', 'part', 'currency']
        end) with ordinality x (name, n)
    having bool_and(x.n = 1 or coalesce(w ->> x.name, '') <> ''));
comment on function paycore.policy_words(text, jsonb) is
    'What an item of the policy sets, as its document has it.';

-- Executed ones count in their order, so that one at a time is executed.
create function paycore.effect_policy(p_request text, p_kind text, p_facts paycore.fact[])
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform from paycore.business_lock l for update;
    perform paycore.must_not((
        select array['DB400', 'bad-request', format('item=%s field=words', f.item_no)]
        from unnest(p_facts) f
        where paycore.policy_words(p_kind, f.words) is null order by f.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array_fill(0::bigint,
        array[cardinality(p_facts)]), false);
    perform paycore.words_keep(p_request, 'change', f.item_no, 1,
        paycore.policy_words(p_kind, f.words))
    from unnest(p_facts) f;
end
$$;
comment on function paycore.effect_policy(text, text, paycore.fact[]) is
    'TIER_CHANGE and OPERATOR_*: what the policy reads.';
reset role;
revoke create on schema paycore from def_core;
