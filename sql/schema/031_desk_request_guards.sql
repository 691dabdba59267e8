-- A request's rows come out of its document, its state out of the votes, and its exceptions follow:
-- all by trigger, whoever writes.

-- --- reading the document

-- A value as it was before blanks and the like were written as %20.
create function desk.percent_decode(p_text text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
    if p_text !~ '^([A-Za-z0-9._:/+-]|%[0-9A-F]{2})*$' then
        perform desk.refuse('DB400', 'document-bad', 'at=' || left(p_text, 40));
    elsif strpos(p_text, '%') = 0 then
        return p_text;
    end if;
    return convert_from((
        select string_agg(case when m[1] is not null then decode(m[1], 'hex')
                               else convert_to(m[2], 'UTF8') end, ''::bytea order by n)
        from regexp_matches(p_text, '%([0-9A-F]{2})|([^%]+)', 'g') with ordinality as r (m, n)),
        'UTF8');
end
$$;
comment on function desk.percent_decode(text) is 'A value of a document''s item, decoded.';

-- `X-17 1248000 payout=P2026112000417 ...`
create function desk.request_item_read(p_value text) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
    part constant text[] := string_to_array(p_value, ' ');
    words jsonb;
    n integer;
begin
    select coalesce(jsonb_object_agg(split_part(w, '=', 1),
        desk.percent_decode(substr(w, strpos(w, '=') + 1))), '{}'), count(distinct
            split_part(w, '=', 1)) into words, n
    from unnest(part[3:]) w
    where w ~ '^[a-z][a-z0-9_]{0,30}=';
    if cardinality(part) < 2 or n <> cardinality(part) - 2 or part[2] !~ '^(0|[1-9][0-9]{0,17})$'
    then
        perform desk.refuse('DB400', 'document-bad', 'at=' || left(p_value, 40));
    end if;
    return jsonb_build_object('object', part[1], 'amount', part[2]::bigint, 'words', words);
end
$$;
comment on function desk.request_item_read(text) is 'An item of a document.';

-- The whole of it: single words in their order and once, lists numbered from 1 after their count,
-- and nothing else. What stands in lists that the desk does not read is kept as it is.
create function desk.request_read(p_document bytea) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
    list constant text[] := '{excluded,items,basis,moves,postings,changes,balances}';
    one constant text[] := '{excluded,item,basis,move,posting,change,balance}';
    expected text[] := '{format,environment,request,version,kind,channel,currency,amount,tier,maker,
        person,made_at,approve_by,execute_by,reason,text}';
    document text;
    words text[];
    vals text[];
    result jsonb;
    at integer;
    n integer;
begin
    if p_document is null or octet_length(p_document) not between 1 and 1048576 then
        perform desk.refuse('DB400', 'document-bad', 'at=size');
    end if;
    begin
        document := convert_from(p_document, 'UTF8');
    exception when character_not_in_repertoire or untranslatable_character then
        perform desk.refuse('DB400', 'document-bad', 'at=encoding');
    end;
    if document !~ '\n$' or document ~ '[\x01-\x09\x0b-\x1f\x7f-\x9f]' then
        perform desk.refuse('DB400', 'document-bad', 'at=end');
    end if;
    select array_agg(split_part(l, ' ', 1) order by o), array_agg(substr(l, strpos(l, ' ') + 1)
        order by o) into words, vals
    from string_to_table(left(document, -1), E'\n') with ordinality as t (l, o)
    where strpos(l, ' ') > 0;
    result := jsonb_object(words[1:16], vals[1:16]);
    for i in 1 .. cardinality(list) loop
        at := array_position(words, list[i]);
        if at is null or vals[at] !~ '^(0|[1-9][0-9]{0,4})$' then
            perform desk.refuse('DB400', 'document-bad', 'at=' || list[i]);
        end if;
        n := vals[at]::integer;
        expected := expected || list[i]
            || array(select one[i] || '.' || g from generate_series(1, n) g);
        result := result || jsonb_build_object(list[i], vals[at + 1 : at + n]);
    end loop;
    if words is distinct from expected
        or cardinality(words) <> cardinality(string_to_array(left(document, -1), E'\n'))
        or vals[1] <> 'daybook-request-1' or vals[4] <> '1' then
        perform desk.refuse('DB400', 'document-bad', 'at=order');
    elsif vals[8] !~ '^(0|[1-9][0-9]{0,17})$' or vals[9] !~ '^[012]$' or exists (
        select from unnest(vals[12:14]) t
        where t !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$') then
        perform desk.refuse('DB400', 'document-bad', 'at=values');
    end if;
    return result || jsonb_build_object('items', (
        select coalesce(jsonb_agg(desk.request_item_read(v) order by o), '[]')
        from jsonb_array_elements_text(result -> 'items') with ordinality as t (v, o)));
end
$$;
comment on function desk.request_read(bytea) is 'A document, read to the letter (DESIGN.md 4).';

-- --- coming in

create function desk.request_fill() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    d constant jsonb := desk.request_read(new.document);
    k desk.request_kind;
begin
    select * into k from desk.request_kind r where r.kind = d ->> 'kind';
    new.request_id := d ->> 'request';
    new.kind := d ->> 'kind';
    new.channel_id := nullif(d ->> 'channel', '-');
    new.currency := nullif(d ->> 'currency', '-');
    new.amount := (d ->> 'amount')::bigint;
    new.tier := (d ->> 'tier')::integer;
    new.maker := d ->> 'maker';
    new.maker_person := d ->> 'person';
    new.reason := d ->> 'reason';
    new.text := case d ->> 'text' when '-' then '' else d ->> 'text' end;
    new.items := jsonb_array_length(d -> 'items');
    new.made_at := (d ->> 'made_at')::timestamptz;
    new.approve_by := (d ->> 'approve_by')::timestamptz;
    new.execute_by := (d ->> 'execute_by')::timestamptz;
    new.proposed_at := desk.now();
    new.state := 'PENDING';
    new.version := 1;
    if d ->> 'environment' is distinct from (select e.name from desk.environment e) then
        perform desk.refuse('DB403', 'environment-differs', 'environment='
            || (d ->> 'environment'));
    elsif k.kind is null then
        perform desk.refuse('DB400', 'kind-unknown', 'kind=' || new.kind);
    elsif new.tier < k.least_tier then
        perform desk.refuse('DB403', 'tier-short', format('id=%s tier=%s', new.request_id,
            k.least_tier));
    elsif new.amount <> (select sum((i ->> 'amount')::numeric)
                         from jsonb_array_elements(d -> 'items') i) then
        perform desk.refuse('DB400', 'document-bad', 'at=amount');
    elsif new.made_at > new.proposed_at + interval '10 minutes'
        or new.made_at < new.proposed_at - interval '1 hour'
        or new.approve_by <= new.proposed_at then
        perform desk.refuse('DB412', 'expired', 'id=' || new.request_id);
    end if;
    return new;
end
$$;
comment on function desk.request_fill() is 'A request''s columns are its document''s (rule B13).';

create function desk.request_spread() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    d constant jsonb := desk.request_read(new.document);
    x desk.exception;
begin
    insert into desk.request_item (request_id, item_no, kind, object, amount, words, exception_id,
        payout, line)
    select new.request_id, o, new.kind, i ->> 'object', (i ->> 'amount')::bigint, i -> 'words',
        substring(i ->> 'object' from '^X-([0-9]{1,18})$')::bigint, i -> 'words' ->> 'payout',
        i -> 'words' ->> 'line'
    from jsonb_array_elements(d -> 'items') with ordinality as t (i, o);
    insert into desk.request_person (request_id, person, part)
    values (new.request_id, new.maker_person, 'maker');
    insert into desk.request_person (request_id, person, part)
    select new.request_id, e.person, case when exists (
        select from desk.request_item i
        join desk.exception_event v on v.exception_id = i.exception_id and v.action = 'claim'
        join desk.operator o on o.login = v.actor and o.person_id = e.person
        where i.request_id = new.request_id) then 'claimant' else 'editor' end
    from (select distinct person from jsonb_array_elements_text(d -> 'excluded') t (person)) e
    where e.person <> new.maker_person;
    for x in select e.* from desk.request_item i
             join desk.exception e on e.exception_id = i.exception_id
             where i.request_id = new.request_id
             order by e.exception_id for update of e
    loop
        if x.claimed_by is distinct from new.maker then
            perform desk.refuse('DB403', 'not-yours', format('id=X-%s owner=%s', x.exception_id,
                coalesce(x.claimed_by, 'nobody')));
        end if;
        perform desk.exception_move(x, 'propose', 'PROPOSED', new.request_id, null, x.claimed_by);
    end loop;
    return null;
end
$$;
comment on function desk.request_spread() is
    'A document''s items and persons become rows; its exceptions are proposed.';

-- Items and the persons who may not check come with the document and with nothing after it.
create function desk.request_sealed() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from desk.approval a
               where a.request_id = new.request_id and a.decision = 'propose') then
        perform desk.refuse('DB405', 'rows-stay', 'table=' || tg_table_name);
    end if;
    return new;
end
$$;
comment on function desk.request_sealed() is 'Nothing is added to what the maker signed.';

-- At the transaction's end every request is its maker's, signed.
-- It runs when the transaction ends, where the session's own rights are back: so as definer.
create function desk.request_signed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from desk.approval a
                   where a.request_id = new.request_id and a.decision = 'propose') then
        perform desk.refuse('DB403', 'signature-bad', 'id=' || new.request_id);
    end if;
    return null;
end
$$;
comment on function desk.request_signed() is 'No request without its maker''s signature.';

-- --- what may change, and when

create function desk.approvals(p_request text, p_decision text) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
return (select count(*) from desk.approval a
        where a.request_id = p_request and a.decision = p_decision);
comment on function desk.approvals(text, text) is 'How many voted so.';

create function desk.is_executed(p_request text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
return exists (select from core.execution e
               join desk.request r on r.request_id = e.request_id
                   and r.document_sha256 = e.document_sha256
               where e.request_id = p_request);
comment on function desk.is_executed(text) is 'Whether the core says it executed these bytes.';

create function desk.request_guard() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    yes constant bigint := desk.approvals(new.request_id, 'approve');
begin
    if (new.request_id, new.kind, new.amount, new.tier, new.maker, new.maker_person, new.reason,
        new.text, new.items, new.made_at, new.approve_by, new.execute_by, new.proposed_at,
        new.document, new.core_signature, new.core_certificate, new.channel_id, new.currency)
        is distinct from (old.request_id, old.kind, old.amount, old.tier, old.maker,
        old.maker_person, old.reason, old.text, old.items, old.made_at, old.approve_by,
        old.execute_by, old.proposed_at, old.document, old.core_signature, old.core_certificate,
        old.channel_id, old.currency) then
        perform desk.refuse('DB405', 'rows-stay', 'table=request');
    elsif new.state = 'APPROVED' and old.state <> 'APPROVED' and (yes < new.tier
        or desk.approvals(new.request_id, 'propose') <> 1)
        or new.state = 'PARTLY_APPROVED' and yes not between 1 and new.tier - 1 then
        perform desk.refuse('DB403', 'tier-short', format('id=%s tier=%s', new.request_id,
            new.tier));
    elsif (new.state = 'REJECTED') <> (desk.approvals(new.request_id, 'reject') > 0) then
        perform desk.refuse('DB403', 'rejected', 'id=' || new.request_id);
    elsif new.state = 'EXPIRED' and desk.now() <= (case old.state
            when 'APPROVED' then new.execute_by + interval '10 minutes' else new.approve_by end)
    then
        perform desk.refuse('DB412', 'not-expired', 'id=' || new.request_id);
    elsif new.state in ('STALE', 'EXEC_FAILED', 'EXPIRED') and desk.is_executed(new.request_id) then
        perform desk.refuse('DB412', 'executed', 'id=' || new.request_id);
    end if;
    new.version := old.version + 1;
    return new;
end
$$;
comment on function desk.request_guard() is
    'Of a request only the state moves, and only as far as signatures carry it (rule B13).';

create function desk.request_item_guard() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.request_id, new.item_no, new.kind, new.object, new.amount, new.words)
        is distinct from (old.request_id, old.item_no, old.kind, old.object, old.amount, old.words)
        or (new.exception_id, new.payout, new.line)
        is distinct from (old.exception_id, old.payout, old.line)
        or new.open and not old.open then
        perform desk.refuse('DB405', 'rows-stay', 'table=request_item');
    elsif old.open and not new.open and not desk.is_executed(new.request_id) and exists (
        select from desk.request r where r.request_id = new.request_id
            and r.state in ('PENDING', 'PARTLY_APPROVED', 'APPROVED')) then
        perform desk.refuse('DB412', 'pending', 'id=' || new.request_id);
    end if;
    return new;
end
$$;
comment on function desk.request_item_guard() is
    'An item is open for as long as its request is.';

create function desk.approval_fits() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    r desk.request;
begin
    select * into r from desk.request q where q.request_id = new.request_id for update;
    if new.decision = 'propose' then
        if (new.login, new.person) is distinct from (r.maker, r.maker_person) then
            perform desk.refuse('DB403', 'maker-unknown', 'id=' || r.request_id);
        end if;
    elsif r.state not in ('PENDING', 'PARTLY_APPROVED') then
        perform desk.refuse('DB412', 'not-pending', format('id=%s state=%s', r.request_id,
            r.state));
    elsif desk.now() > r.approve_by then
        perform desk.refuse('DB412', 'expired', 'id=' || r.request_id);
    end if;
    if new.signature ->> 'expiry' is distinct from
        to_char(r.execute_by at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') then
        perform desk.refuse('DB403', 'signature-bad', 'id=' || r.request_id);
    end if;
    return new;
end
$$;
comment on function desk.approval_fits() is 'A vote is for what is pending and not expired.';

create function desk.request_event_add(p_request text, p_action text, p_from text, p_to text,
    p_text text) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into desk.request_event (request_id, action, from_state, to_state, text)
    values (p_request, p_action, p_from, p_to, coalesce(p_text, ''));
    insert into desk.audit_entry (action, object, detail)
    values ('request-' || p_action, p_request,
        concat_ws(' ', nullif(p_from, '') || ' >', p_to, nullif(p_text, '')));
end;
comment on function desk.request_event_add(text, text, text, text, text) is
    'A step of a request, for its trail and the audit.';

create function desk.approval_counts() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    r desk.request;
    yes constant bigint := desk.approvals(new.request_id, 'approve');
    next text;
begin
    select * into r from desk.request q where q.request_id = new.request_id;
    next := case when new.decision = 'reject' then 'REJECTED' when yes >= r.tier then 'APPROVED'
                 when yes > 0 then 'PARTLY_APPROVED' else 'PENDING' end;
    perform desk.request_event_add(r.request_id, new.decision,
        case when new.decision = 'propose' then '' else r.state end, next, new.reason);
    update desk.request q set state = next
    where q.request_id = r.request_id and q.state <> next;
    return null;
end
$$;
comment on function desk.approval_counts() is 'The state of a request follows its votes.';

-- --- what follows

-- Where an exception goes back to: what stands in suspense stays there.
create function desk.exception_back(p_id bigint) returns text
language sql stable set search_path = pg_catalog, pg_temp
return case when exists (
    select from desk.request_item i
    join desk.request_kind k on k.kind = i.kind and k.leaves = 'POSTED'
    join desk.request_receipt t on t.request_id = i.request_id
    where i.exception_id = p_id) then 'POSTED' else 'CLAIMED' end;
comment on function desk.exception_back(bigint) is
    'Where an exception stands that has no request any more (rule B4).';

create function desk.request_follows() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    x desk.exception;
    word constant text := case new.state when 'APPROVED' then 'approve' when 'REJECTED' then
        'reject' when 'WITHDRAWN' then 'withdraw' when 'EXPIRED' then 'expire'
        when 'STALE' then 'stale' else 'fail' end;
begin
    if new.state = 'PARTLY_APPROVED' then
        return null;
    elsif new.state <> 'APPROVED' then
        update desk.request_item i set open = false where i.request_id = new.request_id and i.open;
    end if;
    for x in select e.* from desk.request_item i
             join desk.exception e on e.exception_id = i.exception_id
             where i.request_id = new.request_id and e.state in ('PROPOSED', 'APPROVED')
             order by e.exception_id for update of e
    loop
        if new.state = 'REJECTED' then
            perform desk.exception_move(x, word, 'REJECTED', new.request_id, null, x.claimed_by);
            x := desk.exception_take(x.exception_id, null);
        end if;
        perform desk.exception_move(x, word, case new.state when 'APPROVED' then 'APPROVED'
            else desk.exception_back(x.exception_id) end, new.request_id, null, x.claimed_by);
    end loop;
    return null;
end
$$;
comment on function desk.request_follows() is 'Exceptions go where their request goes (rule B4).';

create function desk.receipt_fits() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if not desk.is_executed(new.request_id) then
        perform desk.refuse('DB412', 'not-executed', 'id=' || new.request_id);
    elsif new.receipt !~ ('(^|\n)request ' || new.request_id || '\n')
        or new.receipt !~ ('(^|\n)document ' || encode(new.document_sha256, 'hex') || '\n') then
        perform desk.refuse('DB400', 'request-differs', 'id=' || new.request_id);
    end if;
    return new;
end
$$;
comment on function desk.receipt_fits() is 'A receipt is of what the core says it executed.';

-- Only what a request is about moves to these states, and nothing leaves while it is pending.
create function desk.exception_signed() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.state in ('PROPOSED', 'APPROVED') and not exists (
            select from desk.request_item i join desk.request r on r.request_id = i.request_id
            where i.exception_id = new.exception_id and i.open
                and (r.state = 'APPROVED' or new.state = 'PROPOSED'))
        or new.state not in ('PROPOSED', 'APPROVED') and exists (
            select from desk.request_item i where i.exception_id = new.exception_id and i.open)
        or (new.state = 'POSTED' or old.state = 'POSTED' and new.state = 'CLOSED') and not exists (
            select from desk.request_item i
            join desk.request_receipt t on t.request_id = i.request_id
            where i.exception_id = new.exception_id) then
        perform desk.refuse('DB403', 'request-needed', 'id=X-' || new.exception_id);
    end if;
    return new;
end
$$;
comment on function desk.exception_signed() is
    'What takes a request takes a request (rules B4, B13).';

create function desk.exception_born() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform desk.refuse('DB403', 'request-needed', 'id=' || new.subject);
    return null;
end
$$;
comment on function desk.exception_born() is 'An exception begins open, or as a memo (rule B4).';

-- A day closes once, by a request, and never opens again.
create function desk.day_signed() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.day <> old.day or old.state = 'CLOSED' then
        perform desk.refuse('DB405', 'rows-stay', 'table=business_day');
    elsif new.state = 'CLOSED' and not exists (
        select from desk.request_item i
        join desk.request_receipt t on t.request_id = i.request_id
        where i.kind = 'DAY_CLOSE' and i.object = 'D-' || to_char(new.day, 'YYYY-MM-DD')) then
        perform desk.refuse('DB403', 'request-needed', 'id=D-' || new.day);
    end if;
    return null;
end
$$;
comment on function desk.day_signed() is 'A day is closed by a request that was executed.';

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name, p.proname,
                 p.prorettype = 'trigger'::regtype as is_trigger
             from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace and p.proname in ('percent_decode',
                 'request_item_read', 'request_read', 'request_fill', 'request_spread',
                 'request_sealed', 'request_signed', 'approvals', 'is_executed', 'request_guard',
                 'request_item_guard', 'approval_fits', 'request_event_add', 'approval_counts',
                 'exception_back', 'request_follows', 'receipt_fits', 'exception_signed',
                 'exception_born', 'day_signed')
    loop
        execute format('alter function %s owner to %s', f.name,
            case when f.is_trigger and f.proname <> 'request_signed' then 'own_desk'
                else 'def_case' end);
        execute format('revoke all on function %s from public', f.name);
    end loop;
end
$$;
grant execute on function desk.is_executed(text) to def_read, def_match;
grant execute on function desk.request_signed() to own_desk;

set local role own_desk;
create trigger request_edge before update on desk.request
    for each row execute function desk.edge_guard('request');
create trigger request_fill before insert on desk.request
    for each row execute function desk.request_fill();
create trigger request_guard before update on desk.request
    for each row execute function desk.request_guard();
create trigger request_spread after insert on desk.request
    for each row execute function desk.request_spread();
create trigger request_follows after update on desk.request
    for each row when (new.state <> old.state) execute function desk.request_follows();
create constraint trigger request_signed after insert on desk.request
    deferrable initially deferred for each row execute function desk.request_signed();
create trigger request_item_guard before update on desk.request_item
    for each row execute function desk.request_item_guard();
create trigger request_item_sealed before insert on desk.request_item
    for each row execute function desk.request_sealed();
create trigger request_person_sealed before insert on desk.request_person
    for each row when (new.part <> 'checker') execute function desk.request_sealed();
create trigger approval_fits before insert on desk.approval
    for each row execute function desk.approval_fits();
create trigger approval_counts after insert on desk.approval
    for each row execute function desk.approval_counts();
create trigger receipt_fits before insert on desk.request_receipt
    for each row execute function desk.receipt_fits();
create trigger exception_signed before update on desk.exception
    for each row when (new.state <> old.state
        and (new.state in ('PROPOSED', 'APPROVED', 'POSTED')
             or old.state in ('PROPOSED', 'APPROVED', 'POSTED')))
    execute function desk.exception_signed();
create trigger day_signed after update on desk.business_day
    for each row execute function desk.day_signed();
create trigger day_stays before delete on desk.business_day
    for each row execute function desk.deny_change();
create trigger day_stays_whole before truncate on desk.business_day
    for each statement execute function desk.deny_change();
create trigger exception_born before insert on desk.exception
    for each row when (new.state not in ('OPEN', 'AUTO_CLOSED'))
    execute function desk.exception_born();
reset role;
revoke execute on function desk.request_signed() from own_desk;
