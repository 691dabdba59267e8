-- What matched is told to the core (DESIGN.md 2): the matched lines of balanced files that were
-- read twice, cut into chunks once and for ever, and the core's receipt for each. Lines and
-- payments never change, so that a chunk, drawn again, has the same bytes.
set local role own_desk;

create table desk.core_chunk (
    file_id bigint not null references desk.statement_file,
    chunk_no integer not null check (chunk_no > 0),
    lines integer not null check (lines > 0),
    key uuid not null default gen_random_uuid(), -- the request's, however often it is sent
    cut_at timestamptz not null,
    primary key (file_id, chunk_no)
);
-- payment_id 0: the line is of no payment. Lines matched later are in later chunks of their file.
create table desk.core_chunk_line (
    line_id bigint not null,
    payment_id bigint not null,
    value_date date not null,
    file_id bigint not null,
    chunk_no integer not null,
    kind text not null check (kind in ('MATCH', 'RETURN', 'FEE')),
    primary key (line_id, payment_id),
    foreign key (file_id, chunk_no) references desk.core_chunk,
    check ((payment_id = 0) = (kind = 'FEE'))
);
create index core_chunk_line_chunk on desk.core_chunk_line (file_id, chunk_no, line_id);
create table desk.core_receipt (
    file_id bigint not null,
    chunk_no integer not null,
    body_sha256 bytea not null check (octet_length(body_sha256) = 32),
    status integer not null check (status between 200 and 299),
    answered_at timestamptz not null,
    receipt bytea not null check (octet_length(receipt) <= 1048576),
    refused integer not null default 0,    -- lines the core did not take, each an exception
    primary key (file_id, chunk_no),
    foreign key (file_id, chunk_no) references desk.core_chunk
);

-- Matched lines that the core posted by a signed request: it is not told of them.
create table desk.line_posted (
    line_id bigint primary key,
    value_date date not null,
    request_id text not null
);

do $$
declare
    t text;
begin
    foreach t in array array['core_chunk', 'core_chunk_line', 'core_receipt', 'line_posted'] loop
        execute format('create trigger %I before update or delete on desk.%I '
            'for each row execute function desk.deny_change()', t || '_stays', t);
        execute format('create trigger %I before truncate on desk.%I '
            'for each statement execute function desk.deny_change()', t || '_stays_whole', t);
    end loop;
end
$$;
grant select on desk.core_chunk, desk.core_chunk_line, desk.core_receipt
    to def_read, def_match, def_case;
grant insert on desk.core_chunk, desk.core_chunk_line, desk.core_receipt to def_match;
grant select on desk.line_posted to def_read, def_match, def_case;
grant insert on desk.line_posted to def_case;
reset role;

-- What the core pays out itself is told; what a feed brought of the days before is not.
create function desk.core_serves(p_channel text, p_day date) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
return exists (select from core.channel c
               where c.channel_id = p_channel and c.since <= p_day);
comment on function desk.core_serves(text, date) is
    'Whether our own core paid out through a channel on a day.';

-- What of a file the core is to be told: pairs of a booked line and a payout of its own, and
-- charges of the bank (payment 0). What a feed brought is another's. unit: what one match holds
-- together.
create function desk.core_pairs(p_file bigint) returns table (value_date date, line_id bigint,
    payment_id bigint, kind text, unit bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    with pair as (
        select l.value_date, l.line_id, l.payment_id, l.statement_id, 'MATCH' as kind,
            l.line_id as unit
        from desk.statement_file f
        join desk.line l on l.value_date between f.first_day and f.last_day
        where f.file_id = p_file
            and l.line_id between p_file * 100000000 and p_file * 100000000 + 99999999
            and l.payment_id is not null and l.status = 'BOOKED'
            and not exists (select from desk.match_end e where e.line_id = l.line_id)
        union all
        select i.value_date, i.line_id, i.payment_id, l.statement_id,
            case when m.kind in ('RETURN', 'FEE') then m.kind else 'MATCH' end,
            min(i.line_id) over (partition by i.match_id)
        from desk.match_item i
        join desk.match m on m.match_id = i.match_id
        join desk.line l on l.line_id = i.line_id and l.value_date = i.value_date
            and l.status = 'BOOKED'
        where i.line_id between p_file * 100000000 and p_file * 100000000 + 99999999
            and not exists (select from desk.match_end e where e.match_id = i.match_id))
    select p.value_date, p.line_id, p.payment_id, p.kind, p.unit
    from pair p
    join desk.statement s on s.statement_id = p.statement_id and not s.interim and not s.superseded
    left join core.payment o on o.payment_id = p.payment_id
    where (p.payment_id = 0 or o.customer_id is not null)
        and not exists (select from desk.line_posted q where q.line_id = p.line_id);
end;
comment on function desk.core_pairs(bigint) is 'Matched lines of a file that are our own core''s.';

-- Matched lines of a file in sight that the core has no receipt for. Told lines stay matched, so
-- that counts suffice where everything was told; only where they differ the pairs are looked at.
create function desk.core_untold(p_file bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
return coalesce((
    select case when f.matched
        + (select count(distinct i.line_id) from desk.match_item i
           join desk.line l on l.line_id = i.line_id and l.value_date = i.value_date
               and l.status = 'BOOKED'
           where i.line_id between p_file * 100000000 and p_file * 100000000 + 99999999
               and not exists (select from desk.match_end e where e.match_id = i.match_id))
        - (select count(*) from desk.match_end e
           where e.line_id between p_file * 100000000 and p_file * 100000000 + 99999999)
        - (select coalesce(sum(c.lines), 0) from desk.core_chunk c
           join desk.core_receipt r using (file_id, chunk_no)
           where c.file_id = p_file) <= 0 then 0
        else (select count(distinct p.line_id) from desk.core_pairs(p_file) p
              where not exists (select from desk.core_chunk_line t
                  join desk.core_receipt r using (file_id, chunk_no)
                  where t.line_id = p.line_id)) end
    from desk.statement_file f
    where f.file_id = p_file and f.state in ('MATCHING', 'DONE', 'CLOSED', 'BALANCED', 'UNBALANCED')
        and desk.in_scope(f.channel_id) and desk.core_serves(f.channel_id, f.last_day)
        and exists (select from desk.statement s
                    where s.file_id = p_file and not s.interim and not s.superseded)), 0);
comment on function desk.core_untold(bigint) is
    'Matched lines of a file that the core has given no receipt for; they keep the day open.';

-- What stands in a file and is in no chunk yet: cut, 500 pairs a chunk, what one match holds
-- together; returns come after debits. Holds the channel's lock, so that no match ends meanwhile.
create function desk.core_cut(p_file bigint) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    first integer;
    n integer;
begin
    perform from desk.channel_lock k
    join desk.statement_file f on f.file_id = p_file and f.channel_id = k.channel_id
    for update of k;
    select coalesce(max(c.chunk_no), 0) into first from desk.core_chunk c where c.file_id = p_file;
    with fresh as (
        select p.* from desk.core_pairs(p_file) p
        where not exists (select from desk.core_chunk_line t where t.line_id = p.line_id)
    ), unit as (
        select f.unit, (sum(count(*)) over (order by f.kind = 'RETURN', f.unit)
            - count(*))::bigint as before
        from fresh f group by f.unit, f.kind = 'RETURN'
    ), numbered as (
        select u.unit, first + dense_rank() over (order by u.before / 500) as chunk_no from unit u
    ), chunk as (
        insert into desk.core_chunk (file_id, chunk_no, lines, cut_at)
        select p_file, m.chunk_no, count(distinct f.line_id), desk.now()
        from fresh f join numbered m on m.unit = f.unit
        group by m.chunk_no
        returning chunk_no)
    insert into desk.core_chunk_line (line_id, payment_id, value_date, file_id, chunk_no, kind)
    select f.line_id, f.payment_id, f.value_date, p_file, m.chunk_no, f.kind
    from fresh f
    join numbered m on m.unit = f.unit
    join chunk c on c.chunk_no = m.chunk_no;
    select max(c.chunk_no) - first into n from desk.core_chunk c where c.file_id = p_file;
    return coalesce(n, 0);
end
$$;
comment on function desk.core_cut(bigint) is
    'Cuts what matched in a file, and was not cut before, into chunks for the core.';

-- A chunk's bytes, the same each time. Written out by hand: nobody else decides its blanks.
create function desk.core_chunk_body(p_file bigint, p_chunk integer) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
return (
    select format('{"channel":%s,"chunk":%s,"chunks":%s,"lines":[', to_json(f.channel_id), p_chunk,
        p_chunk) || string_agg(t.row, ',' order by t.line_id) || ']}'
    from desk.statement_file f, lateral (
        select l.line_id, format('{"line":"%s","line_no":%s,"account":%s,"value_date":"%s",'
            '"amount":%s,"currency":%s,"kind":"%s","payouts":[%s]}', l.line_id,
            l.line_id - p_file * 100000000, to_json(l.account), to_char(l.value_date, 'YYYY-MM-DD'),
            l.amount, to_json(l.currency), min(t.kind),
            coalesce(string_agg('"' || core.payment_no(t.payment_id) || '"', ','
                order by t.payment_id) filter (where t.payment_id <> 0), '')) as row
        from desk.core_chunk_line t
        join desk.line l on l.line_id = t.line_id and l.value_date = t.value_date
        where t.file_id = p_file and t.chunk_no = p_chunk
        group by l.line_id, l.account, l.value_date, l.amount, l.currency) t
    where f.file_id = p_file
    group by f.channel_id);
comment on function desk.core_chunk_body(bigint, integer) is 'A chunk as the core is told it.';

-- The next chunk without a receipt; first those that were cut, then what can be cut.
create function desk.core_next() returns table (file_id bigint, file_no text, chunk_no integer,
    lines integer, sha256 text, key text, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    f record;
begin
    perform desk.actor();
    if not exists (select from desk.core_chunk c where not exists (
        select from desk.core_receipt r where r.file_id = c.file_id and r.chunk_no = c.chunk_no))
    then
        for f in select s.file_id from desk.statement_file s
                 where s.state in ('DONE', 'CLOSED') and s.verified_at is not null
                     and s.received_at > desk.now() - interval '90 days'
                     and desk.core_untold(s.file_id) > 0
                     and not exists (select from desk.statement t where t.file_id = s.file_id
                         and not (coalesce(t.balanced, true) and coalesce(t.chained, true)
                                  and coalesce(t.counted, true) and t.faults = 0))
                 order by s.received_at, s.file_id
        loop
            exit when desk.core_cut(f.file_id) > 0;
        end loop;
    end if;
    return query
    select c.file_id, 'F-' || c.file_id, c.chunk_no, c.lines, encode(s.sha256, 'hex'), c.key::text,
        desk.core_chunk_body(c.file_id, c.chunk_no)
    from desk.core_chunk c
    join desk.statement_file s on s.file_id = c.file_id
    where not exists (select from desk.core_receipt r
                      where r.file_id = c.file_id and r.chunk_no = c.chunk_no)
    order by c.file_id, c.chunk_no limit 1;
end
$$;
comment on function desk.core_next() is
    'What the core is to be told next; the same until its receipt is kept.';

-- A line that the core did not take is told to people.
create function desk.core_refused(p_file bigint, p_receipt text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    n integer := 0;
    told record;
    x bigint;
begin
    for told in
        select r ->> 'line' as line, coalesce(r ->> 'code', '') as code
        from jsonb_array_elements(case jsonb_typeof(p_receipt::jsonb -> 'refused') when 'array'
            then p_receipt::jsonb -> 'refused' else '[]' end) r
    loop
        insert into desk.exception (code, subject, channel_id, business_date, direction, currency,
            amount, cash_effect, severity, value_date, line_id, payment_id, party, reason,
            opened_at)
        select case when l.amount < 0 then 'STATUS_BANK_OK' else 'STATUS_BANK_FAIL' end,
            'told:' || l.line_id, l.channel_id, l.value_date, 'OUT', l.currency, abs(l.amount),
            l.amount, desk.severity(abs(l.amount), l.amount), l.value_date, l.line_id,
            min(nullif(t.payment_id, 0)), l.party_name,
            'The core did not book this line: ' || left(told.code, 60) || '.', desk.now()
        from desk.core_chunk_line t
        join desk.line l on l.line_id = t.line_id and l.value_date = t.value_date
        where t.file_id = p_file and t.line_id::text = told.line
        group by l.line_id, l.value_date, l.channel_id, l.amount, l.currency, l.party_name
        on conflict (code, subject) do nothing
        returning exception_id into x;
        if found then
            insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
            select x, desk.now(), 'raise', '', 'OPEN', e.reason
            from desk.exception e where e.exception_id = x;
            n := n + 1;
        end if;
    end loop;
    return n;
end
$$;
comment on function desk.core_refused(bigint, text) is 'Lines the core did not take (rule B2).';

create function desk.core_told(p_file bigint, p_chunk integer, p_body_sha256 bytea,
    p_status integer, p_receipt text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    result integer;
begin
    perform desk.actor();
    if p_body_sha256 is null or p_body_sha256 is distinct from
        sha256(convert_to(desk.core_chunk_body(p_file, p_chunk), 'UTF8')) then
        perform desk.refuse('DB409', 'body-differs', format('file=F-%s chunk=%s', p_file, p_chunk));
    elsif exists (select from desk.core_receipt r where r.file_id = p_file and r.chunk_no = p_chunk)
    then
        return 0;
    end if;
    result := desk.core_refused(p_file, p_receipt);
    insert into desk.core_receipt (file_id, chunk_no, body_sha256, status, answered_at, receipt,
        refused)
    values (p_file, p_chunk, p_body_sha256, p_status, desk.now(), convert_to(p_receipt, 'UTF8'),
        result);
    insert into desk.audit_entry (action, object, detail)
    values ('core-told', 'F-' || p_file, format('chunk=%s refused=%s', p_chunk, result));
    return result;
end
$$;
comment on function desk.core_told(bigint, integer, bytea, integer, text) is
    'Keeps the core''s receipt for a chunk, once, with what it refused (DESIGN.md 2).';

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace and p.proname ~ '^core_'
    loop
        execute format('alter function %s owner to def_match', f.name);
        execute format('revoke all on function %s from public', f.name);
    end loop;
end
$$;
grant execute on function desk.core_untold(bigint) to def_read, g_operator, g_service;
grant execute on function desk.core_next(), desk.core_told(bigint, integer, bytea, integer, text)
    to g_service;
