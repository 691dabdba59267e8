-- What the cases of this directory stand on: `t.same(name, got, wanted)`, one channel, customers,
-- and steps that take a payout somewhere. Run by the superuser in one transaction that is undone;
-- checks that wait for a transaction's end are made by t.settle(). The clock stands at t.at().
create schema t;
create table t.result (n integer generated always as identity, name text, got text, wanted text);
create function t.same(p_name text, p_got text, p_wanted text) returns void language sql as
'insert into t.result (name, got, wanted) values (p_name, p_got, p_wanted)';
create function t.at(p_seconds integer default 0) returns timestamptz language sql immutable as
'select timestamptz ''2026-11-20T02:00:00Z'' + make_interval(secs => p_seconds)';
create function t.id(p_order text) returns bigint language sql stable as
'select k.payment_id from core.payment_key k where k.order_no = p_order';
create procedure t.settle() language plpgsql as $$
begin
    set constraints all immediate;
    set constraints all deferred;
end
$$;
-- The word of a refusal, or the first cell of the answer.
create function t.try(p_sql text) returns text language plpgsql as $$
declare
    answer text;
begin
    execute p_sql into answer;
    set constraints all immediate;
    set constraints all deferred;
    return answer;
exception
    when others then return sqlstate || ' ' || sqlerrm;
end
$$;
create function t.state(p_order text) returns text language sql stable as
'select p.state from core.payment p where p.payment_id = t.id(p_order)';
create function t.balance(p_account text, p_sub text) returns bigint language sql stable as
'select paycore.account_balance(p_account, p_sub, ''CNY'')';
create function t.create(p_order text, p_key text default null, p_amount bigint default 1000,
    p_customer text default 'C1', p_repays bigint default null, p_sha bytea default '\x01')
returns text language sql as $$
select format('%s %s %s', status, body::json ->> 'state', replayed)
from paycore.payout_create('app', coalesce(p_key, 'create-' || p_order), sha256(p_sha), p_order,
    p_customer, 'ICBC', 'REALTIME', null, p_amount, 'CNY', 'Payee', '6222', p_repays, t.at())
$$;
create function t.again(p_order text, p_old text, p_account text default '6222') returns text
language plpgsql as $$
begin
    insert into core.execution values ('R2026112000099', 'REPAY', sha256(''), t.at(), '2026-11-20')
    on conflict do nothing;
    insert into paycore.request (request_id, kind, channel_id, document, document_sha256,
        signatures, actor, maker, maker_person, checkers, amount, currency, executed_at, receipt)
    values ('R2026112000099', 'REPAY', 'ICBC', '', sha256(''), '[]', 'app', 'clerk1', 'p01', '{}',
        0, '-', t.at(), '') on conflict do nothing;
    perform paycore.payout_again(t.id(p_old), p_order, 'ICBC', 'Payee', p_account,
        'R2026112000099', 'app', t.at());
    return t.state(p_order);
end
$$;
create function t.act(p_do text, p_order text, p_version integer, p_key text default null)
returns text language plpgsql as $$
declare
    answer text;
begin
    execute format('select format(''%%s %%s %%s'', status, body::json ->> ''state'', replayed)
        from paycore.payout_%s(''app'', $1, sha256(''x''), $2, $3, t.at())', p_do)
    into answer using coalesce(p_key, p_do || '-' || p_order), t.id(p_order), p_version;
    return answer;
end
$$;
create function t.submitted(p_order text, p_amount bigint default 1000) returns bigint
language plpgsql as $$
begin
    perform t.create(p_order, null, p_amount);
    perform t.act('approve', p_order, 1);
    perform t.act('submit', p_order, 2);
    set constraints all immediate;
    set constraints all deferred;
    return t.id(p_order);
end
$$;
-- News by whoever holds the lease now.
create function t.news(p_order text, p_to text, p_kind text default 'send',
    p_rung integer default null, p_answer text default 'silence', p_epoch integer default null,
    p_version integer default null, p_next timestamptz default 'infinity') returns text
language sql as $$
select paycore.payout_record(p.payment_id, coalesce(p_epoch, w.epoch),
    coalesce(p_version, p.version), p_to, p_kind, p_rung, p_answer, '', null, '', null,
    case when p_answer = 'accepted' then t.at() end, case when p_to = 'PAID' then t.at() end,
    case when p_to = 'PRESUMED_PAID' then t.at() end, p_next, t.at())
from core.payment p left join paycore.work w on w.payment_id = p.payment_id
where p.payment_id = t.id(p_order)
$$;
create function t.told(p_chunk integer, p_lines text, p_file text default 'file') returns text
language sql as $$
select concat_ws(' ', status, body::json ->> 'posted', (select string_agg(r ->> 'code', ',')
    from json_array_elements(body::json -> 'refused') r))
from paycore.statement_lines('app', sha256(p_file::bytea), p_chunk, p_chunk,
    sha256(p_lines::bytea), format('{"channel":"ICBC","lines":[%s]}', p_lines)::jsonb, t.at())
$$;
create function t.line(p_no integer, p_amount bigint, p_kind text, p_payouts text default '',
    p_account text default 'ACC')
returns text language sql as $$
select json_build_object('line', p_no::text, 'line_no', p_no, 'account', p_account,
    'value_date', '2026-11-20', 'amount', p_amount, 'currency', 'CNY', 'kind', p_kind, 'payouts',
    case when p_payouts = '' then '[]'::json else array_to_json(string_to_array(p_payouts, ','))
    end)::text
$$;
create function t.no(p_order text) returns text language sql stable as
'select core.payment_no(t.id(p_order))';
select paycore.client_put('app', '{payouts,operator,admin,desk,read}', t.at());
select paycore.channel_set('ICBC', '{"currency":"CNY","url":"http://127.0.0.1:1/",
    "accounts":["ACC","ACC-2"]}', t.at());
select paycore.customer_create('app', 'c1', sha256('1'), 'C1', 'One', 'CUSTOMER', 'CNY', t.at()),
    paycore.customer_create('app', 'c2', sha256('1'), 'M1', 'Shop', 'MERCHANT', 'CNY', t.at()),
    paycore.fund_in('app', 'f1', sha256('1'), 'C1', 'ICBC', 100000, 'CNY', 'IN', t.at()),
    paycore.fund_in('app', 'f2', sha256('1'), 'M1', 'ICBC', 5000, 'CNY', 'IN', t.at()),
    paycore.own_funds_in('app', 'f3', sha256('1'), 'ACC', 1000000, 'CNY', 'IN', t.at());
