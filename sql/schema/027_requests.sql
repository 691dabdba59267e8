-- Signed requests (DESIGN.md 4, rule B13): previewed, executed once, kept for ever. The core's
-- program verifies documents and signatures before it calls; what is here holds whoever calls.
-- What each kind does is in 028 and after it.
set local role own_core;
-- Until the tables are made.
grant references on core.execution to own_paycore;
reset role;
grant usage on schema core to own_paycore;

set local role own_paycore;
create table paycore.request (
    request_id text collate "C" primary key references core.execution,
    seq bigint generated always as identity, -- the order of executions that set who may do what
    kind text not null,
    channel_id text not null,    -- '-': none
    document bytea not null,
    document_sha256 paycore.digest not null,
    signatures jsonb not null,
    actor text not null,         -- whose certificate brought it
    maker text not null,
    maker_person text not null,
    checkers text[] not null,    -- persons
    amount bigint not null check (amount >= 0),
    currency text not null,      -- '-': no money moves
    executed_at timestamptz not null,
    receipt text not null,
    constraint request_document check (document_sha256 = sha256(document)),
    constraint request_persons check (not maker_person = any (checkers)
        and array_position(checkers, null) is null
        and (cardinality(checkers) < 2 or checkers[1] <> checkers[2])
        and cardinality(checkers) <= 2)
);
create index request_maker on paycore.request (maker_person, executed_at);
create index request_policy on paycore.request (seq)
    where kind like 'OPERATOR\_%' or kind = 'TIER_CHANGE';

-- The items as the document has them, and what they name.
create table paycore.request_item (
    request_id text collate "C" not null references core.execution,
    item_no integer not null,
    object text collate "C" not null,
    words jsonb not null,
    payment_id bigint,
    sha256 bytea,
    line_no bigint,
    account text,
    value_date date,
    line_amount bigint,          -- signed as on the statement
    line_currency text,
    primary key (request_id, item_no),
    constraint request_item_object unique (request_id, object),
    constraint request_item_payment unique (request_id, payment_id),
    constraint request_item_line unique (request_id, sha256, line_no)
);
-- What the effect rests on (basis) and what it sets without money (change), as the document has it.
create table paycore.request_word (
    request_id text collate "C" not null references core.execution,
    part text not null check (part in ('basis', 'change')),
    item_no integer not null,
    seq integer not null,
    words text not null,
    primary key (request_id, part, item_no, seq)
);
-- Payouts that a request moves. A signed edge needs its row here (core.payment_guard); a version of
-- a payout moves once, whatever request says so.
create table paycore.signed_move (
    request_id text collate "C" not null references core.execution,
    item_no integer not null,
    step integer not null check (step between 1 and 4),
    payment_id bigint not null,
    from_state text not null,
    to_state text not null,
    version integer not null,
    moved_at timestamptz,        -- where the move says that money moved
    primary key (request_id, item_no, step),
    constraint signed_move_once unique (payment_id, version)
);
create sequence paycore.request_number as integer maxvalue 999999999 cycle;

do $$
declare
    t text;
begin
    foreach t in array array['request', 'request_item', 'request_word', 'signed_move'] loop
        execute format('create trigger %I before update or delete on paycore.%I '
            'for each row execute function paycore.rows_stay()', t || '_stays', t);
        execute format('create trigger %I before truncate on paycore.%I '
            'for each statement execute function paycore.rows_stay()', t || '_stays_whole', t);
        execute format('grant select, insert on paycore.%I to def_core', t);
    end loop;
    foreach t in array array['repaid', 'work', 'statement_line'] loop
        execute format('alter table paycore.%I add constraint %I foreign key (request_id) '
            'references core.execution', t, t || '_request');
    end loop;
end
$$;
grant usage on sequence paycore.request_number to def_core;
reset role;
revoke usage on schema core from own_paycore;
set local role own_core;
revoke references on core.execution from own_paycore;
reset role;

grant create on schema paycore to def_core;
set local role def_core;
-- No execution without its signed document, when the transaction ends.
create function paycore.execution_signed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from paycore.request r where r.request_id = new.request_id
                   and r.kind = new.kind and r.document_sha256 = new.document_sha256) then
        perform paycore.refuse('DB403', 'request-needed', 'request=' || new.request_id);
    end if;
    return null;
end
$$;
comment on function paycore.execution_signed() is 'An execution has its document (rule B13).';
reset role;
grant execute on function paycore.execution_signed() to own_core;
grant usage on schema paycore to own_core;
set local role own_core;
create constraint trigger execution_signed after insert on core.execution
    deferrable initially deferred for each row execute function paycore.execution_signed();
reset role;
revoke usage on schema paycore from own_core;
revoke execute on function paycore.execution_signed() from own_core;

set local role def_core;
-- A word as documents have it: all bytes but a few as %HH, so that there is no space in it and
-- nothing that a screen would obey. p_more: other characters that stay.
create function paycore.word(p_value text, p_more text default '') returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
    if p_value ~ '^[A-Za-z0-9._:/+-]+$' then
        return p_value;
    end if;
    return coalesce((
        select string_agg(case when chr(b.byte) ~ '[A-Za-z0-9._:/+-]' and b.byte < 128
                or b.byte < 128 and strpos(p_more, chr(b.byte)) > 0 then chr(b.byte)
            else '%' || upper(lpad(to_hex(b.byte), 2, '0')) end, '' order by b.n)
        from (select n, get_byte(convert_to(p_value, 'UTF8'), n) as byte
              from generate_series(0, octet_length(convert_to(p_value, 'UTF8')) - 1) n) b), '-');
end
$$;
comment on function paycore.word(text, text) is 'A value as one word of a document.';

create function paycore.instant(p_at timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp
return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
comment on function paycore.instant(timestamptz) is 'A time as documents have it.';

-- Reads the items; what cannot be an item refuses the request.
create function paycore.items_take(p_request text, p_items jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    bad record;
    hit text;
begin
    if jsonb_typeof(p_items) is distinct from 'array'
        or jsonb_array_length(p_items) not between 1 and 10000 then
        perform paycore.refuse('DB400', 'bad-request', 'field=items');
    end if;
    select o.n, k.key into bad
    from jsonb_array_elements(p_items) with ordinality o (item, n),
    lateral jsonb_each_text(case jsonb_typeof(o.item) when 'object' then o.item
        else '{"object":"","-":"-"}' end) k
    where k.key !~ '^[a-z][a-z0-9_]{0,31}$' or k.value is null or k.value ~ '[[:cntrl:]]'
        or length(k.value) > 300 or jsonb_typeof(o.item -> k.key) not in ('string', 'number')
        or k.key = 'object' and k.value !~ '^[A-Z][A-Za-z0-9._:*+-]{0,79}$'
        or k.key = 'line' and k.value !~ '^[0-9a-f]{64}:[0-9]{1,9}$'
        or k.key = 'line_amount' and k.value !~ '^-?[1-9][0-9]{0,14}$'
        or k.key = 'value_date' and k.value !~ '^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$'
        or k.key = 'payout' and k.value !~ '^P[0-9]{13,17}$'
        or k.key = 'object' and (select count(*) from jsonb_object_keys(o.item)) > 18
    order by o.n limit 1;
    if found then
        perform paycore.refuse('DB400', 'bad-request', format('item=%s field=%s', bad.n, bad.key));
    end if;
    insert into paycore.request_item (request_id, item_no, object, words, payment_id, sha256,
        line_no, account, value_date, line_amount, line_currency)
    select p_request, o.n, o.item ->> 'object', o.item - array['object', 'amount'],
        paycore.payout_id(o.item ->> 'payout'),
        decode(split_part(o.item ->> 'line', ':', 1), 'hex'),
        split_part(o.item ->> 'line', ':', 2)::bigint, o.item ->> 'account',
        (o.item ->> 'value_date')::date, (o.item ->> 'line_amount')::bigint,
        o.item ->> 'currency'
    from jsonb_array_elements(p_items) with ordinality o (item, n);
exception
    when unique_violation then
        get stacked diagnostics hit = constraint_name;
        perform paycore.refuse('DB400', 'item-twice', 'field='
            || case hit when 'request_item_payment' then 'payout'
                when 'request_item_line' then 'line' else 'object' end);
    when data_exception or not_null_violation then
        perform paycore.refuse('DB400', 'bad-request', 'field=items');
end
$$;
comment on function paycore.items_take(text, jsonb) is 'Keeps the items of a request.';

-- The items section: objects, amounts that the effect found, words in the order of their names.
create function paycore.items_text(p_request text) returns text
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select 'items ' || count(*) || E'\n' || string_agg(format(E'item.%s %s %s%s\n', i.item_no,
        paycore.word(i.object), e.amount, w.text), '' order by i.item_no)
    from paycore.request_item i
    join core.execution_item e on e.request_id = i.request_id and e.item_no = i.item_no,
    lateral (select coalesce(string_agg(' ' || k.key || '=' || paycore.word(k.value), ''
                 order by k.key collate "C"), '') as text
             from jsonb_each_text(i.words) k where k.value <> '') w
    where i.request_id = p_request;
end;
comment on function paycore.items_text(text) is 'A request''s items as its document has them.';

-- The effect section, made from what was written.
create function paycore.effect_text(p_request text) returns text
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select string_agg(format(E'%s %s\n%s', s.name, s.rows, s.text), '' order by s.n)
    from (
        select 1 as n, 'basis' as name, count(*) as rows,
            coalesce(string_agg(format(E'basis.%s %s\n', b.n, b.words), '' order by b.n), '')
                as text
        from (select row_number() over (order by w.item_no, w.seq) as n, w.words
              from paycore.request_word w
              where w.request_id = p_request and w.part = 'basis') b
        union all
        select 2, 'moves', count(*), coalesce(string_agg(format(E'move.%s %s %s %s\n', m.n,
            core.payment_no(m.payment_id), m.from_state, m.to_state), '' order by m.n), '')
        from (select row_number() over (order by d.item_no, d.step) as n, d.*
              from paycore.signed_move d where d.request_id = p_request) m
        union all
        select 3, 'postings', count(*), coalesce(string_agg(format(
            E'posting.%s %s %s %s %s %s %s\n', p.n, p.number, p.event, p.account,
            paycore.word(p.sub), p.currency, p.amount), '' order by p.n), '')
        from (select row_number() over (order by j.number, g.posting_no) as n, j.number, j.event,
                  g.account, g.sub, g.currency, g.amount
              from core.journal j join core.posting g on g.journal_id = j.journal_id
              where j.request_id = p_request) p
        union all
        select 4, 'changes', count(*),
            coalesce(string_agg(format(E'change.%s %s\n', c.n, c.words), '' order by c.n), '')
        from (select row_number() over (order by w.item_no, w.seq) as n, w.words
              from paycore.request_word w
              where w.request_id = p_request and w.part = 'change') c) s;
end;
comment on function paycore.effect_text(text) is 'What a request does, as its document has it.';

-- Every account that the request posts on, before and after it; asked after it was posted.
create function paycore.balances_text(p_request text) returns text
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select 'balances ' || count(*) || E'\n' || coalesce(string_agg(format(
        E'balance.%s %s %s %s %s %s\n', b.n, b.account, paycore.word(b.sub), b.currency,
        b.after - b.moved, b.after), '' order by b.n), '')
    from (select row_number() over (order by a.first) as n, a.*,
              paycore.account_balance(a.account, a.sub, a.currency) as after
          from (select g.account, g.sub, g.currency, sum(g.amount)::bigint as moved,
                    min(array[j.number, g.posting_no]) as first
                from core.journal j join core.posting g on g.journal_id = j.journal_id
                where j.request_id = p_request
                group by g.account, g.sub, g.currency) a) b;
end;
comment on function paycore.balances_text(text) is
    'The accounts of a request before and after it, as its document has them.';

-- What the items count for in all, and in which currency; '-' where no money is meant.
create function paycore.request_total(p_request text, out amount bigint, out currency text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    other text;
begin
    select coalesce(sum(e.amount), 0)::bigint into amount from core.execution_item e
    where e.request_id = p_request;
    select min(c.currency), max(c.currency) into currency, other
    from (select g.currency from core.journal j
          join core.posting g on g.journal_id = j.journal_id where j.request_id = p_request
          union all
          select p.currency from paycore.request_item i
          join core.payment p on p.payment_id = i.payment_id where i.request_id = p_request
          union all
          select i.line_currency from paycore.request_item i
          where i.request_id = p_request and i.sha256 is not null) c;
    if other <> currency then
        perform paycore.refuse('DB400', 'currency-differs',
            format('currency=%s other=%s', currency, other));
    end if;
    if currency is null or amount = 0 then
        currency := '-';
    end if;
end
$$;
comment on function paycore.request_total(text) is 'Amount and currency of a request.';

-- The number of a request: R, the ledger's day, five digits or more.
create function paycore.request_new(p_now timestamptz) returns text
language sql set search_path = pg_catalog, pg_temp
begin atomic
    select 'R' || to_char(paycore.ledger_day(p_now), 'YYYYMMDD') || lpad(n::text,
        greatest(5, length(n::text)), '0')
    from nextval('paycore.request_number') n;
end;
comment on function paycore.request_new(timestamptz) is 'The number of a new request.';

-- Begins an execution: true for whoever is the first with this request.
create function paycore.execution_begin(p_request text, p_kind text, p_sha bytea,
    p_now timestamptz) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into core.execution (request_id, kind, document_sha256, executed_at, business_date)
    values (p_request, p_kind, p_sha, p_now, paycore.ledger_day(p_now))
    on conflict (request_id) do nothing;
    return found;
end
$$;
comment on function paycore.execution_begin(text, text, bytea, timestamptz) is
    'The published row of a request that is being executed.';

-- What would happen, with all checks made, and then undone: nothing stays but a number. Refusals
-- are those of the execution.
create function paycore.request_preview(p_actor text, p_kind text, p_channel text, p_items jsonb,
    p_now timestamptz, out request text, out amount bigint, out currency text, out items text,
    out effect text, out balances text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must(p_actor, 'operator');
    request := paycore.request_new(p_now);
    begin
        perform paycore.execution_begin(request, p_kind, sha256(''), p_now);
        insert into paycore.request (request_id, kind, channel_id, document, document_sha256,
            signatures, actor, maker, maker_person, checkers, amount, currency, executed_at,
            receipt)
        values (request, coalesce(p_kind, ''), coalesce(p_channel, ''), '', sha256(''), '[]',
            p_actor, '', '', '{}', 0, '-', p_now, '');
        effect := paycore.request_effect(request, p_kind, p_channel, p_items, p_actor, p_now);
        select * into amount, currency from paycore.request_total(request);
        items := paycore.items_text(request);
        balances := paycore.balances_text(request);
        set constraints all immediate;
        raise exception using errcode = 'DB100', message = 'undone';
    exception
        when sqlstate 'DB100' then
            return;
    end;
end
$$;
comment on function paycore.request_preview(text, text, text, jsonb, timestamptz) is
    'What a request would do; changes nothing.';

-- Whether what the document rests on is as it was: the first object that is not, or null.
create function paycore.basis_stale(p_effect text) returns text
language plpgsql set search_path = pg_catalog, pg_temp set enable_nestloop = off as $$
declare
    ids bigint[];
    stale text;
begin
    select array_agg(paycore.payout_id(m[1]) order by 1) into ids
    from regexp_matches(p_effect, '^basis\.[0-9]+ (P[0-9]{13,17}) [0-9]+$', 'gn') m;
    perform from core.payment p where p.payment_id = any (ids) order by p.payment_id for update;
    perform from paycore.suspense s
    where s.exception in (select m[1] from regexp_matches(p_effect,
        '^basis\.[0-9]+ ([^ ]+) [0-9]+$', 'gn') m)
    order by s.exception for update;
    select b.object into stale
    from (select m[1] as object, m[2]::integer as version
          from regexp_matches(p_effect, '^basis\.[0-9]+ ([^ ]+) ([0-9]{1,9})$', 'gn') m) b
    left join core.payment p on p.payment_id = paycore.payout_id(b.object)
        and p.payment_id = any (ids)
    left join paycore.suspense s on s.exception = b.object
    where b.object !~ '^R' and coalesce(p.version, s.version, 0) <> b.version
    limit 1;
    return stale;
end
$$;
comment on function paycore.basis_stale(text) is
    'Locks what a document rests on; gives what has changed since, if anything.';

create function paycore.execution_answer(p_request text, p_sha bytea, out status integer,
    out body text, out replayed boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    r paycore.request;
begin
    select * into r from paycore.request d where d.request_id = p_request;
    if not found then
        replayed := false;
    elsif r.document_sha256 <> p_sha then
        perform paycore.refuse('DB409', 'request-differs', 'request=' || p_request);
    else
        status := 200;
        body := r.receipt;
        replayed := true;
    end if;
end
$$;
comment on function paycore.execution_answer(text, bytea) is
    'The receipt of a request that was executed before, if it was.';

-- The same for the program, before it judges a document: status is null where there is nothing yet.
create function paycore.request_done(p_actor text, p_request text, p_document_sha256 bytea,
    out status integer, out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from paycore.client c
                   where c.name = p_actor and c.rights && array['operator', 'desk']) then
        perform paycore.must(p_actor, 'operator');
    end if;
    select a.status, a.body into status, body
    from paycore.execution_answer(p_request, p_document_sha256) a;
end
$$;
comment on function paycore.request_done(text, text, bytea) is
    'Whether a document was executed, and its receipt.';

-- Executes a request once. The caller has verified document and signatures; the effect is made anew
-- and must be, byte for byte, the one that was signed. The same document gets the same receipt for
-- ever.
create function paycore.request_execute(p_actor text, p_request text, p_document bytea,
    p_signatures jsonb, p_kind text, p_channel text, p_items jsonb, p_effect text,
    p_amount bigint, p_currency text, p_maker text, p_maker_person text, p_checkers text[],
    p_now timestamptz, out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    sha constant bytea := sha256(p_document);
    effect text;
    found_amount bigint;
    found_currency text;
    stale text;
begin
    if not exists (select from paycore.client c where c.name = p_actor
                   and c.rights && array['desk', 'operator']) then
        perform paycore.must(p_actor, 'operator');
    elsif p_request is null or p_request !~ '^R[0-9]{8}[0-9]{5,9}$' or p_document is null then
        perform paycore.refuse('DB400', 'bad-request', 'field=request');
    end if;
    select * into status, body, replayed from paycore.execution_answer(p_request, sha);
    if replayed then
        return;
    elsif not paycore.execution_begin(p_request, p_kind, sha, p_now) then
        -- Whoever brought it at the same time has committed meanwhile.
        select * into status, body, replayed from paycore.execution_answer(p_request, sha);
        return;
    end if;
    stale := paycore.basis_stale(p_effect);
    if stale is not null then
        perform paycore.refuse('DB412', 'stale', format('id=%s object=%s', p_request, stale));
    end if;
    effect := paycore.request_effect(p_request, p_kind, p_channel, p_items, p_actor, p_now);
    select * into found_amount, found_currency from paycore.request_total(p_request);
    if effect is distinct from p_effect then
        perform paycore.refuse('DB412', 'stale', format('id=%s object=%s', p_request, coalesce((
            select split_part(n.line, ' ', 1)
            from regexp_split_to_table(effect, '\n') with ordinality n (line, no)
            left join regexp_split_to_table(p_effect, '\n') with ordinality o (line, no)
                on o.no = n.no
            where n.line is distinct from o.line order by n.no limit 1), 'effect')));
    elsif (found_amount, found_currency) is distinct from (p_amount, p_currency) then
        perform paycore.refuse('DB412', 'stale', format('id=%s object=amount', p_request));
    end if;
    status := 201;
    replayed := false;
    body := format(E'request %s\ndocument %s\nat %s\njournals %s\n', p_request,
        encode(sha, 'hex'), paycore.instant(p_now), coalesce((
            select string_agg(j.journal_id::text, ' ' order by j.number) from core.journal j
            where j.request_id = p_request), '-'));
    insert into paycore.request (request_id, kind, channel_id, document, document_sha256,
        signatures, actor, maker, maker_person, checkers, amount, currency, executed_at, receipt)
    values (p_request, p_kind, p_channel, p_document, sha, p_signatures, p_actor, p_maker,
        p_maker_person, coalesce(p_checkers, '{}'), p_amount, p_currency, p_now, body);
    set constraints all immediate;
end
$$;
comment on function paycore.request_execute(text, text, bytea, jsonb, text, text, jsonb, text,
    bigint, text, text, text, text[], timestamptz) is
    'Executes a signed request once and gives its receipt.';

create function paycore.request_get(p_actor text, p_request text, out status integer,
    out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_read(p_actor);
    select 200, r.receipt into status, body from paycore.request r where r.request_id = p_request;
    if not found then
        perform paycore.refuse('DB404', 'request-unknown', 'request=' || coalesce(p_request, ''));
    end if;
end
$$;
comment on function paycore.request_get(text, text) is 'The receipt of a request.';

-- Documents that set who may do what, in their order: the policy is the charter and these.
create function paycore.policy_requests()
returns table (request_id text, document bytea, signatures jsonb, executed_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select r.request_id, r.document, r.signatures, r.executed_at from paycore.request r
    where r.kind like 'OPERATOR\_%' or r.kind = 'TIER_CHANGE' order by r.seq;
end;
comment on function paycore.policy_requests() is
    'Executed requests that set operators, tiers and caps, in order.';

-- The document of the request that had a payout paid again, for whoever is about to send it.
create function paycore.request_document(p_request text)
returns table (document bytea, signatures jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select r.document, r.signatures from paycore.request r where r.request_id = p_request;
end;
comment on function paycore.request_document(text) is 'An executed document, as it was signed.';

-- What a person has made and checked today.
create function paycore.day_sums(p_person text, p_currency text, p_now timestamptz,
    out as_maker bigint, out as_checker bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    select coalesce(sum(r.amount) filter (where r.maker_person = p_person), 0)::bigint,
        coalesce(sum(r.amount) filter (where p_person = any (r.checkers)), 0)::bigint
    into as_maker, as_checker
    from core.execution e join paycore.request r on r.request_id = e.request_id
    where e.business_date = paycore.ledger_day(p_now) and r.currency = p_currency
        and (r.maker_person = p_person or p_person = any (r.checkers));
end
$$;
comment on function paycore.day_sums(text, text, timestamptz) is
    'What a person made and checked on the ledger''s day, in minor units.';

grant execute on function
    paycore.request_preview(text, text, text, jsonb, timestamptz),
    paycore.request_execute(text, text, bytea, jsonb, text, text, jsonb, text, bigint, text, text,
        text, text[], timestamptz),
    paycore.request_done(text, text, bytea),
    paycore.request_get(text, text), paycore.policy_requests(), paycore.request_document(text),
    paycore.day_sums(text, text, timestamptz) to g_core;
reset role;
revoke create on schema paycore from def_core;
