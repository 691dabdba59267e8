-- What people do with exceptions (rule B4). Each function says per row what came of it: 'done' or
-- the word of the refusal; a row that is refused leaves the others alone.

-- The exception, locked, if the caller may see it and nobody changed it since it was seen.
create function desk.exception_take(p_id bigint, p_version integer) returns desk.exception
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    x desk.exception;
begin
    select * into x from desk.exception e where e.exception_id = p_id for update;
    if not found or not (desk.sees_all() or x.channel_id = any (desk.my_channels())) then
        perform desk.refuse('DB404', 'exception-unknown', 'id=X-' || p_id);
    elsif p_version is not null and x.version <> p_version then
        perform desk.refuse('DB409', 'changed-since', 'id=X-' || p_id);
    end if;
    return x;
end
$$;
comment on function desk.exception_take(bigint, integer) is
    'Locks an exception in the caller''s scope, as it was seen.';

create function desk.exception_move(x desk.exception, p_action text, p_state text, p_text text,
    p_due date, p_owner text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    update desk.exception e
    set state = p_state, due = p_due, claimed_by = p_owner,
        cycle = e.cycle + case when p_state = 'REOPENED' then 1 else 0 end
    where e.exception_id = x.exception_id;
    insert into desk.exception_event (exception_id, at, action, from_state, to_state, text, until)
    values (x.exception_id, desk.now(), p_action, x.state, p_state, coalesce(p_text, ''), p_due);
    insert into desk.audit_entry (action, object, detail)
    values ('exception-' || p_action, 'X-' || x.exception_id,
        x.state || ' > ' || p_state || coalesce(' until ' || p_due, ''));
end
$$;
comment on function desk.exception_move(desk.exception, text, text, text, date, text) is
    'Moves an exception and writes its event and audit entry.';

create function desk.exception_may(p_action text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    perform desk.actor();
    if not (pg_has_role(session_user, 'g_clearing', 'member')
            or pg_has_role(session_user, 'g_supervisor', 'member')
            or coalesce(p_action, '') = 'comment' and (
                pg_has_role(session_user, 'g_support', 'member')
                or pg_has_role(session_user, 'g_risk', 'member'))) then
        perform desk.refuse('DB403', 'not-allowed', 'action=' || p_action);
    end if;
end
$$;
comment on function desk.exception_may(text) is 'Who works exceptions (rule B19).';

-- What an action does to one exception. The words of actions are the program's action table.
create function desk.exception_act_one(p_id bigint, p_version integer, p_action text, p_text text,
    p_until date) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    x desk.exception := desk.exception_take(p_id, p_version);
    today constant date := (desk.now() at time zone coalesce(
        (select c.utc_offset from desk.channel c where c.channel_id = x.channel_id), '0'))::date;
begin
    if p_action in ('release', 'wait-bank', 'wait-merchant', 'resume', 'defer')
        and x.claimed_by is distinct from session_user::text then
        perform desk.refuse('DB403', 'not-yours',
            format('id=X-%s owner=%s', p_id, coalesce(x.claimed_by, 'nobody')));
    elsif p_action in ('defer', 'reopen', 'comment') and coalesce(trim(p_text), '') = '' then
        perform desk.refuse('DB400', 'reason-needed', 'action=' || p_action);
    elsif p_action = 'defer' and p_until is null
        or p_until is not null and p_until not between today + 1 and today + 30 then
        perform desk.refuse('DB400', 'date-needed', format('from=%s to=%s', today + 1, today + 30));
    end if;
    case p_action
        when 'claim' then
            if x.claimed_by is not null and x.state <> 'REOPENED' then
                perform desk.refuse('DB412', 'claimed',
                    format('id=X-%s owner=%s', p_id, x.claimed_by));
            end if;
            perform desk.exception_move(x, p_action, 'CLAIMED', p_text, null, session_user);
        when 'release' then
            if x.state in ('WAITING_BANK', 'WAITING_MERCHANT', 'WAITING_CARD') then
                perform desk.exception_move(x, 'resume', 'CLAIMED', '', null, session_user);
                x := desk.exception_take(p_id, null);
            end if;
            perform desk.exception_move(x, p_action, 'OPEN', p_text, null, null);
        when 'wait-bank' then
            perform desk.exception_move(x, p_action, 'WAITING_BANK', p_text, p_until, session_user);
        when 'wait-merchant' then
            perform desk.exception_move(x, p_action, 'WAITING_MERCHANT', p_text, p_until,
                session_user);
        when 'resume' then
            perform desk.exception_move(x, p_action, 'CLAIMED', p_text, null, session_user);
        when 'defer' then
            if x.state <> 'CLAIMED' then
                perform desk.refuse('DB412', 'illegal-edge',
                    format('id=X-%s from=%s to=deferred', p_id, x.state));
            end if;
            perform desk.exception_move(x, p_action, 'CLAIMED', p_text, p_until, session_user);
        when 'comment' then
            perform desk.exception_move(x, p_action, x.state, p_text, x.due, x.claimed_by);
        when 'reopen' then
            perform desk.exception_move(x, p_action, 'REOPENED', p_text, null, null);
        else
            perform desk.refuse('DB400', 'action-unknown', 'action=' || p_action);
    end case;
end
$$;
comment on function desk.exception_act_one(bigint, integer, text, text, date) is
    'One action on one exception (rule B4).';

create function desk.exception_act(p_action text, p_ids bigint[], p_versions integer[],
    p_text text default null, p_until date default null)
returns table (exception_id bigint, outcome text, detail text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    n integer;
begin
    perform desk.exception_may(p_action);
    if cardinality(p_ids) > 10000 then
        perform desk.refuse('DB420', 'too-many', 'limit=10000');
    end if;
    for n in 1 .. cardinality(p_ids) loop
        exception_id := p_ids[n];
        outcome := 'done';
        detail := '';
        begin
            perform desk.exception_act_one(p_ids[n], p_versions[n], p_action, p_text, p_until);
        exception when sqlstate 'DB400' or sqlstate 'DB403' or sqlstate 'DB404' or sqlstate 'DB409'
            or sqlstate 'DB412' then
            get stacked diagnostics outcome = message_text, detail = pg_exception_detail;
        end;
        return next;
    end loop;
end
$$;
comment on function desk.exception_act(text, bigint[], integer[], text, date) is
    'claim, release, comment, wait-bank, wait-merchant, resume, defer, reopen on one or many.';

-- Exceptions on either side of a new match, other than the one it was made from, settle themselves.
create function desk.exception_settle_pair(p_line bigint, p_payment bigint, p_but bigint)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    x desk.exception;
begin
    for x in select * from desk.exception e
             where e.open and e.exception_id <> p_but
                 and (e.line_id = p_line or e.payment_id = p_payment)
                 and e.code in ('BANK_ONLY_DR', 'BANK_ONLY_CR', 'CORE_ONLY', 'DUP_BANK', 'DUP_CORE')
                 and e.state in ('OPEN', 'CLAIMED', 'WAITING_BANK', 'WAITING_MERCHANT', 'REOPENED')
             order by e.exception_id for update
    loop
        perform desk.exception_move(x, 'settle', 'AUTO_CLOSED', 'Linked from X-' || p_but, null,
            x.claimed_by);
    end loop;
end
$$;
comment on function desk.exception_settle_pair(bigint, bigint, bigint) is
    'What a link settles on both sides.';

-- A payout that came back is somebody's to pay again or credit back (rule B2, RETURN).
create function desk.exception_returned(l desk.line, p core.payment) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    with x as (
        insert into desk.exception (code, subject, channel_id, business_date, direction, currency,
            amount, cash_effect, severity, value_date, line_id, payment_id, party, reason,
            opened_at)
        values ('RETURN', 'line:' || l.line_id, p.channel_id, p.business_date, 'OUT', l.currency,
            l.amount, l.amount, desk.severity(l.amount, l.amount), l.value_date, l.line_id,
            p.payment_id, coalesce(nullif(p.payee_name, ''), l.party_name),
            'The bank returned this payout.', desk.now())
        on conflict (code, subject) do nothing
        returning exception_id, reason)
    insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
    select x.exception_id, desk.now(), 'raise', '', 'OPEN', x.reason from x
$$;
comment on function desk.exception_returned(desk.line, core.payment) is
    'RETURN of a payout that a person linked (rule B2).';

-- Links the exception's line with a payment, or its payment with a line, where no difference is
-- left; a link with a difference moves money and is a request (rule B4).
create function desk.exception_link(p_id bigint, p_version integer, p_line bigint, p_day date,
    p_payment bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    x desk.exception;
    l desk.line;
    p core.payment;
    returns boolean;
    result bigint;
begin
    perform desk.exception_may('link');
    x := desk.exception_take(p_id, p_version);
    if x.claimed_by is distinct from session_user::text then
        perform desk.refuse('DB403', 'not-yours',
            format('id=X-%s owner=%s', p_id, coalesce(x.claimed_by, 'nobody')));
    elsif x.code not in ('BANK_ONLY_DR', 'BANK_ONLY_CR', 'CORE_ONLY', 'DUP_BANK', 'DUP_CORE') then
        perform desk.refuse('DB413', 'has-difference', 'code=' || x.code);
    end if;
    perform from desk.channel_lock k where k.channel_id = x.channel_id for update;
    select * into l from desk.line r
    where r.value_date = coalesce(p_day, x.value_date) and r.line_id = coalesce(p_line, x.line_id);
    select * into p from core.payment r where r.payment_id = coalesce(p_payment, x.payment_id);
    if l.line_id is null or p.payment_id is null or l.channel_id <> x.channel_id
        or p.channel_id <> x.channel_id then
        perform desk.refuse('DB404', 'candidate-unknown', 'id=X-' || p_id);
    elsif (x.line_id is not null and x.code <> 'DUP_CORE' and x.line_id <> l.line_id)
        or (x.code in ('CORE_ONLY', 'DUP_CORE') and x.payment_id <> p.payment_id) then
        perform desk.refuse('DB404', 'candidate-unknown', 'id=X-' || p_id);
    end if;
    -- A credit of a payout's whole amount brings it back (rule B2, LINK_RETURN).
    returns := x.code = 'BANK_ONLY_CR' and p.direction = 'OUT' and l.amount = p.amount
        and l.value_date >= p.business_date and l.value_date <= (
            select desk.business_day_add(c.calendar_id, p.business_date, c.return_window)
            from desk.channel c where c.channel_id = p.channel_id);
    if exists (select from desk.match_now m where m.line_id = l.line_id
               and m.value_date = l.value_date)
        or exists (select from desk.match_now m where m.payment_id = p.payment_id
                   and (m.kind = 'RETURN') = returns) then
        perform desk.refuse('DB414', 'matched-already', core.payment_no(p.payment_id));
    elsif l.status <> 'BOOKED' or l.currency <> p.currency
        or not returns
            and l.amount <> (case p.direction when 'OUT' then -p.amount else p.amount end)
        or p.state not in ('SUBMITTED', 'ACCEPTED', 'PRESUMED_PAID', 'PAID', 'RECONCILED') then
        perform desk.refuse('DB413', 'has-difference', 'state=' || p.state);
    end if;
    insert into desk.match (match_id, channel_id, kind, reason, made_at, made_by)
    values (nextval('desk.match_id'), x.channel_id, case when returns then 'RETURN'
        else 'MANUAL' end, 'linked from X-' || p_id, desk.now(), session_user)
    returning match_id into result;
    insert into desk.match_item (match_id, value_date, line_id, payment_id)
    values (result, l.value_date, l.line_id, p.payment_id);
    perform desk.exception_move(x, 'link', 'CLOSED', 'with ' || core.payment_no(p.payment_id)
        || ' and line ' || l.line_id, null, x.claimed_by);
    if returns then
        perform desk.exception_returned(l, p);
    else
        perform desk.exception_settle_pair(l.line_id, p.payment_id, p_id);
    end if;
    return result;
end
$$;
comment on function desk.exception_link(bigint, integer, bigint, date, bigint) is
    'A match made by a person, without a difference (rule B4).';

-- Ends a match by a row of its own; nothing is deleted. The exceptions of both sides come back.
create function desk.match_unlink(p_day date, p_line bigint, p_text text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    m record;
    l desk.line;
    x desk.exception;
begin
    perform desk.exception_may('unlink');
    if coalesce(trim(p_text), '') = '' then
        perform desk.refuse('DB400', 'reason-needed', 'action=unlink');
    end if;
    select * into l from desk.line r where r.value_date = p_day and r.line_id = p_line;
    if not found or not (desk.sees_all() or l.channel_id = any (desk.my_channels())) then
        perform desk.refuse('DB404', 'line-unknown', 'line=' || p_line);
    end if;
    perform from desk.channel_lock k where k.channel_id = l.channel_id for update;
    select * into m from desk.match_now n where n.value_date = p_day and n.line_id = p_line limit 1;
    if not found then
        perform desk.refuse('DB412', 'not-matched', 'line=' || p_line);
    -- The core may have booked it: counter-entries are a signed request.
    elsif exists (select from desk.core_chunk_line t where t.line_id = p_line)
        or exists (select from desk.line_posted t where t.line_id = p_line) then
        perform desk.refuse('DB413', 'line-told', 'line=L-' || p_line);
    end if;
    insert into desk.match_end (match_id, value_date, line_id, reason, ended_at, ended_by)
    values (m.match_id, case when m.match_id is null then p_day end,
        case when m.match_id is null then p_line end, p_text, desk.now(), session_user);
    for x in select * from desk.exception e
             where e.state in ('CLOSED', 'AUTO_CLOSED') and e.code <> 'CUTOFF'
                 and (e.line_id = p_line or e.payment_id = m.payment_id)
                 and e.code in ('BANK_ONLY_DR', 'BANK_ONLY_CR', 'CORE_ONLY', 'DUP_BANK', 'DUP_CORE')
             order by e.exception_id for update
    loop
        perform desk.exception_move(x, 'reopen', 'REOPENED', p_text, null, null);
    end loop;
    insert into desk.audit_entry (action, object, detail)
    values ('unlink', 'L-' || p_line, case m.payment_id when 0 then 'charge'
        else core.payment_no(m.payment_id) end || ' ' || p_text);
end
$$;
comment on function desk.match_unlink(date, bigint, text) is
    'A counter-entry to a match (rule B4); the next run raises what is then left over.';

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace
                 and (p.proname = 'match_unlink' or p.proname ~
                     '^exception_(take|move|may|act|act_one|settle_pair|returned|link)$')
    loop
        execute format('alter function %s owner to def_case', f.name);
        execute format('revoke all on function %s from public', f.name);
    end loop;
end
$$;
grant execute on function desk.sees_all(), desk.my_channels() to def_case;
grant execute on function desk.exception_act(text, bigint[], integer[], text, date) to g_operator;
grant execute on function desk.exception_link(bigint, integer, bigint, date, bigint),
    desk.match_unlink(date, bigint, text) to g_clearing, g_supervisor;
