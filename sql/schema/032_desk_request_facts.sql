-- What a request will say, from the desk's own rows: its items, its channel, and who may not check
-- it. The console sends it to the core for the preview; desk.propose() compares it with what the
-- document says.

create function desk.payment_id(p_no text) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp
return case when p_no ~ '^P[0-9]{13,17}$'
    then substr(p_no, 2, 8)::bigint * 1000000000 + substr(p_no, 10)::bigint end;
comment on function desk.payment_id(text) is 'P2026112000417 as an id, or null.';

-- A person's own events, a comment as well: who wrote on it has an opinion of it. What matching
-- wrote as it raised or settled, and what followed a request, is nobody's.
create function desk.exception_people(p_exceptions bigint[]) returns text[]
language sql stable set search_path = pg_catalog, pg_temp
return (
    select coalesce(array_agg(distinct o.person_id order by o.person_id), '{}')
    from desk.exception_event e
    join desk.operator o on o.login = e.actor
        or e.action = 'handover' and o.login = split_part(e.text, ' ', 2)
    join pg_catalog.pg_roles r on r.rolname = o.login
        and pg_has_role(r.oid, 'g_operator', 'member')
    where e.exception_id = any (p_exceptions) and e.action not in ('raise', 'settle', 'approve',
            'reject', 'withdraw', 'expire', 'stale', 'fail', 'post', 'close', 'reverse')
        and e.event_id >= coalesce((
            select max(b.event_id) from desk.exception_event b
            where b.exception_id = e.exception_id and b.to_state = 'REOPENED'
                and b.from_state <> 'REOPENED'), 0));
comment on function desk.exception_people(bigint[]) is
    'Who claimed exceptions or wrote on them since they were last opened (rule B13.3).';

create function desk.request_line_find(p_line text) returns desk.line
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    l desk.line;
    id bigint;
begin
    if p_line ~ '^L-[0-9]{9,18}$' then
        id := substr(p_line, 3)::bigint;
    elsif p_line ~ '^[0-9a-f]{64}:[0-9]{1,8}$' then
        select f.file_id * 100000000 + split_part(p_line, ':', 2)::bigint into id
        from desk.statement_file f
        where f.sha256 = decode(left(p_line, 64), 'hex') and f.verified_at is not null;
    end if;
    select r.* into l from desk.statement_file f
    join desk.line r on r.value_date between f.first_day and f.last_day and r.line_id = id
    where f.file_id = id / 100000000;
    return l;
end
$$;
comment on function desk.request_line_find(text) is
    'A line by its number, or by its file''s hash and its number there.';

-- A line as documents name it. Lines that one person's program alone has read move no money.
create function desk.request_line(l desk.line) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    f desk.statement_file;
begin
    select * into f from desk.statement_file s where s.file_id = l.line_id / 100000000;
    if l.line_id is null then
        perform desk.refuse('DB400', 'line-needed');
    elsif f.verified_at is null then
        perform desk.refuse('DB412', 'line-provisional', format('line=L-%s file=F-%s', l.line_id,
            f.file_id));
    elsif l.status <> 'BOOKED' or l.interim or exists (select from desk.statement s
            where s.statement_id = l.statement_id and s.superseded) then
        perform desk.refuse('DB412', 'line-not-booked', format('line=L-%s', l.line_id));
    end if;
    return jsonb_build_object('line', encode(f.sha256, 'hex') || ':' || l.line_id % 100000000,
        'account', l.account, 'value_date', to_char(l.value_date, 'YYYY-MM-DD'),
        'line_amount', l.amount::text, 'currency', l.currency);
end
$$;
comment on function desk.request_line(desk.line) is 'The words of a line that was read twice.';

-- Evidence that a payout was not paid: of the bank (E1) or in writing (E3).
create function desk.request_evidence(p core.payment, p_wanted text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    ids text;
    classes text;
begin
    select string_agg('V-' || e.evidence_id, ',' order by e.evidence_id),
        string_agg(distinct e.class, ',') into ids, classes
    from desk.evidence e
    where e.payment_id = p.payment_id and e.says = 'NOT_PAID' and e.class in ('E1', 'E3')
        and ('V-' || e.evidence_id = any (string_to_array(p_wanted, ',')) or p_wanted is null);
    if ids is null or p_wanted is distinct from null and p_wanted <> ids then
        perform desk.refuse('DB412', 'evidence-needed', 'id=' || core.payment_no(p.payment_id));
    end if;
    return jsonb_build_object('evidence', ids, 'classes', classes);
end
$$;
comment on function desk.request_evidence(core.payment, text) is
    'What says that a payout was not paid (rules B3, B5).';

-- One exception as an item of a kind. p_params is what the maker says, and of a document that is
-- compared the item's own words.
create function desk.request_exception(p_kind text, x desk.exception, p_params jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    words jsonb := jsonb_build_object('object', 'X-' || x.exception_id, 'code', x.code);
    to_state text;
    unpaid boolean;
    p core.payment;
    l desk.line;
begin
    if not exists (select from desk.disposition d where d.code = x.code and d.kind = p_kind) then
        perform desk.refuse('DB413', 'wrong-disposition', format('code=%s kind=%s', x.code,
            p_kind));
    end if;
    select * into p from core.payment r
    where r.payment_id = coalesce(desk.payment_id(p_params ->> 'payout'), x.payment_id)
        and r.channel_id = x.channel_id;
    if p.payment_id is null and (p_kind in ('CORRECT_STATUS', 'CREDIT_BACK', 'REPAY', 'LINK_RETURN')
            or p_kind = 'BOOK_LATE' and p_params ->> 'customer' is null
            or p_params ->> 'payout' is not null or x.payment_id is not null) then
        perform desk.refuse('DB400', 'payout-needed', 'kind=' || p_kind);
    elsif p.payment_id is not null then
        words := words || jsonb_build_object('payout', core.payment_no(p.payment_id));
    end if;
    if p_kind = 'RECALL' then
        l := desk.request_line_find(p_params ->> 'line');
        if l.line_id is null or l.channel_id <> x.channel_id
            or sign(l.amount) <> - sign(x.cash_effect) then
            perform desk.refuse('DB400', 'line-needed', 'kind=' || p_kind);
        end if;
    elsif x.line_id is not null then
        select * into l from desk.line r
        where r.value_date = x.value_date and r.line_id = x.line_id;
    elsif p_kind in ('SUSPEND', 'BOOK_LATE', 'LINK_RETURN', 'ACCEPT_FEE', 'CLAIM_FEE') then
        perform desk.refuse('DB400', 'line-needed', 'kind=' || p_kind);
    end if;
    -- A fee that is named in a payout's own line is no line of its own: to claim or accept that
    -- line would be to claim or accept the payout.
    if p_kind in ('ACCEPT_FEE', 'CLAIM_FEE') and not exists (
        select from desk.match_now m where m.line_id = l.line_id and m.value_date = l.value_date
            and m.kind = 'FEE') then
        perform desk.refuse('DB413', 'fee-not-alone', format('id=X-%s line=L-%s', x.exception_id,
            l.line_id));
    end if;
    if p_kind = 'CORRECT_STATUS' then
        to_state := coalesce(p_params ->> 'to',
            case x.code when 'STATUS_BANK_OK' then 'PAID' else 'NOT_PAID' end);
        if to_state not in ('PAID', 'NOT_PAID') then
            perform desk.refuse('DB400', 'bad-state', 'state=' || to_state);
        end if;
        words := words || jsonb_build_object('to', to_state);
    end if;
    unpaid := coalesce(to_state = 'NOT_PAID', p_kind in ('CREDIT_BACK', 'REPAY'));
    -- What was not paid is on no line; the line must have been read twice all the same.
    if l.line_id is not null then
        words := words || desk.request_line(l);
        if unpaid then
            words := words - '{line,account,value_date,line_amount,currency}'::text[];
        end if;
    end if;
    if p_kind = 'BOOK_LATE' and p_params ->> 'customer' is not null then
        words := words || jsonb_build_object('customer', p_params ->> 'customer');
    elsif p_kind = 'REPAY' then
        words := words || jsonb_strip_nulls(jsonb_build_object(
            'payee_name', nullif(p_params ->> 'payee_name', ''),
            'payee_account', nullif(p_params ->> 'payee_account', '')));
    end if;
    if unpaid and p.state in ('PRESUMED_PAID', 'PAID') or p_params ->> 'evidence' is not null then
        words := words || desk.request_evidence(p, p_params ->> 'evidence');
    end if;
    return words;
end
$$;
comment on function desk.request_exception(text, desk.exception, jsonb) is
    'An exception as an item of a request (rule B4).';

-- --- days

-- What keeps a day open, one row a gate.
create function desk.day_gates(p_day date) returns table (gate text, open bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select g.gate, g.open
    from desk.business_days b, lateral (values
        (1, 'not-over', (b.day >= (desk.now() at time zone coalesce((select max(c.utc_offset)
            from desk.channel c), '0'))::date)::integer::bigint),
        (2, 'earlier-days', (select count(*) from desk.business_day d
                             where d.day < b.day and d.state = 'OPEN')),
        (3, 'files', b.files_due - b.files_arrived),
        (4, 'second-reading', b.files_provisional),
        (5, 'core', b.lines_untold),
        (6, 'evidence', b.evidence_open),
        (7, 'exceptions', b.exceptions_open),
        (8, 'books', (select count(*) from core.invariant i where not i.holds))) g (n, gate, open)
    where b.day = p_day and g.open > 0
    order by g.n;
end;
comment on function desk.day_gates(date) is 'The open gates of a day (rules B5, B17).';

create function desk.request_day(p_day text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    d desk.business_day;
    gates text;
begin
    if p_day ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]$' then
        select * into d from desk.business_day b where to_char(b.day, 'YYYY-MM-DD') = p_day;
    end if;
    if d.day is null then
        perform desk.refuse('DB404', 'bad-day', 'day=' || coalesce(p_day, ''));
    elsif not desk.sees_all() then
        perform desk.refuse('DB403', 'scope-short', 'day=' || p_day);
    elsif d.state = 'CLOSED' then
        perform desk.refuse('DB412', 'day-closed', 'day=' || p_day);
    end if;
    select string_agg(g.gate || ':' || g.open, ',') into gates from desk.day_gates(d.day) g;
    if gates is not null then
        perform desk.refuse('DB412', 'gates-open', format('day=%s gates=%s', p_day, gates));
    end if;
    return jsonb_build_object('object', 'D-' || p_day, 'day', p_day);
end
$$;
comment on function desk.request_day(text) is 'A day as an item, if nothing keeps it open.';

-- --- payouts of channels without files

create function desk.request_evidence_close(p core.payment) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    standing text;
begin
    if p.payment_id is null or not desk.in_scope(p.channel_id) then
        perform desk.refuse('DB404', 'payment-unknown', 'id=');
    end if;
    standing := desk.evidence_standing(p.payment_id, p.state,
        desk.evidence_bracketed(p.channel_id, p.business_date));
    if standing <> 'approval' then
        perform desk.refuse('DB412', 'evidence-short', format('id=%s standing=%s',
            core.payment_no(p.payment_id), replace(standing, ' ', '-')));
    end if;
    return (
        select jsonb_build_object('object', core.payment_no(p.payment_id),
            'payout', core.payment_no(p.payment_id),
            'evidence', string_agg('V-' || e.evidence_id, ',' order by e.evidence_id),
            'classes', string_agg(distinct e.class, ','))
        from desk.evidence e
        where e.payment_id = p.payment_id and e.says = 'PAID' and e.class in ('E3', 'E4', 'E5'));
end
$$;
comment on function desk.request_evidence_close(core.payment) is
    'A payout that two kinds of evidence and an approval close (rule B5).';

-- --- operators and limits: what is set, as the maker says it

create function desk.request_setting(p_kind text, p_params jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    login constant text := p_params ->> 'login';
    tier_like constant boolean := coalesce(p_params ->> 'from' ~ '^(0|[1-9][0-9]{0,17})$', false)
        and (p_params ->> 'kind' = '*' or exists (select from desk.request_kind k
             where k.kind = p_params ->> 'kind'));
begin
    if p_kind = 'TIER_CHANGE' then
        if coalesce(p_params ->> 'currency', '') !~ '^([A-Z]{3}|[*])$'
            or not coalesce(case when p_params ? 'cap'
                then p_params ->> 'cap' in ('maker', 'checker')
                    and coalesce(p_params ->> 'limit', '0') ~ '^(0|[1-9][0-9]{0,17})$'
                    and not p_params ?| array['kind', 'from', 'checkers']
                else tier_like and coalesce(p_params ->> 'checkers', '0') ~ '^[012]$'
                    and not p_params ? 'limit' end, false) then
            perform desk.refuse('DB400', 'bad-limit');
        end if;
        return p_params || jsonb_build_object('object', replace(concat_ws('-', 'T',
            coalesce(p_params ->> 'kind', p_params ->> 'cap'), p_params ->> 'currency'), '*',
            'ALL'));
    elsif coalesce(login, '') !~ '^[a-z][a-z0-9_]{1,30}$' or login ~ '^(g|def|own|pg)_' then
        perform desk.refuse('DB400', 'bad-login', 'login=' || coalesce(login, ''));
    elsif login = session_user then
        perform desk.refuse('DB403', 'not-yourself', 'login=' || login);
    elsif p_kind in ('OPERATOR_ENROL', 'OPERATOR_CHANGE')
        and not p_params ?& array['login', 'person', 'roles', 'channels', 'key']
        or p_kind = 'OPERATOR_KEYS' and not p_params ? 'key' then
        perform desk.refuse('DB400', 'operator-incomplete', 'login=' || login);
    elsif p_kind <> 'OPERATOR_ENROL' and not exists (select from desk.operator o
            where o.login = p_params ->> 'login' and o.ended_at is null) then
        perform desk.refuse('DB404', 'operator-unknown', 'login=' || login);
    end if;
    return p_params || jsonb_build_object('object', 'O-' || login);
end
$$;
comment on function desk.request_setting(text, jsonb) is
    'An operator or a limit as an item of a request (rules B13.6, B19).';

-- --- all of it

create function desk.request_kind_mine(p_kind text) returns desk.request_kind
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    k desk.request_kind;
begin
    perform desk.actor();
    select * into k from desk.request_kind r where r.kind = p_kind;
    if k.kind is null then
        perform desk.refuse('DB400', 'kind-unknown', 'kind=' || coalesce(p_kind, ''));
    elsif not exists (select from unnest(k.makers) g where pg_has_role(session_user, g, 'member'))
    then
        perform desk.refuse('DB403', 'role-missing', 'action=' || k.kind);
    end if;
    return k;
end
$$;
comment on function desk.request_kind_mine(text) is 'A kind that the caller proposes (rule B19).';

-- The exception, if it is the caller's and free to be proposed.
create function desk.request_take(p_id bigint, p_version integer, k desk.request_kind)
returns desk.exception
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    x constant desk.exception := desk.exception_take(p_id, p_version);
    pending text;
begin
    if x.claimed_by is distinct from session_user::text then
        perform desk.refuse('DB403', 'not-yours',
            format('id=X-%s owner=%s', p_id, coalesce(x.claimed_by, 'nobody')));
    elsif x.state in ('PROPOSED', 'APPROVED') then
        select i.request_id into pending from desk.request_item i
        where i.exception_id = p_id and i.open;
        perform desk.refuse('DB414', 'proposed-already', format('id=X-%s request=%s', p_id,
            pending));
    elsif x.state not in ('CLAIMED', 'WAITING_BANK', 'WAITING_MERCHANT', 'WAITING_CARD', 'POSTED')
        or x.state = k.leaves then
        perform desk.refuse('DB412', 'illegal-edge', format('id=X-%s from=%s to=PROPOSED', p_id,
            x.state));
    end if;
    return x;
end
$$;
comment on function desk.request_take(bigint, integer, desk.request_kind) is
    'Locks an exception that its claimant may propose (rule B4).';

-- Items that are no exceptions: one, of what the maker says.
create function desk.request_other(k desk.request_kind, p_params jsonb, out item jsonb,
    out channel text, out people text[])
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
    r desk.request;
begin
    people := '{}';
    case k.about
        when 'day' then
            item := desk.request_day(p_params ->> 'day');
        when 'payout' then
            select * into p from core.payment q
            where q.payment_id = desk.payment_id(p_params ->> 'payout');
            item := desk.request_evidence_close(p);
            channel := p.channel_id;
            select coalesce(array_agg(distinct o.person_id order by o.person_id), '{}') into people
            from desk.evidence e join desk.operator o on o.login = e.added_by
            where e.payment_id = p.payment_id;
        when 'request' then
            select * into r from desk.request q where q.request_id = p_params ->> 'request';
            if r.request_id is null or r.channel_id is not null
                and not desk.in_scope(r.channel_id) then
                perform desk.refuse('DB404', 'request-unknown', 'id='
                    || coalesce(p_params ->> 'request', ''));
            elsif not desk.is_executed(r.request_id) then
                perform desk.refuse('DB412', 'not-executed', 'id=' || r.request_id);
            end if;
            item := jsonb_build_object('object', r.request_id);
            channel := r.channel_id;
            select coalesce(array_agg(t.person order by t.person), '{}') into people
            from desk.request_person t
            where t.request_id = r.request_id and t.part <> 'checker';
        else
            item := desk.request_setting(k.kind, p_params);
    end case;
end
$$;
comment on function desk.request_other(desk.request_kind, jsonb) is
    'The item of a request that is not about exceptions.';

create function desk.request_facts(p_kind text, p_exceptions bigint[] default '{}',
    p_versions integer[] default null, p_params jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    k constant desk.request_kind := desk.request_kind_mine(p_kind);
    params constant jsonb := (
        select coalesce(jsonb_object_agg(w.key, w.value), '{}')
        from jsonb_each(coalesce(p_params, '{}')) w where w.key = any (k.params));
    found_items jsonb[] := '{}';
    people text[];
    channel text;
    x desk.exception;
    other record;
begin
    if params is distinct from coalesce(p_params, '{}') then
        perform desk.refuse('DB400', 'param-unknown', format('kind=%s params=%s', p_kind,
            array_to_string(k.params, ',')));
    elsif k.about <> 'exception' then
        other := desk.request_other(k, params);
        return jsonb_build_object('kind', p_kind, 'channel', coalesce(other.channel, '-'),
            'excluded', to_jsonb(other.people), 'items', jsonb_build_array(other.item));
    elsif coalesce(cardinality(p_exceptions), 0) not between 1 and 10000 then
        perform desk.refuse('DB420', 'too-many', 'limit=10000');
    end if;
    for n in 1 .. cardinality(p_exceptions) loop
        x := desk.request_take(p_exceptions[n], p_versions[n], k);
        if n = 1 then
            channel := x.channel_id;
        elsif channel is distinct from x.channel_id then
            perform desk.refuse('DB400', 'channels-differ', 'id=X-' || x.exception_id);
        end if;
        found_items := found_items || desk.request_exception(p_kind, x, params);
    end loop;
    people := desk.exception_people(p_exceptions);
    return jsonb_build_object('kind', p_kind, 'channel', coalesce(channel, '-'), 'excluded',
        to_jsonb(people || array(
            select distinct o.person_id from desk.evidence e
            join desk.operator o on o.login = e.added_by
            where 'V-' || e.evidence_id = any (
                select unnest(string_to_array(i ->> 'evidence', ',')) from unnest(found_items) i)
                and o.person_id <> all (people)
            order by 1)), 'items', to_jsonb(found_items));
end
$$;
comment on function desk.request_facts(text, bigint[], integer[], jsonb) is
    'What the core is asked to preview: items, channel, and who may not check (DESIGN.md 4).';

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name, p.proname from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace and p.proname in ('payment_id',
                 'exception_people', 'request_line_find', 'request_line', 'request_evidence',
                 'request_exception', 'day_gates', 'request_day', 'request_evidence_close',
                 'request_setting', 'request_kind_mine', 'request_take', 'request_other',
                 'request_facts')
    loop
        execute format('alter function %s owner to %s', f.name,
            case f.proname when 'day_gates' then 'def_read' else 'def_case' end);
        execute format('revoke all on function %s from public', f.name);
    end loop;
end
$$;
grant execute on function desk.evidence_standing(bigint, text, boolean),
    desk.evidence_bracketed(text, date) to def_case;
grant execute on function desk.day_gates(date) to def_case, g_operator, g_service;
grant execute on function desk.request_facts(text, bigint[], integer[], jsonb) to g_operator;
