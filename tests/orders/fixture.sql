-- What orders of sessions stand on: one channel that desk and core share, people of every part, and
-- requests to credit a customer back what a payout that failed had taken, made by the core's own
-- preview and proposed at the desk. Run by the superuser.
create schema orders;
grant usage on schema orders to public;
insert into desk.calendar (calendar_id, name) values ('CN', 'Monday to Friday');
update desk.environment set name = 'TEST', fixed_at = '2026-11-18T02:00:00Z';
insert into desk.channel (channel_id, bank, currency, has_statement, statement_format, calendar_id,
    files_from) values ('ICBC', 'First Bank', 'CNY', 'YES', 'mt940', 'CN', '2099-01-01');
insert into desk.channel_account (account, channel_id) values ('ACC', 'ICBC');
select desk.operator_enrol(l, l, array[g])
from (values ('clerk1', 'g_clearing'), ('super1', 'g_supervisor'), ('super2', 'g_supervisor'),
    ('super3', 'g_supervisor'), ('daybookd', 'g_service'), ('core1', 'g_core')) as o (l, g);
-- Another login of super1's person.
select desk.operator_enrol('super1_too', 'super1', array['g_supervisor'], null, null, 'super1');
select paycore.client_put('app', '{payouts,operator,admin,desk,read}', desk.now()),
    paycore.channel_set('ICBC', '{"currency":"CNY","url":"http://127.0.0.1:1/",
        "accounts":["ACC"]}', desk.now()),
    paycore.customer_create('app', 'c1', sha256('1'), 'C1', 'One', 'CUSTOMER', 'CNY', desk.now()),
    paycore.fund_in('app', 'f1', sha256('1'), 'C1', 'ICBC', 100000000, 'CNY', 'IN', desk.now()),
    paycore.own_funds_in('app', 'f2', sha256('1'), 'ACC', 100000000, 'CNY', 'IN', desk.now());

-- The request that an order is about: one row.
create table orders.current (payment_id bigint, exception_id bigint, request text, document bytea,
    items jsonb, effect text, amount bigint, currency text, tier integer, execute_by text,
    approve_by timestamptz);
insert into orders.current default values;
grant select on orders.current to public;
create sequence orders.number;

create function orders.time(p_at timestamptz) returns text language sql stable
return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
create function orders.now() returns timestamptz language sql stable security definer
return (select e.fixed_at from desk.environment e);
-- p_minutes after 10:00, local
create function orders.clock(p_minutes integer) returns void language sql security definer as $$
    update desk.environment
    set fixed_at = timestamptz '2026-11-18T02:00:00Z' + make_interval(mins => p_minutes)
$$;

-- A payout that failed after its money was taken.
create function orders.payout(p_amount bigint default 1000) returns bigint language plpgsql as $$
declare
    no constant text := 'O-' || nextval('orders.number');
    id bigint;
    w record;
begin
    perform paycore.payout_create('app', 'create-' || no, sha256('x'), no, 'C1', 'ICBC',
        'REALTIME', null, p_amount, 'CNY', 'Payee', '6222', null, orders.now());
    select k.payment_id into id from core.payment_key k where k.order_no = no;
    perform paycore.payout_approve('app', 'approve-' || no, sha256('x'), id, 1, orders.now());
    perform paycore.payout_submit('app', 'submit-' || no, sha256('x'), id, 2, orders.now());
    set constraints all immediate;
    set constraints all deferred;
    select * into w from paycore.sends_take('w', orders.now(), 10, 15) t where t.payment_id = id;
    perform paycore.payout_record(id, 1, w.version, 'FAILED', 'send', null, 'failed', '', null, '',
        null, null, null, null, null, orders.now());
    set constraints all immediate;
    set constraints all deferred;
    return id;
end
$$;
-- Its exception, claimed by clerk1. Nothing of an earlier order is left open.
create function orders.born() returns void language plpgsql as $$
declare
    id bigint;
    x bigint;
begin
    perform orders.clock(0);
    id := orders.payout();
    insert into desk.exception (code, subject, channel_id, business_date, direction, currency,
        amount, cash_effect, severity, payment_id, opened_at)
    select 'STATUS_BANK_FAIL', 'payment:' || id, 'ICBC', p.business_date, 'OUT', 'CNY', p.amount,
        p.amount, 'HIGH', id, orders.now()
    from core.payment p where p.payment_id = id returning exception_id into x;
    update desk.exception set state = 'CLAIMED', claimed_by = 'clerk1' where exception_id = x;
    update orders.current set payment_id = id, exception_id = x, request = null;
end
$$;
create function orders.keep(p_facts jsonb, p_tier integer) returns orders.current
language plpgsql security definer as $$
declare
    v record;
    c orders.current;
    at constant timestamptz := orders.now();
begin
    select * into v from paycore.request_preview('app', 'CREDIT_BACK', 'ICBC', p_facts -> 'items',
        at);
    update orders.current set request = v.request, items = p_facts -> 'items', effect = v.effect,
        amount = v.amount, currency = v.currency, tier = p_tier,
        approve_by = at + interval '1 hour', execute_by = orders.time(at + interval '2 hours'),
        document = convert_to(format(E'format daybook-request-1\nenvironment TEST\nrequest %s\n'
            'version 1\nkind CREDIT_BACK\nchannel ICBC\ncurrency %s\namount %s\ntier %s\n'
            'maker clerk1\nperson clerk1\nmade_at %s\napprove_by %s\nexecute_by %s\n'
            'reason CHARGED_THOUGH_FAILED\ntext -\nexcluded %s\n%s%s%s%s', v.request, v.currency,
            v.amount, p_tier, orders.time(at), orders.time(at + interval '1 hour'),
            orders.time(at + interval '2 hours'), jsonb_array_length(p_facts -> 'excluded'),
            (select coalesce(string_agg(format(E'excluded.%s %s\n', n, p), '' order by n), '')
             from jsonb_array_elements_text(p_facts -> 'excluded') with ordinality as t (p, n)),
            v.items, v.effect, v.balances), 'UTF8')
    returning * into c;
    return c;
end
$$;
create function orders.person() returns text language sql stable security definer
return (select o.person_id from desk.operator o where o.login = session_user);
create function orders.vote(p_decision text) returns jsonb language sql stable
return (select jsonb_build_object('decision', p_decision, 'login', session_user::text, 'person',
    orders.person(), 'key', repeat('ab', 32), 'nonce', md5(concat(p_decision, session_user,
    c.request)), 'expiry', c.execute_by, 'signature', repeat('cd', 64), 'certificate', 'AAAA')
    from orders.current c);

-- --- the steps, each called by its own login
create function orders.propose(p_tier integer) returns text language plpgsql as $$
declare
    x constant bigint := (select exception_id from orders.current);
    c constant orders.current := orders.keep(desk.request_facts('CREDIT_BACK', array[x], null,
        '{}'), p_tier);
begin
    return desk.propose(c.document, repeat('ef', 64), 'AAAA', orders.vote('propose'));
end
$$;
create function orders.decide(p_decision text) returns text language sql
return (select desk.decide(c.request, sha256(c.document), p_decision, 'seen',
    orders.vote(p_decision)) from orders.current c);
create function orders.withdraw() returns text language sql
return (select desk.request_withdraw(c.request, 'seen') from orders.current c);
-- What earlier orders left goes as well; null: it did not end the one that is meant.
create function orders.expire() returns text language plpgsql as $$
begin
    perform desk.requests_expire();
    return (select r.state from desk.requests r join orders.current c on c.request = r.request_id
            where r.state = 'EXPIRED');
end
$$;
create function orders.bundle() returns text language sql
return (select desk.request_bundle(c.request) ->> 'signatures' from orders.current c);
create function orders.signatures() returns jsonb language sql stable security definer
return (select jsonb_agg(a.signature order by a.at, a.person) from desk.approval a
        join orders.current c on c.request = a.request_id);
-- The core's judgement of persons, tier and time, in its program's place, then the execution.
create function orders.execute(p_signatures jsonb) returns text language plpgsql as $$
declare
    c orders.current;
    checkers text[];
    body text;
begin
    select * into c from orders.current;
    select coalesce(array_agg(distinct s ->> 'person'), '{}') into checkers
    from jsonb_array_elements(p_signatures) s where s ->> 'decision' = 'approve';
    if cardinality(checkers) < c.tier then
        raise exception using errcode = 'DB403', message = 'tier-short';
    elsif orders.now() > c.execute_by::timestamptz then
        raise exception using errcode = 'DB412', message = 'expired';
    end if;
    select x.body into body from paycore.request_execute('app', c.request, c.document,
        p_signatures, 'CREDIT_BACK', 'ICBC', c.items, c.effect, c.amount, c.currency, 'clerk1',
        'clerk1', checkers, orders.now()) x;
    return body;
end
$$;
create function orders.settle(p_receipt text) returns text language sql
return (select desk.request_settle(c.request, p_receipt, repeat('ef', 64)) from orders.current c);
create function orders.failed(p_word text) returns text language sql
return (select desk.request_failed(c.request, p_word) from orders.current c);

-- --- what must hold after any order
-- What does not, given which sessions were told that their part is done: approve:LOGIN,
-- reject:LOGIN, withdraw, expire, execute. Read by the superuser when nothing runs any more.
create function orders.faults(p_done text[]) returns text language plpgsql as $$
declare
    c orders.current;
    r desk.request;
    x desk.exception;
    executed boolean;
    settled boolean;
    open boolean;
    found text[];
    shown text;
begin
    select * into c from orders.current;
    select * into r from desk.request q where q.request_id = c.request;
    select * into x from desk.exception e where e.exception_id = c.exception_id;
    executed := exists (select from core.execution e where e.request_id = c.request);
    settled := exists (select from desk.request_receipt t where t.request_id = c.request);
    open := (select i.open from desk.request_item i where i.request_id = c.request);
    select q.state_shown into shown from desk.requests q where q.request_id = c.request;
    found := array(
        select a.decision || ':' || a.login from desk.approval a
        where a.request_id = c.request and a.decision <> 'propose'
        union all
        select e.action from desk.request_event e
        where e.request_id = c.request and e.action in ('withdraw', 'expire')
        union all
        select 'execute' from core.execution e where e.request_id = c.request
        order by 1);
    return (select string_agg(f.fault, '; ') from (values
        ('done is not what was told: ' || array_to_string(found, ' ') || ' / '
            || array_to_string(p_done, ' '), found is distinct from p_done),
        ('executed twice', (select count(*) from core.journal j where j.request_id = c.request)
            <> executed::integer),
        ('posted twice', (select coalesce(sum(g.amount), 0) from core.posting g
            join core.journal j on j.journal_id = g.journal_id
            where j.payment_id = c.payment_id and j.event = 'CREDIT_BACK' and g.amount > 0)
            <> case when executed then c.amount else 0 end),
        ('postings do not balance', exists (select from core.posting g
            join core.journal j on j.journal_id = g.journal_id
            where j.request_id = c.request group by g.journal_id having sum(g.amount) <> 0)),
        ('the payout''s state', (select p.state from core.payment p
            where p.payment_id = c.payment_id)
            <> case when executed then 'CREDITED_BACK' else 'FAILED' end),
        ('executed without the votes', executed and (select count(distinct a.person)
            from desk.approval a where a.request_id = c.request and a.decision = 'approve')
            < r.tier),
        ('executed though refused', executed and exists (select from desk.request_event e
            where e.request_id = c.request and e.to_state in ('WITHDRAWN', 'REJECTED'))),
        ('approved without the votes', r.state = 'APPROVED' and (select count(distinct a.person)
            from desk.approval a where a.request_id = c.request and a.decision = 'approve')
            < r.tier),
        ('left a final state', exists (select from desk.request_event e
            join desk.request_event l on l.request_id = e.request_id and l.event_id > e.event_id
            where e.request_id = c.request and l.action <> 'settle' and e.to_state in ('WITHDRAWN',
                'REJECTED', 'EXPIRED', 'STALE', 'EXEC_FAILED', 'EXECUTED'))),
        ('steps do not follow each other', exists (select from (
            select e.from_state, lag(e.to_state, 1, '') over (order by e.event_id) as was
            from desk.request_event e where e.request_id = c.request) e
            where e.from_state <> e.was)),
        ('one person, two votes', (select count(*) <> count(distinct a.person) from desk.approval a
            where a.request_id = c.request)),
        ('shown as ' || shown, shown is distinct from case when executed then 'EXECUTED'
            when r.state in ('PENDING', 'PARTLY_APPROVED') and orders.now() > r.approve_by
            then 'EXPIRED' else r.state end),
        ('a receipt without an execution', settled and not executed),
        ('the item is ' || case when open then 'open' else 'done' end, open <> (not settled
            and r.state in ('PENDING', 'PARTLY_APPROVED', 'APPROVED'))),
        ('the exception is ' || x.state, x.state <> case when settled then 'CLOSED'
            when r.state in ('PENDING', 'PARTLY_APPROVED') then 'PROPOSED'
            when r.state = 'APPROVED' then 'APPROVED' else 'CLAIMED' end)) as f (fault, is_so)
        where coalesce(f.is_so, true));
end
$$;
grant execute on all functions in schema orders to public;
revoke execute on function orders.clock(integer) from public;
