-- What people and daybookd do with requests. Triggers (031) hold what must hold; these functions
-- look first, so that a refusal has its word.

create function desk.person() returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform desk.actor();
    return (select o.person_id from desk.operator o where o.login = session_user);
end
$$;
comment on function desk.person() is 'Whose login this session''s is.';

-- The request, locked, if the caller may see it.
create function desk.request_seen(p_request text) returns desk.request
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    r desk.request;
begin
    perform desk.actor();
    select * into r from desk.request q where q.request_id = p_request for update;
    if not found or not (r.channel_id is null or desk.in_scope(r.channel_id)
        or pg_has_role(session_user, 'g_service', 'member')) then
        perform desk.refuse('DB404', 'request-unknown', 'id=' || coalesce(p_request, ''));
    end if;
    return r;
end
$$;
comment on function desk.request_seen(text) is 'Locks a request in the caller''s scope.';

create function desk.request_vote(r desk.request, p_decision text, p_reason text, p_signature jsonb)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    person constant text := desk.person();
begin
    if (p_signature ->> 'decision', p_signature ->> 'login', p_signature ->> 'person')
        is distinct from (p_decision, session_user::text, person) then
        perform desk.refuse('DB403', 'signature-bad', 'id=' || r.request_id);
    end if;
    insert into desk.approval (request_id, person, document_sha256, decision, reason, signature)
    values (r.request_id, person, r.document_sha256, p_decision, coalesce(p_reason, ''),
        p_signature);
end
$$;
comment on function desk.request_vote(desk.request, text, text, jsonb) is
    'The caller''s signed vote on these bytes.';

-- The items are what the desk's rows say now, word for word, and so are the persons left out.
create function desk.request_compare(d jsonb, k desk.request_kind) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    i jsonb;
    x desk.exception;
    facts jsonb;
    ids constant bigint[] := array(
        select substring(e ->> 'object' from '^X-([0-9]{1,18})$')::bigint
        from jsonb_array_elements(d -> 'items') e);
begin
    for i in select e from jsonb_array_elements(d -> 'items') e loop
        facts := desk.request_facts(k.kind,
            case when k.about = 'exception' then array[
                substring(i ->> 'object' from '^X-([0-9]{1,18})$')::bigint] else '{}' end, null,
            (select coalesce(jsonb_object_agg(w.key, w.value), '{}')
             from jsonb_each(i -> 'words' || case k.about when 'request'
                 then jsonb_build_object('request', i ->> 'object') else '{}' end) w
             where w.key = any (k.params)));
        if facts #> '{items,0}' is distinct from
                (i -> 'words') || jsonb_build_object('object', i ->> 'object')
            or facts ->> 'channel' is distinct from d ->> 'channel' then
            perform desk.refuse('DB412', 'stale', format('id=%s object=%s', d ->> 'request',
                i ->> 'object'));
        elsif not d -> 'excluded' @> (facts -> 'excluded') then
            perform desk.refuse('DB403', 'excluded-person', 'id=' || (d ->> 'request'));
        end if;
    end loop;
end
$$;
comment on function desk.request_compare(jsonb, desk.request_kind) is
    'A document against the desk''s rows as they are now.';

create function desk.propose(p_document bytea, p_core_signature text, p_core_certificate text,
    p_signature jsonb) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    d constant jsonb := desk.request_read(p_document);
    k constant desk.request_kind := desk.request_kind_mine(d ->> 'kind');
    r desk.request;
begin
    if (d ->> 'maker', d ->> 'person') is distinct from (session_user::text, desk.person()) then
        perform desk.refuse('DB403', 'maker-unknown', 'id=' || (d ->> 'request'));
    elsif coalesce(p_core_signature, '') !~ '^[0-9a-f]{128}$'
        or coalesce(p_core_certificate, '') !~ '^[A-Za-z0-9+/]+={0,2}$' then
        perform desk.refuse('DB403', 'core-signature-bad', 'id=' || (d ->> 'request'));
    elsif not exists (select from desk.request_reason q where q.reason = d ->> 'reason') then
        perform desk.refuse('DB400', 'reason-needed', 'action=' || k.kind);
    end if;
    select * into r from desk.request q where q.request_id = d ->> 'request';
    if found then
        if r.document <> p_document or r.maker <> session_user then
            perform desk.refuse('DB409', 'request-differs', 'id=' || r.request_id);
        end if;
        return r.request_id; -- it came before, and its answer was lost
    end if;
    perform from desk.exception e
    where k.about = 'exception' and e.exception_id = any (array(
        select substring(i ->> 'object' from '^X-([0-9]{1,18})$')::bigint
        from jsonb_array_elements(d -> 'items') i))
    order by e.exception_id for update;
    perform desk.request_compare(d, k);
    insert into desk.request (document, core_signature, core_certificate)
    values (p_document, p_core_signature, p_core_certificate)
    returning * into r;
    perform desk.request_vote(r, 'propose', r.text, p_signature);
    return r.request_id;
exception when unique_violation then
    perform desk.refuse('DB414', 'proposed-already', 'id=' || (d ->> 'request'));
    return null;
end
$$;
comment on function desk.propose(bytea, text, text, jsonb) is
    'Keeps a document that the core made and its maker signed (rule B13).';

create function desk.decide(p_request text, p_sha256 bytea, p_decision text, p_reason text,
    p_signature jsonb) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r constant desk.request := desk.request_seen(p_request);
    me constant text := desk.person();
    mine desk.approval;
    part text;
begin
    if not pg_has_role(session_user, 'g_supervisor', 'member') then
        perform desk.refuse('DB403', 'role-missing', 'action=' || coalesce(p_decision, ''));
    elsif p_decision is null or p_decision not in ('approve', 'reject') then
        perform desk.refuse('DB400', 'action-unknown', 'action=' || coalesce(p_decision, ''));
    elsif p_sha256 is distinct from r.document_sha256 then
        perform desk.refuse('DB409', 'request-differs', 'id=' || p_request);
    elsif p_decision = 'reject' and coalesce(btrim(p_reason), '') = '' then
        perform desk.refuse('DB400', 'reason-needed', 'action=reject');
    end if;
    select * into mine from desk.approval a where a.request_id = p_request and a.person = me;
    select t.part into part from desk.request_person t
    where t.request_id = p_request and t.person = me;
    if part = 'checker' and mine.signature = p_signature and mine.decision = p_decision then
        return r.state; -- it came before, and its answer was lost
    elsif part = 'maker' then
        perform desk.refuse('DB403', 'same-person', 'id=' || p_request);
    elsif part = 'checker' then
        perform desk.refuse('DB403', 'voted-already', 'id=' || p_request);
    elsif part is not null then
        perform desk.refuse('DB403', 'excluded-person', 'id=' || p_request);
    elsif r.state not in ('PENDING', 'PARTLY_APPROVED') then
        perform desk.refuse('DB412', 'not-pending', format('id=%s state=%s', p_request, r.state));
    elsif desk.now() > r.approve_by then
        perform desk.refuse('DB412', 'expired', 'id=' || p_request);
    end if;
    insert into desk.request_person (request_id, person, part) values (p_request, me, 'checker');
    perform desk.request_vote(r, p_decision, p_reason, p_signature);
    return (select q.state from desk.request q where q.request_id = p_request);
exception when unique_violation then
    perform desk.refuse('DB403', 'signature-bad', 'id=' || p_request);
    return null;
end
$$;
comment on function desk.decide(text, bytea, text, text, jsonb) is
    'A checker''s signed vote on the bytes that he saw (rule B13).';

create function desk.request_move(r desk.request, p_action text, p_state text, p_text text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform desk.request_event_add(r.request_id, p_action, r.state, p_state, p_text);
    update desk.request q set state = p_state where q.request_id = r.request_id;
end
$$;
comment on function desk.request_move(desk.request, text, text, text) is
    'Moves a request and writes its event and audit entry.';

create function desk.request_withdraw(p_request text, p_reason text default '') returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r constant desk.request := desk.request_seen(p_request);
begin
    if r.maker_person <> desk.person() then
        perform desk.refuse('DB403', 'not-yours', format('id=%s owner=%s', p_request, r.maker));
    elsif r.state not in ('PENDING', 'PARTLY_APPROVED') then
        perform desk.refuse('DB412', 'not-pending', format('id=%s state=%s', p_request, r.state));
    end if;
    perform desk.request_move(r, 'withdraw', 'WITHDRAWN', left(p_reason, 1000));
    return 'WITHDRAWN';
end
$$;
comment on function desk.request_withdraw(text, text) is
    'The maker takes a request back that is not approved yet.';

-- The body of PUT /v1/requests/{id}.
create function desk.request_bundle(p_request text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r constant desk.request := desk.request_seen(p_request);
begin
    if r.state <> 'APPROVED' then
        perform desk.refuse('DB412', 'not-approved', format('id=%s state=%s', p_request, r.state));
    end if;
    return jsonb_build_object(
        'document', translate(encode(r.document, 'base64'), E'\n', ''),
        'core_signature', r.core_signature,
        'signatures', (select jsonb_agg(a.signature order by a.decision = 'propose' desc, a.at,
                a.person)
            from desk.approval a
            where a.request_id = p_request and a.decision in ('propose', 'approve')));
end
$$;
comment on function desk.request_bundle(text) is 'What the core is sent to execute (DESIGN.md 4).';

-- --- what the core did

create function desk.request_reopen(p_original text, p_request text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    x desk.exception;
begin
    for x in select e.* from desk.request_item i
             join desk.exception e on e.exception_id = i.exception_id
             where i.request_id = p_original and e.state in ('POSTED', 'CLOSED')
             order by e.exception_id for update of e
    loop
        if x.state = 'POSTED' then
            perform desk.exception_move(x, 'reverse', 'CLOSED', p_request, null, x.claimed_by);
            x := desk.exception_take(x.exception_id, null);
        end if;
        perform desk.exception_move(x, 'reverse', 'REOPENED', p_request, null, null);
    end loop;
end
$$;
comment on function desk.request_reopen(text, text) is
    'Exceptions whose request was reversed are open again.';

-- The line and the payout that a request brought together are a match from now on.
create function desk.request_matched(r desk.request) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    i desk.request_item;
    l desk.line;
    p bigint;
    match bigint;
begin
    for i in select t.* from desk.request_item t
             where t.request_id = r.request_id and t.line is not null and t.payout is not null
                 and t.kind in ('BOOK_LATE', 'LINK_RETURN', 'CORRECT_STATUS')
             order by t.item_no
    loop
        l := desk.request_line_find(i.line);
        p := desk.payment_id(i.payout);
        perform from desk.channel_lock k where k.channel_id = l.channel_id for update;
        continue when l.line_id is null
            or exists (select from desk.match_now m where m.line_id = l.line_id
                       and m.value_date = l.value_date)
            or exists (select from desk.match_now m where m.payment_id = p
                       and (m.kind = 'RETURN') = (i.kind = 'LINK_RETURN'));
        insert into desk.match (match_id, channel_id, kind, reason, made_at, made_by)
        values (nextval('desk.match_id'), l.channel_id,
            case i.kind when 'LINK_RETURN' then 'RETURN' else 'MANUAL' end,
            'posted by ' || r.request_id, desk.now(), session_user)
        returning match_id into match;
        insert into desk.match_item (match_id, value_date, line_id, payment_id)
        values (match, l.value_date, l.line_id, p);
        insert into desk.line_posted (line_id, value_date, request_id)
        values (l.line_id, l.value_date, r.request_id) on conflict do nothing;
        if i.kind <> 'LINK_RETURN' then
            perform desk.exception_settle_pair(l.line_id, p, i.exception_id);
        end if;
    end loop;
end
$$;
comment on function desk.request_matched(desk.request) is
    'Matches what a request brought together (rule B4).';

create function desk.request_posted(r desk.request) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    k desk.request_kind;
    x desk.exception;
begin
    select * into k from desk.request_kind q where q.kind = r.kind;
    for x in select e.* from desk.request_item i
             join desk.exception e on e.exception_id = i.exception_id
             where i.request_id = r.request_id and e.state in ('PROPOSED', 'APPROVED', 'CLAIMED')
                 and not exists (select from desk.request_item o
                                 where o.exception_id = e.exception_id and o.open)
             order by e.exception_id for update of e
    loop
        perform desk.exception_move(x, 'post', 'POSTED', r.request_id, null, x.claimed_by);
        -- A line that brought back a part leaves the rest in suspense.
        if k.leaves = 'CLOSED' and (k.kind <> 'RECALL' or x.amount <= (
            select i.amount from desk.request_item i
            where i.request_id = r.request_id and i.exception_id = x.exception_id)) then
            x.state := 'POSTED';
            perform desk.exception_move(x, 'close', 'CLOSED', r.request_id, null, x.claimed_by);
        end if;
    end loop;
    perform desk.request_matched(r);
    if k.kind = 'DAY_CLOSE' then
        update desk.business_day b set state = 'CLOSED', closed_at = desk.now()
        from desk.request_item i
        where i.request_id = r.request_id and b.day = (i.words ->> 'day')::date
            and b.state = 'OPEN';
    elsif k.kind = 'EVIDENCE_CLOSE' then
        insert into desk.evidence_approval (payment_id, channel_id, request_id)
        select desk.payment_id(i.payout), r.channel_id, r.request_id
        from desk.request_item i where i.request_id = r.request_id
        on conflict do nothing;
    elsif k.kind = 'REVERSE' then
        perform desk.request_reopen(i.object, r.request_id)
        from desk.request_item i where i.request_id = r.request_id;
    end if;
end
$$;
comment on function desk.request_posted(desk.request) is
    'What the desk makes of a request that was executed.';

create function desk.request_settle(p_request text, p_receipt text, p_receipt_signature text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r constant desk.request := desk.request_seen(p_request);
begin
    if exists (select from desk.request_receipt t where t.request_id = p_request) then
        return 'EXECUTED';
    end if;
    insert into desk.request_receipt (request_id, document_sha256, receipt, signature)
    values (p_request, r.document_sha256, p_receipt, p_receipt_signature);
    update desk.request_item i set open = false where i.request_id = p_request and i.open;
    perform desk.request_event_add(p_request, 'settle', r.state, 'EXECUTED', '');
    perform desk.request_posted(r);
    return 'EXECUTED';
end
$$;
comment on function desk.request_settle(text, text, text) is
    'Keeps the core''s receipt, once, where the core published the execution.';

create function desk.request_failed(p_request text, p_code text, p_detail text default '')
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r constant desk.request := desk.request_seen(p_request);
    state constant text := case p_code when 'stale' then 'STALE' else 'EXEC_FAILED' end;
begin
    if not (pg_has_role(session_user, 'g_service', 'member') or exists (
            select from desk.approval a
            where a.request_id = p_request and a.person = desk.person())) then
        perform desk.refuse('DB403', 'not-allowed', 'action=request-failed');
    elsif r.state <> 'APPROVED' then
        perform desk.refuse('DB412', 'not-approved', format('id=%s state=%s', p_request, r.state));
    elsif coalesce(p_code, '') !~ '^[a-z][a-z0-9-]{1,39}$' then
        perform desk.refuse('DB400', 'reason-needed', 'action=request-failed');
    end if;
    perform desk.request_move(r, case state when 'STALE' then 'stale' else 'fail' end, state,
        left(concat_ws(' ', p_code, p_detail), 1000));
    return state;
end
$$;
comment on function desk.request_failed(text, text, text) is
    'The core refused a request: back to the maker (rule B13.2).';

-- What daybookd, or a person by hand, sends to the core: approved, and no receipt yet.
create function desk.requests_due() returns table (request_id text, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform desk.actor();
    return query
    select r.request_id, desk.request_bundle(r.request_id)::text
    from desk.request r
    where r.state = 'APPROVED'
        and not exists (select from desk.request_receipt t where t.request_id = r.request_id)
        and (r.channel_id is null or desk.in_scope(r.channel_id)
             or pg_has_role(session_user, 'g_service', 'member'))
    order by r.execute_by, r.request_id limit 20;
end
$$;
comment on function desk.requests_due() is 'Approved requests that the core gave no receipt for.';

create function desk.requests_expire() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r desk.request;
    n integer := 0;
begin
    perform desk.actor();
    for r in select q.* from desk.request q
             where q.state in ('PENDING', 'PARTLY_APPROVED') and q.approve_by < desk.now()
                 or q.state = 'APPROVED' and q.execute_by + interval '10 minutes' < desk.now()
             order by q.approve_by, q.request_id limit 1000 for update skip locked
    loop
        continue when desk.is_executed(r.request_id);
        perform desk.request_move(r, 'expire', 'EXPIRED', '');
        n := n + 1;
    end loop;
    return n;
end
$$;
comment on function desk.requests_expire() is 'Ends what was not approved, or executed, in time.';

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace and p.proname in ('person',
                 'request_seen', 'request_vote', 'request_compare', 'propose', 'decide',
                 'request_move', 'request_matched', 'request_withdraw', 'request_bundle',
                 'request_reopen', 'request_posted', 'request_settle', 'request_failed',
                 'requests_due', 'requests_expire')
    loop
        execute format('alter function %s owner to def_case', f.name);
        execute format('revoke all on function %s from public', f.name);
    end loop;
end
$$;
grant execute on function desk.propose(bytea, text, text, jsonb), desk.request_withdraw(text, text)
    to g_operator;
grant execute on function desk.decide(text, bytea, text, text, jsonb) to g_supervisor;
grant execute on function desk.request_bundle(text), desk.request_settle(text, text, text),
    desk.request_failed(text, text, text), desk.requests_due() to g_operator, g_service;
grant execute on function desk.requests_expire() to g_service;
