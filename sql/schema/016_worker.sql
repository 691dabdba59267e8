-- What the worker takes and what it brings back (rule B3): intent, lease with an epoch, not-after,
-- every record only by the epoch that holds the lease.
grant create on schema paycore to def_core;
set local role def_core;

-- All that the worker needs to know of a payout it took.
create type paycore.task as (
    payment_id bigint,
    payment_no text,             -- the reference for the bank
    task text,                   -- SEND or ASK
    epoch integer,
    version integer,
    state text,
    channel_id text,
    url text,
    order_no text,
    mode text,
    batch_no text,
    amount bigint,
    currency text,
    payee_name text,
    payee_account text,
    bank_ref text,
    sent_at timestamptz,
    not_after timestamptz,
    accepted_at timestamptz,
    moved_at timestamptz,
    presumed_at timestamptz,
    queries integer,
    next_query_at timestamptz,
    ladder_stopped boolean,
    asked_by text,               -- who said "query now", else null
    ladder_base_s integer,
    ladder_count integer,
    follow_up_s integer[],
    not_after_s integer,
    not_after_enforced boolean,
    idempotent boolean,
    not_found_final_s integer,
    answer_timeout_ms integer,
    request_id text              -- the signed request of a payout that pays another again
);

create function paycore.tasks(p_ids bigint[], p_task text) returns setof paycore.task
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select p.payment_id, core.payment_no(p.payment_id), p_task, w.epoch, p.version,
        p.state::text,
        p.channel_id, b.url, p.order_no, p.mode::text, p.batch_no, p.amount::bigint, p.currency,
        p.payee_name,
        p.payee_account, p.bank_ref, p.sent_at, p.not_after, p.accepted_at, p.moved_at,
        p.presumed_at, p.queries, p.next_query_at, p.ladder_stopped, w.asked_by,
        c.ladder_base_s, c.ladder_count, c.follow_up_s, c.not_after_s, c.not_after_enforced,
        c.idempotent, c.not_found_final_s, c.answer_timeout_ms, w.request_id
    from unnest(p_ids) with ordinality as i (payment_id, n)
    join core.payment p on p.payment_id = i.payment_id
    join paycore.work w on w.payment_id = i.payment_id
    join core.channel c on c.channel_id = p.channel_id
    join paycore.channel_bank b on b.channel_id = p.channel_id
    where p.payment_id = any (p_ids) -- says which partitions
    order by i.n;
end
$$;
comment on function paycore.tasks(bigint[], text) is 'Payouts as the worker sees them.';

-- Takes payouts to send: each once for ever (core.payment_facts lets sent_at be set once). Should
-- the sender die, the ladder asks when its lease is over; nobody sends again.
create function paycore.sends_take(p_worker text, p_now timestamptz, p_limit integer,
    p_lease_s integer) returns setof paycore.task
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    ids bigint[];
    until constant timestamptz := p_now + make_interval(secs => p_lease_s);
begin
    with due as (
        select w.payment_id from paycore.work w
        where w.task = 'SEND' and w.due_at <= p_now
        order by w.due_at limit least(p_limit, 1000) for update skip locked),
    taken as (
        update paycore.work w set task = 'ASK', epoch = w.epoch + 1, lease_owner = p_worker,
            lease_until = until, taken_at = p_now, due_at = until
        from due where w.payment_id = due.payment_id
        returning w.payment_id)
    select array_agg(t.payment_id order by t.payment_id) into ids from taken t;
    if ids is null then
        return;
    end if;
    update core.payment p set epoch = 1, sent_at = p_now, next_query_at = until,
        not_after = p_now + make_interval(secs => c.not_after_s)
    from core.channel c
    where p.payment_id = any (ids) and c.channel_id = p.channel_id;
    return query select * from paycore.tasks(ids, 'SEND');
end
$$;
comment on function paycore.sends_take(text, timestamptz, integer, integer) is
    'Payouts that this worker, and nobody else ever, may send.';

-- Asked right before the first byte: still this sender's, and the bank may still pay.
create function paycore.send_mine(p_id bigint, p_epoch integer, p_now timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return exists (
        select from paycore.work w
        where w.payment_id = p_id and w.epoch = p_epoch and w.lease_until > p_now)
        and exists (
        select from core.payment p
        where p.payment_id = p_id and p.state = 'SUBMITTED' and p.epoch = p_epoch
            and p_now < p.not_after);
end
$$;
comment on function paycore.send_mine(bigint, integer, timestamptz) is
    'Whether a payout is still its sender''s to send.';

-- Takes payouts whose next question, or the end of whose silence, is due.
create function paycore.queries_take(p_worker text, p_now timestamptz, p_limit integer,
    p_lease_s integer) returns setof paycore.task
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    ids bigint[];
    until constant timestamptz := p_now + make_interval(secs => p_lease_s);
begin
    with due as (
        select w.payment_id, w.due_at from paycore.work w
        where w.task = 'ASK' and w.due_at <= p_now
        order by w.due_at limit least(p_limit, 1000) for update skip locked),
    taken as (
        update paycore.work w set epoch = w.epoch + 1, lease_owner = p_worker,
            lease_until = until, taken_at = p_now, due_at = until
        from due where w.payment_id = due.payment_id
        returning w.payment_id, due.due_at)
    select array_agg(t.payment_id order by t.due_at, t.payment_id) into ids from taken t;
    if ids is not null then
        return query select * from paycore.tasks(ids, 'ASK');
    end if;
end
$$;
comment on function paycore.queries_take(text, timestamptz, integer, integer) is
    'Payouts to ask the bank about, for as long as the lease lasts.';

-- The payout once more, where a record was answered with `stale`.
create function paycore.task_read(p_id bigint) returns setof paycore.task
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select * from paycore.tasks(array[p_id], 'ASK');
end;
comment on function paycore.task_read(bigint) is 'One payout as the worker sees it.';

-- Postings that belong to where a payout went (rule B16).
create function paycore.payout_post(p core.payment, p_from_presumed boolean, p_cause text,
    p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    clearing constant text := p.channel_id
        || case when p_from_presumed then '.PRESUMED' else '.SENT' end;
begin
    if p.state = 'PRESUMED_PAID' then
        perform paycore.post('E13', p.payment_id, null, null, null, p_cause, '2210',
            p.channel_id || '.SENT', '2210', p.channel_id || '.PRESUMED', p.amount, p.currency,
            p_now);
    elsif p.state = 'FAILED' then
        perform paycore.post('E15', p.payment_id, null, null, null, p_cause, '2210', clearing,
            '2240', core.payment_no(p.payment_id), p.amount, p.currency, p_now);
    end if;
end
$$;
comment on function paycore.payout_post(core.payment, boolean, text, timestamptz) is
    'Posts E13 or E15 of a payout that moved there.';

-- News that changes nothing, because it contradicts what is known or comes from one whose lease is
-- another's: kept as an event, from which the desk raises an exception (rule B3.7).
create function paycore.payout_late(p core.payment, p_to text, p_cause text,
    p_as_of timestamptz, p_actor text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.event(p.payment_id, 'late', p.state, coalesce(p_to, p.state), p_cause, p_as_of,
        p_actor, p_now);
end
$$;
comment on function paycore.payout_late(core.payment, text, text, timestamptz, text, timestamptz)
    is 'Keeps late news (rule B3.7).';

-- Keeps a question and its answer. Numbers count all questions of a payout.
create function paycore.query_keep(p_id bigint, p_kind text, p_rung integer, p_asked timestamptz,
    p_answer text, p_code text, p_text text, p_actor text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if p_kind not in ('ladder', 'follow-up', 'asked') then
        return;
    end if;
    insert into core.payment_query (payment_id, query_no, kind, rung, asked_at, answered_at,
        answer, code, text, actor)
    select p_id, coalesce((select q.query_no from core.payment_query q where q.payment_id = p_id
                           order by q.query_no desc limit 1), 0) + 1,
        p_kind, case when p_kind <> 'asked' then p_rung end, p_asked,
        case when p_answer <> 'silence' then p_now end, p_answer, coalesce(p_code, ''),
        coalesce(p_text, ''), p_actor;
end
$$;
comment on function paycore.query_keep(bigint, text, integer, timestamptz, text, text, text, text,
    timestamptz) is 'Keeps a question to the bank and its answer.';

-- Brings back what came of a sending (kind send), a question (ladder, follow-up, asked) or of time
-- alone (clock), and where the payout goes by it; p_to null: it stays. Answers
--   done    written
--   late    an edge that is not legal now: kept as an event, the payout stays as it is
--   fenced  the lease is another's: kept as an event, nothing else
--   stale   somebody changed the payout since it was read: nothing is written, read it again
create function paycore.payout_record(p_id bigint, p_epoch integer, p_version integer, p_to text,
    p_kind text, p_query_no integer, p_answer text, p_code text, p_class text, p_text text,
    p_bank_ref text, p_accepted_at timestamptz, p_moved_at timestamptz,
    p_presumed_at timestamptz, p_next_query_at timestamptz, p_now timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    o core.payment;
    p core.payment;
    w paycore.work;
    cause constant text := concat_ws(' ', p_kind, p_query_no, p_answer, nullif(p_code, ''));
    -- A code that nobody knows blocks nothing (rule B3.8).
    class constant text := case when p_class in ('ACCOUNT_CLOSED', 'ACCOUNT_INVALID',
        'NAME_MISMATCH', 'BLOCKED', 'LIMIT', 'BANK_DOWN', 'DUPLICATE', 'REGULATORY') then p_class
        when p_class <> '' then 'OTHER' end;
    due timestamptz;
    who text;
begin
    select * into o from core.payment d where d.payment_id = p_id and d.customer_id is not null
    for update;
    if not found then
        perform paycore.refuse('DB404', 'payout-unknown', 'id=' || p_id);
    end if;
    select * into w from paycore.work d where d.payment_id = p_id for update;
    -- Nothing that is still open is ever forgotten.
    due := coalesce(p_next_query_at, case when coalesce(p_to, o.state) = 'PRESUMED_PAID'
        then 'infinity'::timestamptz else p_now + interval '1 minute' end);
    who := coalesce(case when p_kind = 'asked' then w.asked_by end, w.lease_owner, 'worker');
    if w.epoch is distinct from p_epoch then
        perform paycore.payout_late(o, p_to, cause || ' fenced', w.taken_at, who, p_now);
        return 'fenced';
    elsif o.version <> p_version then
        return 'stale';
    end if;
    perform paycore.query_keep(p_id, p_kind, p_query_no, w.taken_at, p_answer, p_code, p_text, who,
        p_now);
    if p_to <> o.state and not exists (select from core.state_edge e where e.kind = 'payment'
            and e.from_state = o.state and e.to_state = p_to and not e.is_signed) then
        perform paycore.payout_late(o, p_to, cause, w.taken_at, who, p_now);
        update paycore.work d set due_at = due, asked_by = null,
            lease_owner = null, lease_until = null
        where d.payment_id = p_id;
        return 'late';
    end if;
    update core.payment d set state = coalesce(p_to, d.state), epoch = p_epoch,
        bank_ref = coalesce(d.bank_ref, p_bank_ref),
        accepted_at = coalesce(d.accepted_at, p_accepted_at),
        moved_at = coalesce(d.moved_at, p_moved_at),
        presumed_at = coalesce(d.presumed_at, p_presumed_at),
        queries = case when p_kind in ('ladder', 'follow-up') then greatest(d.queries, p_query_no)
            else d.queries end,
        next_query_at = case when p_to in ('PAID', 'FAILED') then null
            else nullif(p_next_query_at, 'infinity') end,
        reason_class = coalesce(class, d.reason_class),
        reason_code = case when class is null then d.reason_code else p_code end,
        reason_text = case when class is null then d.reason_text else p_text end
    where d.payment_id = p_id
    returning * into p;
    if p.state = 'FAILED' then
        delete from paycore.work d where d.payment_id = p_id;
    else
        update paycore.work d set task = case p.state when 'PAID' then 'WAIT' else 'ASK' end,
            due_at = case p.state when 'PAID' then 'infinity' else due end, asked_by = null,
            lease_owner = null, lease_until = null
        where d.payment_id = p_id;
    end if;
    if p.state <> o.state or p.accepted_at is distinct from o.accepted_at then
        perform paycore.event(p_id, case when p.state <> o.state then 'state' else 'note' end,
            o.state, p.state, cause, w.taken_at, who, p_now);
        if p.state <> o.state and p.state in ('PRESUMED_PAID', 'FAILED') then
            perform paycore.payout_post(p, o.presumed_at is not null, cause, p_now);
        end if;
    end if;
    return 'done';
end
$$;
comment on function paycore.payout_record(bigint, integer, integer, text, text, integer, text, text,
    text, text, text, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz) is
    'What the bank said, and where the payout goes by it.';

-- "Query now": the worker asks at once; at most once in ten seconds for a payout.
create function paycore.payout_ask(p_actor text, p_key text, p_sha bytea, p_id bigint,
    p_now timestamptz, out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
    w paycore.work;
begin
    perform paycore.must(p_actor, 'operator');
    select * into p from core.payment d where d.payment_id = p_id and d.customer_id is not null
    for update;
    if not found then
        perform paycore.refuse('DB404', 'payout-unknown',
            'id=' || coalesce(core.payment_no(p_id), ''));
    end if;
    select * into status, body, replayed
    from paycore.recall(p_actor, p_key, 'payout_ask', p_sha);
    if replayed then
        return;
    end if;
    select * into w from paycore.work d where d.payment_id = p_id for update;
    if w.task is distinct from 'ASK' then
        perform paycore.refuse('DB409', 'not-asked-for',
            format('id=%s state=%s', core.payment_no(p_id), p.state));
    elsif w.asked_at > p_now - interval '10 seconds' then
        perform paycore.refuse('DB429', 'too-soon', format('id=%s seconds=%s',
            core.payment_no(p_id),
            ceil(extract(epoch from w.asked_at + interval '10 seconds' - p_now))));
    end if;
    -- Whoever holds the lease asks or sends right now; the question is due once it is over.
    update paycore.work d set asked_by = p_actor, asked_at = p_now,
        due_at = greatest(p_now, coalesce(d.lease_until, p_now))
    where d.payment_id = p_id;
    perform paycore.event(p_id, 'note', p.state, p.state, 'query now', null, p_actor, p_now);
    status := 202;
    select paycore.payout_json(p, c.ladder_count) into body
    from core.channel c where c.channel_id = p.channel_id;
    perform paycore.remember(p_actor, p_key, 'payout_ask', p_sha, status, body, p_now);
end
$$;
comment on function paycore.payout_ask(text, text, bytea, bigint, timestamptz) is
    'Has the worker ask the bank now.';

-- When a rung is due: base * (2^n - 1) seconds after sending; the last one is the presumption's.
create function paycore.rung_due(p_sent timestamptz, p_base integer, p_rung integer)
returns timestamptz
language sql immutable set search_path = pg_catalog, pg_temp
return p_sent + make_interval(secs => p_base * ((1::bigint << p_rung) - 1));
comment on function paycore.rung_due(timestamptz, integer, integer) is
    'When a rung of the ladder is due (rule B3.3).';

-- Stops the ladder or lets it go on. Stopping pauses the questions, never the presumption clock.
create function paycore.payout_ladder(p_actor text, p_key text, p_sha bytea, p_id bigint,
    p_version integer, p_stopped boolean, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
    c core.channel;
    due timestamptz;
begin
    perform paycore.must(p_actor, 'operator');
    select * into p from core.payment d where d.payment_id = p_id and d.customer_id is not null
    for update;
    if not found or p.version <> p_version or p.sent_at is null or p.state not in
        ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID') or p.ladder_stopped = p_stopped then
        select * into status, body, replayed
        from paycore.payout_unmoved(p_actor, p_key, 'payout_ladder', p_sha, p_id,
            coalesce(p_version, p.version), case when p_stopped then 'STOPPED' else 'RESUMED' end);
        return;
    end if;
    select * into c from core.channel d where d.channel_id = p.channel_id;
    if not p_stopped then
        due := case when p.state = 'PRESUMED_PAID' or p.queries >= c.ladder_count then p_now
            else greatest(p_now, paycore.rung_due(p.sent_at, c.ladder_base_s, p.queries + 1)) end;
    elsif p.state <> 'PRESUMED_PAID' then
        due := greatest(p_now, paycore.rung_due(p.sent_at, c.ladder_base_s, c.ladder_count));
    end if;
    update paycore.work w
    set due_at = greatest(coalesce(due, 'infinity'), coalesce(w.lease_until, due, 'infinity'))
    where w.payment_id = p_id;
    update core.payment d set ladder_stopped = p_stopped, next_query_at = due
    where d.payment_id = p_id returning * into p;
    perform paycore.event(p_id, 'note', p.state, p.state,
        case when p_stopped then 'ladder stopped' else 'ladder resumed' end, null, p_actor, p_now);
    status := 200;
    body := paycore.payout_json(p, c.ladder_count);
    replayed := false;
    perform paycore.remember(p_actor, p_key, 'payout_ladder', p_sha, status, body, p_now);
end
$$;
comment on function paycore.payout_ladder(text, text, bytea, bigint, integer, boolean, timestamptz)
    is 'Stops or resumes the ladder of a payout, in any version where none is said.';

grant execute on function
    paycore.sends_take(text, timestamptz, integer, integer),
    paycore.send_mine(bigint, integer, timestamptz),
    paycore.queries_take(text, timestamptz, integer, integer),
    paycore.task_read(bigint),
    paycore.payout_record(bigint, integer, integer, text, text, integer, text, text, text, text,
        text, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz),
    paycore.payout_ask(text, text, bytea, bigint, timestamptz),
    paycore.payout_ladder(text, text, bytea, bigint, integer, boolean, timestamptz) to g_core;
reset role;
revoke create on schema paycore from def_core;
