-- What the cases of requests stand on, after begin.sql: payouts that stand somewhere, and requests
-- that are previewed and executed as the core's program does it, but without signatures.
create function t.sent(p_order text, p_amount bigint, p_state text) returns void
language plpgsql as $$
begin
    perform t.submitted(p_order, p_amount);
    perform count(*) from paycore.sends_take('w1', t.at(), 10, 15);
    if p_state = 'PRESUMED_PAID' then
        perform t.news(p_order, 'UNKNOWN', 'send', null, 'x');
        perform t.news(p_order, 'PRESUMED_PAID', 'clock', null, null);
    elsif p_state = 'RETURNED' then
        perform t.news(p_order, 'PAID', 'send', null, 'x');
        perform t.told(length(p_order) * 100 + ascii(right(p_order, 1)),
            t.line(1, - p_amount, 'MATCH', t.no(p_order)) || ','
            || t.line(2, p_amount, 'RETURN', t.no(p_order)), 'file of ' || p_order);
    elsif p_state <> 'SUBMITTED' then
        perform t.news(p_order, p_state, 'send', null, 'x');
    end if;
end
$$;
-- An item: an object and words, `payout` by its order.
create function t.item(p_object text, p_order text default null, p_line integer default null,
    p_amount bigint default null, p_more text default '{}', p_file text default 'F')
returns jsonb language sql as $$
select jsonb_strip_nulls(jsonb_build_object('object', p_object, 'payout', t.no(p_order),
    'line', encode(sha256(p_file::bytea), 'hex') || ':' || p_line,
    'account', case when p_line is not null then 'ACC' end,
    'value_date', case when p_line is not null then '2026-11-20' end,
    'line_amount', p_amount::text, 'currency', case when p_line is not null then 'CNY' end))
    || p_more::jsonb
$$;
-- The effect of a preview, on one line, or its refusal.
create function t.preview(p_kind text, p_items jsonb, p_channel text default 'ICBC') returns text
language plpgsql as $$
declare
    r record;
begin
    select * into r from paycore.request_preview('app', p_kind, p_channel,
        case jsonb_typeof(p_items) when 'array' then p_items else jsonb_build_array(p_items) end,
        t.at());
    return replace(r.effect, E'\n', '; ');
exception
    when others then return sqlstate || ' ' || sqlerrm;
end
$$;
create table t.doc (name text primary key, request text, kind text, channel text, items jsonb,
    amount bigint, currency text, effect text, document bytea, items_text text, balances text);
create function t.propose(p_name text, p_kind text, p_items jsonb, p_channel text default 'ICBC')
returns void language sql as $$
insert into t.doc
select p_name, v.request, p_kind, p_channel, i.list, v.amount, v.currency, v.effect,
    convert_to(p_name || v.request || v.items || v.effect, 'UTF8'), v.items, v.balances
from (select case jsonb_typeof(p_items) when 'array' then p_items
          else jsonb_build_array(p_items) end as list) i,
lateral paycore.request_preview('app', p_kind, p_channel, i.list, t.at()) v
$$;
create function t.execute(p_name text, p_at integer default 0) returns text
language plpgsql as $$
declare
    r record;
begin
    select x.* into r from t.doc d, lateral paycore.request_execute('app', d.request, d.document,
        '[]', d.kind, d.channel, d.items, d.effect, d.amount, d.currency, 'clerk1', 'p01',
        array['p03'], t.at(p_at)) x
    where d.name = p_name;
    set constraints all immediate;
    set constraints all deferred;
    return r.status || ' ' || r.replayed;
exception
    when others then return sqlstate || ' ' || sqlerrm;
end
$$;
-- Proposed and executed at once: `effect on one line`, or the refusal.
create function t.do(p_name text, p_kind text, p_items jsonb, p_channel text default 'ICBC')
returns text language plpgsql as $$
declare
    answer text;
begin
    perform t.propose(p_name, p_kind, p_items, p_channel);
    answer := t.execute(p_name);
    return case when answer = '201 false' then replace((select effect from t.doc
        where name = p_name), E'\n', '; ') else answer end;
exception
    when others then return sqlstate || ' ' || sqlerrm;
end
$$;
create function t.left(p_exception text) returns text language sql stable as
'select account || '' '' || left_amount from paycore.suspense where exception = p_exception';
-- The invariants that do not hold.
create function t.faults() returns text language plpgsql as $$
begin
    perform paycore.invariants_refresh(t.at());
    return (select coalesce(string_agg(name || ' ' || detail, '; '), '') from core.invariant
            where not holds);
end
$$;
create table t.counted (at integer, name text, n bigint);
-- How many rows every table of the core has.
create function t.count_all(p_at integer) returns void language plpgsql as $$
declare
    r regclass;
    n bigint;
begin
    for r in select c.oid from pg_class c where c.relkind = 'r'
             and c.relnamespace in ('core'::regnamespace, 'paycore'::regnamespace)
    loop
        execute format('select count(*) from %s', r) into n;
        insert into t.counted values (p_at, r::text, n);
    end loop;
end
$$;
alter table core.payment_query disable trigger all;
