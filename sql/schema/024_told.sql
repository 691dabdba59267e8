-- What the desk tells of a statement: lines that it matched. The core checks each payout itself,
-- posts E14, E16 and E20, moves the payout to RECONCILED or RETURNED, and answers with a receipt. A
-- line it does not take is told in the receipt and stays unposted (rules B16, B17 I2).
grant create on schema paycore to def_core;
set local role def_core;

-- Lines that belong together, because they name a payout in common: their sum is what counts.
create type paycore.told_group as (lines jsonb, kind text, account text, amount bigint,
    currency text, payouts bigint[], file_sha256 bytea);

-- A payout's number as an id; null where it is none.
create function paycore.payout_id(p_no text) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
    if p_no is null or p_no !~ '^P[0-9]{13,17}$' then
        return null;
    end if;
    return substr(p_no, 2, 8)::bigint * 1000000000 + substr(p_no, 10)::bigint;
end
$$;
comment on function paycore.payout_id(text) is 'P2026112000417 as an id.';

-- Puts lines together: a line with several payouts and several lines of one payout are one group,
-- where account and currency are the same. Debits come before returns, however they were told: a
-- payout nobody knew to be paid comes back only once its debit has been seen.
create function paycore.told_groups(p_lines jsonb, p_sha bytea) returns setof paycore.told_group
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return query
    with line as (
        select o.n, o.l, array(select paycore.payout_id(x) from jsonb_array_elements_text(
            case jsonb_typeof(o.l -> 'payouts') when 'array' then o.l -> 'payouts' else '[]' end) x
            order by 1) as ids
        from jsonb_array_elements(p_lines) with ordinality o (l, n)),
    -- A line with several payouts is told once for all of them; lines of one payout share it.
    grouped as (
        select line.n, line.l, line.ids,
            case when cardinality(line.ids) = 0 then 'line ' || line.n
                 else concat_ws(' ', line.l ->> 'kind', line.l ->> 'currency',
                     array_to_string(line.ids, ',', '?'), line.l ->> 'account') end as key
        from line)
    select jsonb_agg(g.l order by g.n), min(g.l ->> 'kind'), min(g.l ->> 'account'),
        sum(paycore.json_minor(g.l -> 'amount'))::bigint, min(g.l ->> 'currency'), g.ids, p_sha
    from grouped g
    group by g.key, g.ids
    order by (min(g.l ->> 'kind') = 'RETURN'), min(g.n);
end
$$;
comment on function paycore.told_groups(jsonb, bytea) is
    'Lines put together by the payouts they name; returns come last.';

-- Takes a payout off the worker and moves it, with its event and its posting.
create function paycore.told_move(g paycore.told_group, p_id bigint, p_actor text,
    p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    o core.payment;
    target constant text := case g.kind when 'RETURN' then 'RETURNED' else 'RECONCILED' end;
    first constant jsonb := g.lines -> 0;
    cause constant text := format('line %s', first ->> 'line');
    day constant timestamptz := (first ->> 'value_date')::date;
begin
    select * into o from core.payment p where p.payment_id = p_id;
    -- A return may be told before the debit: then the state stays, only the money is posted.
    if o.state <> 'RETURNED' then
        update core.payment p set state = target, moved_at = coalesce(p.moved_at, day),
            next_query_at = null
        where p.payment_id = p_id;
    end if;
    if g.kind = 'MATCH' then
        delete from paycore.work w where w.payment_id = p_id;
    else
        update paycore.work w set task = 'WAIT', due_at = 'infinity' where w.payment_id = p_id;
    end if;
    perform paycore.event(p_id, case when o.state = 'RETURNED' then 'note' else 'state' end,
        o.state, case when o.state = 'RETURNED' then o.state else target end, cause, day, p_actor,
        p_now);
    if g.kind = 'RETURN' then
        perform paycore.post('E16', p_id, o.batch_no, g.file_sha256,
            (first ->> 'line_no')::bigint, cause, '1010', g.account, '2230',
            core.payment_no(p_id), o.amount, o.currency, p_now);
    else
        perform paycore.post('E14', p_id, o.batch_no, g.file_sha256,
            (first ->> 'line_no')::bigint, cause, '2210', o.channel_id
            || case when o.presumed_at is not null then '.PRESUMED' else '.SENT' end, '1010',
            g.account, o.amount, o.currency, p_now);
    end if;
end
$$;
comment on function paycore.told_move(paycore.told_group, bigint, text, timestamptz) is
    'A payout that a statement line settles or brings back.';

-- Why the payouts of a group cannot be settled by its lines; '' where they can. Their rows are
-- locked.
create function paycore.told_fault(g paycore.told_group, p_channel text) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    id bigint;
    p core.payment;
    sum bigint := 0;
begin
    foreach id in array g.payouts loop
        select * into p from core.payment d
        where d.payment_id = id and d.customer_id is not null for update;
        if not found then
            return 'payout-unknown';
        elsif (p.channel_id, p.currency) is distinct from (p_channel, g.currency) then
            return 'channel-differs';
        elsif exists (select from core.journal j where j.payment_id = id
                      and j.event = case g.kind when 'RETURN' then 'E16' else 'E14' end) then
            return 'told-already';
        elsif p.sent_at is null then
            return 'illegal-edge'; -- nothing left us that a statement could show
        elsif not (p.state = 'RETURNED' and g.kind = 'MATCH') and not exists (
            select from core.state_edge e where e.kind = 'payment' and e.from_state = p.state
                and e.to_state = case g.kind when 'RETURN' then 'RETURNED' else 'RECONCILED' end
                and not e.is_signed) then
            return 'illegal-edge';
        end if;
        sum := sum + p.amount;
    end loop;
    if sum <> (case g.kind when 'RETURN' then g.amount else - g.amount end) then
        return 'amount-differs';
    end if;
    return '';
end
$$;
comment on function paycore.told_fault(paycore.told_group, text) is
    'Why lines do not settle the payouts they name.';

-- Late news of a statement is kept with the payout, from which the desk raises an exception.
create function paycore.told_late(g paycore.told_group, p_code text, p_actor text,
    p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
begin
    for p in select * from core.payment d
             where d.payment_id = any (g.payouts) and d.customer_id is not null
    loop
        perform paycore.payout_late(p, case g.kind when 'RETURN' then 'RETURNED'
            else 'RECONCILED' end, format('line %s %s', g.lines -> 0 ->> 'line', p_code),
            (g.lines -> 0 ->> 'value_date')::date, p_actor, p_now);
    end loop;
end
$$;
comment on function paycore.told_late(paycore.told_group, text, text, timestamptz) is
    'Keeps what a statement says against a payout''s state.';

-- Settles one group: all of it or nothing. Gives the code of what is wrong, '' for nothing.
create function paycore.told_settle(g paycore.told_group, p_channel text, p_actor text,
    p_now timestamptz) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    code text;
    id bigint;
begin
    if g.kind is null or g.kind not in ('MATCH', 'RETURN', 'FEE') or g.account is null
        or g.account = '' or (g.kind = 'FEE') <> (cardinality(g.payouts) = 0) then
        return 'bad-line';
    elsif not exists (select from paycore.channel_account a
                      where a.account = g.account and a.channel_id = p_channel) then
        return 'account-differs'; -- no money of this channel's lies there
    elsif exists (select from paycore.statement_line s, jsonb_array_elements(g.lines) l
                  where s.sha256 = g.file_sha256
                      and s.line_no = (l ->> 'line_no')::bigint) then
        return 'told-already';
    elsif g.kind = 'FEE' then
        if g.amount = 0 then
            return 'bad-line';
        end if;
        -- What the bank gives back of its charges is the same event with the sides turned.
        perform paycore.post('E20', null, null, g.file_sha256,
            (g.lines -> 0 ->> 'line_no')::bigint, format('line %s', g.lines -> 0 ->> 'line'),
            case when g.amount < 0 then '5010' else '1010' end,
            case when g.amount < 0 then p_channel else g.account end,
            case when g.amount < 0 then '1010' else '5010' end,
            case when g.amount < 0 then g.account else p_channel end,
            abs(g.amount), g.currency, p_now);
    else
        code := paycore.told_fault(g, p_channel);
        if code = 'illegal-edge' then
            perform paycore.told_late(g, code, p_actor, p_now);
        end if;
        if code <> '' then
            return code;
        end if;
        foreach id in array g.payouts loop
            perform paycore.told_move(g, id, p_actor, p_now);
        end loop;
    end if;
    insert into paycore.statement_line (sha256, line_no, amount, currency, account)
    select g.file_sha256, (l ->> 'line_no')::bigint, paycore.json_minor(l -> 'amount'), g.currency,
        g.account
    from jsonb_array_elements(g.lines) l;
    return '';
end
$$;
comment on function paycore.told_settle(paycore.told_group, text, text, timestamptz) is
    'Posts the lines of a group, all or none.';

-- Lines of a file, a chunk at a time: {"channel", "lines"}. The same chunk with the same bytes gets
-- the same receipt for ever, with other bytes it is refused.
create function paycore.statement_lines(p_actor text, p_sha256 bytea, p_chunk integer,
    p_chunks integer, p_body_sha bytea, p_body jsonb, p_now timestamptz,
    out status integer, out body text, out replayed boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r paycore.statement_receipt;
    g paycore.told_group;
    code text;
    posted integer := 0;
    refused jsonb := '[]';
begin
    perform paycore.must(p_actor, 'desk');
    -- Whoever tells of the same file waits here.
    perform from paycore.client c where c.name = p_actor for update;
    select * into r from paycore.statement_receipt d
    where d.sha256 = p_sha256 and d.chunk = p_chunk;
    if found then
        if r.body_sha256 <> p_body_sha then
            perform paycore.refuse('DB409', 'chunk-differs', 'chunk=' || p_chunk);
        end if;
        status := 200;
        body := r.body;
        replayed := true;
        return;
    elsif jsonb_typeof(p_body -> 'lines') is distinct from 'array' then
        perform paycore.refuse('DB400', 'bad-lines', 'field=lines');
    elsif not exists (select from core.channel c where c.channel_id = p_body ->> 'channel') then
        perform paycore.refuse('DB404', 'channel-unknown',
            'channel=' || coalesce(p_body ->> 'channel', ''));
    end if;
    for g in select * from paycore.told_groups(p_body -> 'lines', p_sha256) loop
        code := paycore.told_settle(g, p_body ->> 'channel', p_actor, p_now);
        if code = '' then
            posted := posted + jsonb_array_length(g.lines);
        else
            refused := refused || (select jsonb_agg(jsonb_build_object('line', l ->> 'line',
                'line_no', l -> 'line_no', 'code', code)) from jsonb_array_elements(g.lines) l);
        end if;
    end loop;
    status := 201;
    replayed := false;
    body := jsonb_build_object('sha256', encode(p_sha256, 'hex'), 'chunk', p_chunk,
        'chunks', p_chunks, 'posted', posted, 'refused', refused)::text;
    insert into paycore.statement_receipt (sha256, chunk, chunks, body_sha256, actor, body, at)
    values (p_sha256, p_chunk, p_chunks, p_body_sha, p_actor, body, p_now);
end
$$;
comment on function paycore.statement_lines(text, bytea, integer, integer, bytea, jsonb,
    timestamptz) is 'What the desk matched: posts it and gives a receipt.';

-- All receipts of a file.
create function paycore.statement_receipt(p_actor text, p_sha256 bytea, out status integer,
    out body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_read(p_actor);
    select json_build_object('sha256', encode(p_sha256, 'hex'),
        'chunks', json_agg(r.body::json order by r.chunk))::text into body
    from paycore.statement_receipt r where r.sha256 = p_sha256 having count(*) > 0;
    if body is null then
        perform paycore.refuse('DB404', 'file-unknown',
            'sha256=' || coalesce(encode(p_sha256, 'hex'), ''));
    end if;
    status := 200;
end
$$;
comment on function paycore.statement_receipt(text, bytea) is 'The receipts of a file.';

grant execute on function
    paycore.statement_lines(text, bytea, integer, integer, bytea, jsonb, timestamptz),
    paycore.statement_receipt(text, bytea) to g_core;
reset role;
revoke create on schema paycore from def_core;
