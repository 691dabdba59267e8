-- What the cases stand on: channels, operators, and views that write what is there as the lines of
-- the cases do. Run by the superuser.
create schema cases;
grant usage on schema cases to public;
insert into desk.calendar (calendar_id, name) values ('CN', 'Monday to Friday');
-- No files are owed until a case says so.
insert into desk.channel (channel_id, bank, currency, has_statement, statement_format, calendar_id,
    carry_window, return_window, fee_expected, files_from) values
    ('AA', 'First Bank', 'CNY', 'YES', 'mt940', 'CN', 3, 10, null, '2099-01-01'),
    ('FF', 'Fee Bank', 'CNY', 'YES', 'camt', 'CN', 3, 10, 100, '2099-01-01'),
    ('NN', 'Silent Bank', 'CNY', 'NO', null, 'CN', 3, 10, null, '2099-01-01');
insert into desk.channel_account (account, channel_id) values
    ('ACC-AA', 'AA'), ('ACC-AA2', 'AA'), ('ACC-FF', 'FF');
select desk.operator_enrol(l.login, l.login, array[l.grp], l.channels)
from (values
    ('clerk1', 'g_clearing', null::text[]), ('clerk2', 'g_clearing', null),
    ('scoped1', 'g_clearing', array['FF']), ('super1', 'g_supervisor', null),
    ('support1', 'g_support', null), ('risk1', 'g_risk', null), ('auditor1', 'g_auditor', null),
    ('daybookd', 'g_service', null), ('feed1', 'g_core_writer', null), ('super2', 'g_supervisor',
        null), ('admin1', 'g_sysadmin', null)) as l (login, grp, channels);
-- Two more logins of clerk1, one of them a supervisor's.
select desk.operator_enrol(l, 'clerk1', array[g], null, null, 'clerk1')
from (values ('clerk1_too', 'g_clearing'), ('clerk1_boss', 'g_supervisor')) as l (l, g);

create table cases.label (label text, line_id bigint primary key);

create function cases.line(p_line bigint) returns text language sql stable security definer
return coalesce((select l.label from cases.label l where l.line_id = p_line), 'L?' || p_line);
create function cases.payment(p_payment bigint) returns text language sql stable security definer
return coalesce((select k.order_no from core.payment_key k where k.payment_id = p_payment),
    'P?' || p_payment);
grant execute on function cases.line(bigint), cases.payment(bigint) to clerk1, scoped1;
create function cases.money(p_minor bigint) returns text language sql immutable
return to_char(p_minor / 100.0, 'FM9999999990.00');
create function cases.subject(p_subject text) returns text language sql stable security definer
return case split_part(p_subject, ':', 1)
    when 'line' then cases.line(split_part(p_subject, ':', 2)::bigint)
    when 'late' then 'late:' || cases.payment(split_part(p_subject, ':', 2)::bigint)
    when 'rests' then 'rests:' || case split_part(p_subject, ':', 2) when 'payment'
        then cases.payment(split_part(p_subject, ':', 3)::bigint)
        else (select f.name from desk.statement_file f
              where f.file_id = split_part(p_subject, ':', 3)::bigint) end
        || ':' || split_part(p_subject, ':', 4)
    when 'told' then 'told:' || cases.line(split_part(p_subject, ':', 2)::bigint)
    when 'payment' then cases.payment(split_part(p_subject, ':', 2)::bigint)
    when 'file' then (select f.name from desk.statement_file f
                      where f.file_id = split_part(p_subject, ':', 2)::bigint)
    when 'due' then split_part(p_subject, ':', 2) || ':' || split_part(p_subject, ':', 3)
    else p_subject end;

create view cases.exceptions as
select concat_ws(' ', x.code, cases.subject(x.subject), x.state,
    coalesce(nullif(x.direction, ''), '-'), cases.money(x.amount),
    cases.money(x.cash_effect)) as row
from desk.exception x;
create view cases.matches as
select concat_ws(' ', n.kind, cases.line(n.line_id), cases.payment(n.payment_id),
    coalesce(n.rule_no::text, 'by-hand')) as row
from desk.match_now n;
create view cases.files as
select concat_ws(' ', f.name, f.state, case when f.verified_at is null then 'provisional'
    else 'verified' end, f.lines, f.lines_new, f.matched, f.faults) as row
from desk.statement_file f;
create view cases.lines as
select concat_ws(' ', cases.line(l.line_id), l.occurrence, case when s.superseded then 'replaced'
    when exists (select from desk.match_now n where n.line_id = l.line_id) then 'matched'
    else 'open' end) as row
from desk.line l join desk.statement s on s.statement_id = l.statement_id;
create view cases.payments as
select concat_ws(' ', p.order_no, p.state) as row from core.payment p;
create view cases.checks as
select f.name, concat_ws(' ', c.check_no, c.outcome) as row
from desk.statement_check c join desk.statement_file f on f.file_id = c.file_id;
create view cases.events as
select e.exception_id, concat_ws(' ', e.action, coalesce(nullif(e.from_state, ''), '-'),
    e.to_state, e.actor) as row
from desk.exception_event e;
create view cases.days as
select concat_ws(' ', d.channel_id, d.business_date) as row from desk.file_due d;

-- Through the views that people read.
create view cases.due as
select concat_ws(' ', d.channel_id, d.business_date, d.state, d.lines) as row from desk.files_due d;
create view cases.gates as
select concat_ws(' ', d.day, d.state, d.gate, d.files_arrived || '/' || d.files_due,
    d.files_provisional, d.exceptions_open) as row
from desk.business_days d;
create view cases.audit as
select concat_ws(' ', a.actor, a.action, coalesce(
        (select f.name from desk.statement_file f where 'F-' || f.file_id = a.object),
        (select 'C:' || b.asked from desk.bank_contact b where 'C-' || b.contact_id = a.object),
        (select x.code || ':' || cases.subject(x.subject) from desk.exception x
         where 'X-' || x.exception_id = a.object), a.object)) as row
from desk.audit_entries a
where a.action not in ('operator-enrol', 'audit-read');
create view cases.shown as
select concat_ws(' ', f.name, f.state) as row from desk.statement_files f;
create view cases.chain as
select concat_ws(' ', f.name, s.number, s.chained) as row
from desk.statements s join desk.statement_files f on f.file_id = s.file_id;
create view cases.chain_checks as
select concat_ws(' ', f.name, c.outcome, c.detail) as row
from desk.statement_checks c join desk.statement_files f on f.file_id = c.file_id
where c.check_no = 4;
grant select on cases.due, cases.gates, cases.shown, cases.chain, cases.chain_checks to clerk1;
grant select on cases.audit to auditor1;
grant execute on function cases.subject(text) to auditor1;

-- What `as` calls, with orders in the place of numbers.
create function cases.pay(p_order text) returns bigint language sql stable security definer
return (select k.payment_id from core.payment_key k where k.order_no = p_order);
create function cases.hash(p_file text) returns bytea language sql immutable
return case when p_file is not null then sha256(p_file::bytea) end;
create function cases.prove(p_order text, class text, text text, says text default 'PAID',
    file text default null) returns text language sql
return (desk.evidence_add(cases.pay(p_order), class, says, text, file, cases.hash(file)) > 0)::text;
create function cases.bracket(channel text, day date, opening numeric, closing numeric, text text,
    file text default null) returns text language sql as $$
    select concat_ws(' ', b.items, b.total, b.difference, b.balances)
    from desk.evidence_bracket(channel, day, (opening * 100)::bigint, (closing * 100)::bigint,
        text, file, cases.hash(file)) b
$$;
create function cases.asked(channel text, text text, pay text default null, at date default null,
    answer text default null, file text default null) returns text language sql
return (desk.bank_contact_add(channel, cases.pay(pay), text, at, answer, file,
    cases.hash(file)) > 0)::text;
create function cases.contact(p_asked text) returns bigint language sql stable security definer
return (select b.contact_id from desk.bank_contact b where b.asked = p_asked);
create function cases.answered(asked text, text text, file text default null) returns void
language sql as $$
    select desk.bank_contact_answer(cases.contact(asked), text, file, cases.hash(file))
$$;
create view cases.evidence with (security_invoker) as
select concat_ws(' ', w.order_no, w.standing, coalesce(nullif(w.classes, ''), '-')) as row
from desk.evidence_waiting() w;
create view cases.contacts with (security_invoker) as
select concat_ws(' ', b.channel_id, coalesce(cases.payment(b.payment_id), '-'), b.asked_by, b.asked,
    coalesce(nullif(b.answer, ''), '-'), coalesce(nullif(b.attachment, ''), '-')) as row
from desk.bank_contacts b;
create view cases.doubts with (security_invoker) as
select concat_ws(' ', d.order_no, d.state) as row from desk.payouts_in_doubt d;
create view cases.exposures with (security_invoker) as
select concat_ws(' ', e.channel_id, e.doubtful, e.presumed, e.amount) as row
from desk.exposures e;
grant select on cases.evidence, cases.contacts, cases.doubts, cases.exposures to clerk1, scoped1;

-- AA is served by our own core where a case says so, and what it paid until then is the core's; or
-- what came by a feed stays what it is.
create function cases.serves(p_channel text, p_since date default '1990-01-01') returns void
language sql security definer as $$
    insert into core.channel (channel_id, currency, since) values (p_channel, 'CNY', p_since)
$$;
create function cases.own(p_channel text) returns void
language plpgsql security definer as $$
begin
    perform cases.serves(p_channel);
    set local session_replication_role = replica;
    update core.payment p set customer_id = 'C1', created_at = desk.now()
    where p.channel_id = p_channel;
    set local session_replication_role = origin;
end
$$;
create function cases.fed(p_order text, p_channel text, p_day date) returns bigint
language plpgsql as $$
declare
    feed constant bigint := desk.feed_begin();
begin
    insert into desk.stage_feed (feed_id, line_no, direction, channel_id, order_no, mode, amount,
        currency, payee_name, payee_account, state, business_date)
    values (feed, 2, 'OUT', p_channel, p_order, 'REALTIME', 100, 'CNY', '', '', 'PAID', p_day);
    return (select f.added from desk.feed_finish(feed) f);
end
$$;
grant execute on function cases.fed(text, text, date) to feed1;
create function cases.away(p_channel text) returns void language sql security definer as $$
    delete from core.channel c where c.channel_id = p_channel
$$;
-- Tells the core all there is to tell; the chunks, each with the receipt that was asked for.
create function cases.tell(receipt text default '{}') returns text language plpgsql as $$
declare
    c record;
    told text[] := '{}';
begin
    loop
        select * into c from desk.core_next();
        exit when not found;
        told := told || (c.chunk_no || ':' || c.lines);
        perform desk.core_told(c.file_id, c.chunk_no, sha256(convert_to(c.body, 'UTF8')), 200,
            replace(receipt, '$LINE', substring(c.body from '"line":"([0-9]+)"')));
    end loop;
    return coalesce(nullif(array_to_string(told, ' '), ''), '-');
end
$$;
-- The same chunk twice has the same bytes; without ids, which differ from run to run.
create function cases.body() returns text language plpgsql as $$
declare
    a record;
    b record;
begin
    select * into a from desk.core_next();
    select * into b from desk.core_next();
    return case when a is distinct from b then 'differs'
                else regexp_replace(a.body, '("line":"|"P)[0-9]+', '\1', 'g') end;
end
$$;
create function cases.receipt(chunk integer, body text) returns text language sql
return (select desk.core_told((select max(f.file_id) from desk.statement_files f), chunk,
    sha256(body::bytea), 200, '{}'))::text;
create function cases.watch() returns text language sql
return (select concat_ws(' ', w.late, w.aged, w.settled) from desk.watch() w);
-- As the core would have written it.
create function cases.late(p_order text, p_state text, p_cause text) returns void
language sql security definer as $$
    insert into core.payment_event (payment_id, kind, from_state, state, cause, actor)
    select p.payment_id, 'late', p.state, p_state, p_cause, 'core'
    from core.payment p where p.payment_id = cases.pay(p_order)
$$;
create function cases.mine(p_order text, p_since timestamptz) returns void
language plpgsql security definer as $$
begin
    set local session_replication_role = replica;
    update core.payment p set customer_id = 'C1', created_at = p_since, sent_at = p_since,
        presumed_at = p_since where p.payment_id = cases.pay(p_order);
    set local session_replication_role = origin;
end
$$;
create function cases.paid(p_order text) returns void language sql security definer as $$
    update core.payment p set state = 'PAID', moved_at = desk.now()
    where p.payment_id = cases.pay(p_order)
$$;
create function cases.began(p_name text) returns void language sql security definer as $$
    insert into desk.statement_file (sha256, name, format, size_bytes, channel_id, state,
        received_at, received_by)
    values (sha256(p_name::bytea), p_name, 'mt940', 1, 'AA', 'RECEIVED', desk.now(), 'clerk1')
$$;
create view cases.chunks as
select concat_ws(' ', c.chunk_no, t.kind, cases.line(t.line_id), cases.payment(t.payment_id),
    case when r.file_id is null then 'waits' else 'told' end) as row
from desk.core_chunk c
join desk.core_chunk_line t using (file_id, chunk_no)
left join desk.core_receipt r using (file_id, chunk_no);
create view cases.returns as
select c.row from cases.chunks c where c.row like '% RETURN %';
grant select on cases.chunks, cases.returns to clerk1;

-- --- requests: documents as the core would make them, votes as people would sign them

-- BANK_ONLY_DR:L1 and the like, as ids.
create function cases.ids(p_about text) returns bigint[] language sql stable security definer
return (select coalesce(array_agg(x.exception_id order by a.n), '{}')
        from string_to_table(p_about, ' ') with ordinality as a (a, n)
        join desk.exception x on a.a = x.code || ':' || cases.subject(x.subject));
-- Words: `object` and name=value, as documents have them.
create function cases.item(p_item jsonb, p_amount bigint) returns text language sql
return concat_ws(' ', p_item ->> 'object', p_amount, (
    select string_agg(w.key || '=' || replace(replace(w.value, ',', '%2C'), ' ', '%20'), ' '
        order by w.key)
    from jsonb_each_text(p_item - 'object') w));
create function cases.environment() returns text language sql stable security definer
return (select e.name from desk.environment e);
create function cases.time(p_at timestamptz) returns text language sql stable
return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
create function cases.document(request text, facts jsonb, tier integer, amount bigint,
    maker text, person text, made_at timestamptz default null) returns text language sql stable
return format(E'format daybook-request-1\nenvironment %s\nrequest %s\nversion 1\nkind %s\n'
    'channel %s\ncurrency %s\namount %s\ntier %s\nmaker %s\nperson %s\nmade_at %s\n'
    'approve_by %s\nexecute_by %s\nreason OTHER\ntext what was seen\nexcluded %s\n%sitems %s\n'
    '%sbasis 0\nmoves 0\npostings 0\nchanges 0\nbalances 0\n', cases.environment(), request,
    facts ->> 'kind', facts ->> 'channel', case amount when 0 then '-' else 'CNY' end,
    amount * jsonb_array_length(facts -> 'items'), tier, maker, person,
    cases.time(coalesce(made_at, desk.now())),
    cases.time(coalesce(made_at, desk.now()) + interval '1 day'),
    cases.time(coalesce(made_at, desk.now()) + interval '2 days'),
    jsonb_array_length(facts -> 'excluded'),
    (select coalesce(string_agg(format(E'excluded.%s %s\n', n, p), '' order by n), '')
     from jsonb_array_elements_text(facts -> 'excluded') with ordinality as t (p, n)),
    jsonb_array_length(facts -> 'items'),
    (select string_agg(format(E'item.%s %s\n', n, cases.item(i, amount)), '' order by n)
     from jsonb_array_elements(facts -> 'items') with ordinality as t (i, n)));
create function cases.vote(p_decision text, p_document text, p_login text, p_person text)
returns jsonb language sql stable
return jsonb_build_object('decision', p_decision, 'login', p_login, 'person', p_person,
    'key', repeat('ab', 32), 'nonce', md5(concat(p_decision, p_login, p_document)),
    'expiry', substring(p_document from 'execute_by ([^\n]*)'), 'signature', repeat('cd', 64),
    'certificate', 'AAAA');
create function cases.person() returns text language sql stable security definer
return (select o.person_id from desk.operator o where o.login = session_user);
-- Facts, document, signature, proposal; changes: text in the document, and what stands there
-- instead. Answers the state that came of it.
create function cases.propose(kind text, about text, tier integer default 1,
    params jsonb default '{}', amount bigint default 8000, request text default 'R2026111700001',
    change text default null, into_ text default '', person text default null)
returns text language plpgsql as $$
declare
    who constant text := coalesce(person, cases.person());
    document text := cases.document(request, desk.request_facts(kind, cases.ids(about), null,
        params), tier, amount, session_user, who);
begin
    if change is not null then
        if strpos(document, change) = 0 then
            raise exception 'no such text in %', document;
        end if;
        document := replace(document, change, into_);
    end if;
    perform desk.propose(convert_to(document, 'UTF8'), repeat('ef', 64), 'AAAA',
        cases.vote('propose', document, session_user, who));
    return (select r.state from desk.requests r where r.request_id = request);
end
$$;
create function cases.facts(kind text, about text default '', params jsonb default '{}',
    part text default 'items') returns text language sql
return regexp_replace(desk.request_facts(kind, cases.ids(about), null, params) ->> part,
    '(X-|P2026|"line": "[0-9a-f]|V-)[0-9a-f]*', '\1', 'g');
create function cases.bytes(request text) returns text language sql stable security definer
return (select convert_from(r.document, 'UTF8') from desk.request r where r.request_id = request);
create function cases.decide(decision text, reason text default '',
    request text default 'R2026111700001', bytes text default null, who text default null,
    nonce text default null) returns text language sql
return desk.decide(request, sha256(convert_to(coalesce(bytes, cases.bytes(request)), 'UTF8')),
    decision, reason, cases.vote(decision, cases.bytes(request), session_user,
        coalesce(who, cases.person())) || case when nonce is null then '{}'
        else jsonb_build_object('nonce', nonce) end);
-- As the core would have written it.
create function cases.executed(request text, kind text default null, sha bytea default null)
returns void language plpgsql security definer as $$
begin
    set local session_replication_role = replica;
    insert into core.execution (request_id, kind, document_sha256, executed_at, business_date)
    select r.request_id, r.kind, coalesce(sha, r.document_sha256), desk.now(), '2026-11-17'
    from desk.request r where r.request_id = request;
    set local session_replication_role = origin;
end
$$;
create function cases.sha(request text) returns text language sql stable security definer
return (select encode(r.document_sha256, 'hex') from desk.request r where r.request_id = request);
create function cases.settle(request text default 'R2026111700001', receipt text default null)
returns text language sql
return desk.request_settle(request, coalesce(receipt, format(E'request %s\ndocument %s\nat x\n',
    request, cases.sha(request))), repeat('ef', 64));
create function cases.due() returns text language sql
return (select coalesce(string_agg(d.request_id || ':' || jsonb_array_length(d.body::jsonb
    -> 'signatures'), ' '), '-') from desk.requests_due() d);
create function cases.handover(about text, heir text) returns text language sql
return (select string_agg(h.outcome, ' ')
        from desk.exception_handover(cases.ids(about), '{}', heir) h);
create function cases.ends(who text, heir text default null) returns text language sql
return desk.operator_end(who, heir)::text;
create function cases.withdraw(request text default 'R2026111700001') returns text language sql
return desk.request_withdraw(request);
create function cases.failed(request text, code text) returns text language sql
return desk.request_failed(request, code);
create function cases.expire() returns text language sql return desk.requests_expire()::text;
create function cases.gates(p_day date) returns text language sql
return (select coalesce(string_agg(g.gate || ':' || g.open, ' '), '-')
        from desk.day_gates(p_day) g);
create function cases.payout(p_order text) returns jsonb language sql
return jsonb_build_object('payout', core.payment_no(cases.pay(p_order)));
-- As a run would have raised it.
create function cases.raise(p_code text, p_order text) returns void
language sql security definer as $$
    insert into desk.exception (code, subject, channel_id, business_date, direction, currency,
        amount, cash_effect, severity, payment_id, opened_at)
    select p_code, 'payment:' || p.payment_id, p.channel_id, p.business_date, 'OUT', p.currency,
        p.amount, p.amount, 'HIGH', p.payment_id, desk.now()
    from core.payment p where p.payment_id = cases.pay(p_order)
$$;
create view cases.days_shown with (security_invoker) as
select concat_ws(' ', d.day, d.state) as row from desk.days d;
create view cases.requests with (security_invoker) as
select concat_ws(' ', r.request_id, r.kind, r.state, r.state_shown, r.tier, r.approvals,
    cases.money(r.amount), r.items, case when r.mine then 'mine' else '-' end,
    case when r.may_check then 'may' else r.why_not end) as row
from desk.requests r;
create view cases.people with (security_invoker) as
select concat_ws(' ', p.request_id, p.part, p.person) as row from desk.request_people p;
create view cases.trail with (security_invoker) as
select concat_ws(' ', e.action, coalesce(nullif(e.from_state, ''), '-'), e.to_state, e.actor)
    as row
from desk.request_events e;
create function cases.about(p_id bigint) returns text language sql stable security definer
return (select x.code || ':' || cases.subject(x.subject) from desk.exception x
        where x.exception_id = p_id);
create view cases.items with (security_invoker) as
select concat_ws(' ', i.request_id, case when i.exception_id is null then i.object
    else cases.about(i.exception_id) end, cases.money(i.amount),
    case when i.open then 'open' else 'done' end) as row
from desk.request_items i;
grant select on cases.requests, cases.people, cases.trail, cases.items, cases.days_shown
    to clerk1, clerk2, scoped1, super1, super2, clerk1_boss, auditor1;

-- All that a run could change, as one text.
create function cases.snapshot() returns text language sql stable
return concat_ws(' ',
    (select md5(string_agg(x::text, '|' order by x.exception_id)) from desk.exception x),
    (select count(*) from desk.exception_event), (select count(*) from desk.match),
    (select count(*) from desk.match_item), (select count(*) from desk.match_end),
    (select count(*) from desk.reconcile_run),
    (select md5(string_agg(f::text, '|' order by f.file_id)) from desk.statement_file f),
    (select md5(string_agg(l::text, '|' order by l.line_id)) from desk.line l),
    (select md5(string_agg(s::text, '|' order by s.statement_id)) from desk.statement s),
    (select md5(string_agg(p::text, '|' order by p.payment_id)) from core.payment p));
grant execute on all functions in schema cases to public;
revoke execute on function cases.serves(text, date), cases.own(text), cases.away(text),
    cases.mine(text, timestamptz), cases.paid(text), cases.began(text),
    cases.late(text, text, text), cases.executed(text, text, bytea), cases.raise(text, text)
    from public;
grant execute on function cases.pay(text), cases.hash(text),
    cases.prove(text, text, text, text, text),
    cases.bracket(text, date, numeric, numeric, text, text), cases.own(text), cases.tell(text),
    cases.body(), cases.receipt(integer, text), cases.watch(),
    cases.asked(text, text, text, date, text, text), cases.contact(text),
    cases.answered(text, text, text) to public;
