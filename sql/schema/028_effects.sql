-- What requests are made of: the facts that an item names, and how postings, moves and what they
-- rest on are written, each as one statement for all items. 029 has the kinds.
grant create on schema paycore to def_core;
set local role def_core;

-- An item with all that its kind may have to know: payout, statement line, suspense.
create type paycore.fact as (
    item_no integer, object text, words jsonb,
    payment_id bigint, no text, state text, version integer, amount bigint, currency text,
    channel_id text, batch_no text, customer_id text,
    fund text,                   -- the customer's account
    clearing text,               -- where the payout's money lies while it is under way
    held text,                   -- 2240 or 2230, where it lies once it has failed or come back
    sent boolean,
    under_way boolean,           -- its money lies in clearing
    settled boolean,             -- a statement line was posted for it
    sha256 bytea, line_no bigint, account text, value_date date, line_amount bigint,
    line_currency text,
    ours boolean,                -- the line's account is the channel's
    told text,                   -- the event of the line's posting; '' where it has none yet
    susp_account text, susp_left bigint, susp_currency text, susp_version integer,
    susp_channel text            -- of the request that put it there
);

create function paycore.facts(p_request text, p_channel text) returns setof paycore.fact
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    ids constant bigint[] := array(select i.payment_id from paycore.request_item i
        where i.request_id = p_request and i.payment_id is not null);
begin
    return query
    select i.item_no, i.object, i.words, p.payment_id, core.payment_no(i.payment_id),
        p.state::text, p.version, p.amount::bigint, p.currency, p.channel_id, p.batch_no::text,
        p.customer_id,
        case u.kind when 'MERCHANT' then '2220' else '2010' end,
        p.channel_id || case when p.presumed_at is not null then '.PRESUMED' else '.SENT' end,
        case when p.state = 'RETURNED' then '2230' else '2240' end, p.sent_at is not null,
        exists (select from paycore.work w where w.payment_id = p.payment_id),
        exists (select from core.journal j
                where j.payment_id = p.payment_id and j.event in ('E14', 'E19') and not exists (
                    select from core.journal r where r.reverses = j.journal_id)),
        i.sha256, i.line_no, i.account, i.value_date, i.line_amount, i.line_currency,
        exists (select from paycore.channel_account a
                where a.account = i.account and a.channel_id = p_channel),
        case when exists (select from paycore.statement_line l
                          where l.sha256 = i.sha256 and l.line_no = i.line_no)
            then coalesce((select j.event::text from core.journal j
                           where j.file_sha256 = i.sha256 and j.line_no = i.line_no
                           order by j.journal_id limit 1), 'other') else '' end,
        s.account, s.left_amount, s.currency::text, s.version,
        (select r.channel_id
         from core.posting g
         join core.journal j on j.journal_id = g.journal_id
         join paycore.request r on r.request_id = j.request_id
         where g.account = s.account and g.sub = s.exception and g.currency = s.currency
         order by g.journal_id limit 1)
    from paycore.request_item i
    left join core.payment p on p.payment_id = i.payment_id and p.payment_id = any (ids)
        and p.customer_id is not null
    left join paycore.customer u on u.customer_id = p.customer_id
    left join paycore.suspense s on s.exception = i.object
    where i.request_id = p_request
    order by i.item_no;
end
$$;
comment on function paycore.facts(text, text) is 'The items of a request and what they name.';

-- Locks what the items name, in one order for everybody.
create function paycore.items_lock(p_request text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    ids constant bigint[] := array(select i.payment_id from paycore.request_item i
        where i.request_id = p_request and i.payment_id is not null);
begin
    perform from core.payment p where p.payment_id = any (ids) order by p.payment_id for update;
    perform from paycore.suspense s
    where s.exception in (select i.object from paycore.request_item i
                          where i.request_id = p_request)
    order by s.exception for update;
end
$$;
comment on function paycore.items_lock(text) is 'Locks payouts and suspense of a request.';

-- What an item lacks, as code, word and detail; null: nothing. p_need: payout, line, debit, credit,
-- evidence, 1310, 2310.
create function paycore.fact_fault(f paycore.fact, p_channel text, p_need text[]) returns text[]
language sql stable set search_path = pg_catalog, pg_temp
return case
    when 'payout' = any (p_need) and f.no is null
        then array['DB400', 'payout-needed', format('id=%s kind=%1$s', f.object)]
    when 'payout' = any (p_need) and f.payment_id is null
        then array['DB404', 'payout-unknown', 'id=' || f.no]
    when 'payout' = any (p_need) and f.channel_id <> p_channel
        then array['DB409', 'channel-differs', format('id=%s channel=%s', f.no, f.channel_id)]
    when 'evidence' = any (p_need) and coalesce(f.words ->> 'evidence', '') = ''
        then array['DB409', 'evidence-needed', 'id=' || coalesce(f.no, f.object)]
    when array['line', 'debit', 'credit'] && p_need and (f.sha256 is null or f.line_no is null
        or f.account is null or f.line_amount is null or f.line_currency is null
        or f.value_date is null)
        or 'debit' = any (p_need) and f.line_amount > 0
        or 'credit' = any (p_need) and f.line_amount < 0
        then array['DB400', 'line-needed', format('id=%s kind=%1$s', f.object)]
    when array['line', 'debit', 'credit'] && p_need and not f.ours
        then array['DB409', 'account-differs', format('id=%s account=%s', f.object, f.account)]
    when array['line', 'debit', 'credit'] && p_need and f.told <> ''
        then array['DB409', 'told-already', format('id=%s line=%s', f.object, f.line_no)]
    when array['1310', '2310'] && p_need and (coalesce(f.susp_left, 0) = 0
        or not f.susp_account = any (p_need))
        then array['DB409', 'suspense-needed', 'id=' || f.object]
    when array['1310', '2310'] && p_need and f.susp_channel is distinct from p_channel
        then array['DB409', 'channel-differs', format('id=%s channel=%s', f.object,
            f.susp_channel)]
end;
comment on function paycore.fact_fault(paycore.fact, text, text[]) is
    'What an item lacks for its kind.';

create function paycore.must_not(p_fault text[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
    if p_fault is not null then
        perform paycore.refuse(p_fault[1], p_fault[2], p_fault[3]);
    end if;
end
$$;
comment on function paycore.must_not(text[]) is 'Refuses for a fault, if there is one.';

create function paycore.words_keep(p_request text, p_part text, p_item integer, p_seq integer,
    p_words text) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into paycore.request_word (request_id, part, item_no, seq, words)
    values (p_request, p_part, p_item, p_seq, p_words);
end;
comment on function paycore.words_keep(text, text, integer, integer, text) is
    'One line of basis or changes.';

-- What an item comes to: its amount, and what it rests on.
create function paycore.items_rest(p_request text, p_facts paycore.fact[], p_amounts bigint[],
    p_payouts boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into core.execution_item (request_id, item_no, object, amount)
    select p_request, f.item_no, f.object, p_amounts[f.item_no] from unnest(p_facts) f;
    insert into paycore.request_word (request_id, part, item_no, seq, words)
    select p_request, 'basis', f.item_no, 1, f.no || ' ' || f.version
    from unnest(p_facts) f where p_payouts and f.payment_id is not null
    union all
    select p_request, 'basis', f.item_no, 2, paycore.word(f.object) || ' ' || f.susp_version
    from unnest(p_facts) f where f.susp_version is not null;
end
$$;
comment on function paycore.items_rest(text, paycore.fact[], bigint[], boolean) is
    'Items with their amounts and the versions they rest on.';

-- A posting of a request: seq counts the journals of an item, no the postings of a journal.
create type paycore.entry as (
    item_no integer, seq integer, no smallint, event text, payment_id bigint, batch_no text,
    sha256 bytea, line_no bigint, reverses bigint, account text, sub text, currency text,
    amount bigint
);

-- Two postings, one debited, one credited; none where the amount is nothing.
create function paycore.pair(p_item integer, p_seq integer, p_event text, p_payment bigint,
    p_debit text, p_debit_sub text, p_credit text, p_credit_sub text, p_currency text,
    p_amount bigint, p_sha bytea default null, p_line bigint default null,
    p_batch text default null, p_reverses bigint default null) returns setof paycore.entry
language sql immutable
begin atomic
    select p_item, p_seq, v.no, p_event, p_payment, p_batch, p_sha, p_line, p_reverses, v.account,
        v.sub, p_currency, v.amount
    from (values (1::smallint, p_debit, p_debit_sub, p_amount),
        (2::smallint, p_credit, p_credit_sub, - p_amount)) v (no, account, sub, amount)
    where p_amount > 0;
end;
comment on function paycore.pair(integer, integer, text, bigint, text, text, text, text, text,
    bigint, bytea, bigint, text, bigint) is 'The two postings of a journal.';

-- Posts all journals of a request in the order of its items. An event that a payout had before is
-- another cycle of it, but what happens once for ever has one.
create function paycore.entries_post(p_request text, p_entries paycore.entry[],
    p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into core.journal (business_date, event, payment_id, cycle, batch_no, file_sha256,
        line_no, cause, posted_at, request_id, number, reverses)
    select paycore.ledger_day(p_now), e.event, e.payment_id,
        case when e.event in ('E14', 'E15') and e.payment_id is not null then 1 + (
            select count(*) from core.journal o
            where o.payment_id = e.payment_id and o.event = e.event) else 1 end,
        e.batch_no, e.sha256, e.line_no, 'request ' || p_request, p_now, p_request,
        row_number() over (order by e.item_no, e.seq), e.reverses
    from unnest(p_entries) e where e.no = 1
    order by e.item_no, e.seq;
    insert into core.posting (journal_id, posting_no, account, sub, currency, amount)
    select j.journal_id, e.no, e.account, e.sub, e.currency, e.amount
    from (select d.*, dense_rank() over (order by d.item_no, d.seq) as number
          from unnest(p_entries) d) e
    join core.journal j on j.request_id = p_request and j.number = e.number
    order by j.number, e.no;
end
$$;
comment on function paycore.entries_post(text, paycore.entry[], timestamptz) is
    'Posts the journals of a request.';

-- Lines that these items bring: each moves money once.
create function paycore.lines_take(p_request text, p_facts paycore.fact[]) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into paycore.statement_line (sha256, line_no, amount, currency, account, request_id)
    select f.sha256, f.line_no, f.line_amount, f.line_currency, f.account, p_request
    from unnest(p_facts) f;
end;
comment on function paycore.lines_take(text, paycore.fact[]) is
    'Statement lines that a request posts.';

-- The steps that a payout goes, from where it stands through p_path.
create function paycore.moves_plan(p_request text, p_item integer, p_payment bigint,
    p_from text, p_version integer, p_path text[], p_moved_at timestamptz) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into paycore.signed_move (request_id, item_no, step, payment_id, from_state, to_state,
        version, moved_at)
    select p_request, p_item, s.n, p_payment,
        case s.n when 1 then p_from else p_path[s.n - 1] end, s.state, p_version + s.n - 1,
        case when s.state in ('PAID', 'RECONCILED', 'RETURNED') then p_moved_at end
    from unnest(p_path) with ordinality s (state, n);
end;
comment on function paycore.moves_plan(text, integer, bigint, text, integer, text[], timestamptz) is
    'What a request moves a payout through.';

-- Moves the payouts of a request, step by step, with their events; then the worker's rows are those
-- of the payouts whose money lies in clearing.
-- Joined by hash: a loop would look through all ids again for each of them.
create function paycore.moves_make(p_request text, p_actor text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_nestloop = off as $$
declare
    ids constant bigint[] := array(select distinct m.payment_id from paycore.signed_move m
        where m.request_id = p_request);
    planned integer;
    moved integer;
    steps integer;
begin
    select coalesce(max(m.step), 0) into steps from paycore.signed_move m
    where m.request_id = p_request;
    for s in 1..steps loop
        select count(*) into planned from paycore.signed_move m
        where m.request_id = p_request and m.step = s;
        update core.payment p set state = m.to_state, next_query_at = null,
            moved_at = coalesce(p.moved_at, m.moved_at)
        from paycore.signed_move m
        where m.request_id = p_request and m.step = s and p.payment_id = any (ids)
            and m.payment_id = p.payment_id and m.version = p.version
            and m.from_state = p.state;
        get diagnostics moved = row_count;
        if moved <> planned then
            perform paycore.refuse('DB412', 'stale', format('id=%s object=moves', p_request));
        end if;
        insert into core.payment_event (payment_id, at, kind, from_state, state, cause, as_of,
            actor, hash)
        select m.payment_id, p_now, 'state', m.from_state, m.to_state, 'request ' || p_request,
            m.moved_at, p_actor, paycore.event_hash(
                (select e.hash from core.payment_event e where e.payment_id = m.payment_id
                 order by e.event_id desc limit 1),
                m.payment_id, p_now, 'state', m.from_state, m.to_state, 'request ' || p_request,
                m.moved_at, p_actor)
        from paycore.signed_move m
        where m.request_id = p_request and m.step = s order by m.item_no;
    end loop;
    delete from paycore.work w where w.payment_id = any (array(
        select m.payment_id from paycore.signed_move m
        where m.request_id = p_request and m.to_state in ('NOT_PAID', 'RECONCILED')));
    insert into paycore.work as w (payment_id, channel_id, task, due_at)
    select p.payment_id, p.channel_id, 'WAIT', 'infinity' from core.payment p
    where p.payment_id = any (ids) and (p.state = 'PAID' or p.state = 'RETURNED'
        and exists (select from paycore.work o where o.payment_id = p.payment_id))
    on conflict (payment_id) do update set task = 'WAIT', due_at = 'infinity', asked_by = null,
        lease_owner = null, lease_until = null;
end
$$;
comment on function paycore.moves_make(text, text, timestamptz) is
    'Moves the payouts of a request along edges that it names.';
create function paycore.effect_entries(p_request text, p_kind text, p_channel text,
    p_facts paycore.fact[], p_actor text, p_now timestamptz) returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    case p_kind
        when 'SUSPEND' then
            return paycore.effect_suspend(p_request, p_channel, p_facts, p_actor, p_now);
        when 'WRITE_OFF_LOSS', 'WRITE_OFF_GAIN' then
            return paycore.effect_write_off(p_request, p_channel, p_facts, p_kind);
        when 'RECALL' then
            return paycore.effect_recall(p_request, p_channel, p_facts);
        when 'CREDIT_BACK' then
            return paycore.effect_credit_back(p_request, p_channel, p_facts, p_actor,
                p_now);
        when 'REPAY' then
            return paycore.effect_repay(p_request, p_channel, p_facts, p_actor, p_now);
        when 'BOOK_LATE' then
            return paycore.effect_book_late(p_request, p_channel, p_facts, p_actor, p_now);
        when 'LINK_RETURN' then
            return paycore.effect_link_return(p_request, p_channel, p_facts, p_actor, p_now);
        when 'CORRECT_STATUS' then
            return paycore.effect_correct_status(p_request, p_channel, p_facts, p_actor, p_now);
        when 'ACCEPT_FEE' then
            return paycore.effect_accept_fee(p_request, p_channel, p_facts);
        when 'CLAIM_FEE' then
            return paycore.effect_claim_fee(p_request, p_channel, p_facts);
        when 'REVERSE' then
            return paycore.effect_reverse(p_request, p_channel, p_facts);
        when 'DAY_CLOSE' then
            perform paycore.effect_day_close(p_request, p_channel, p_facts, p_now);
        when 'EVIDENCE_CLOSE' then
            perform paycore.effect_evidence_close(p_request, p_channel, p_facts, p_actor, p_now);
        when 'TIER_CHANGE', 'OPERATOR_ENROL', 'OPERATOR_CHANGE', 'OPERATOR_REVOKE',
            'OPERATOR_KEYS' then
            perform paycore.effect_policy(p_request, p_kind, p_facts);
        else
            perform paycore.refuse('DB400', 'bad-request', 'field=kind');
    end case;
    return '{}';
end
$$;
comment on function paycore.effect_entries(text, text, text, paycore.fact[], text, timestamptz) is
    'What a kind plans and posts.';

-- Does everything that a request of this kind does, and tells it as its document must have it.
create function paycore.request_effect(p_request text, p_kind text, p_channel text,
    p_items jsonb, p_actor text, p_now timestamptz) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if p_channel is distinct from '-' and not exists (
        select from core.channel c where c.channel_id = p_channel) then
        perform paycore.refuse('DB404', 'channel-unknown', 'channel=' || coalesce(p_channel, ''));
    end if;
    perform paycore.items_take(p_request, p_items);
    perform paycore.items_lock(p_request);
    perform paycore.entries_post(p_request, paycore.effect_entries(p_request, p_kind, p_channel,
        array(select f from paycore.facts(p_request, p_channel) f), p_actor, p_now), p_now);
    return paycore.effect_text(p_request);
end
$$;
comment on function paycore.request_effect(text, text, text, jsonb, text, timestamptz) is
    'Does what a request says, and tells it.';
reset role;
revoke create on schema paycore from def_core;
