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
    ('daybookd', 'g_service', null), ('feed1', 'g_core_writer', null)) as l (login, grp, channels);

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
where a.action <> 'operator-enrol';
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
grant execute on function cases.pay(text), cases.hash(text),
    cases.prove(text, text, text, text, text),
    cases.bracket(text, date, numeric, numeric, text, text), cases.own(text), cases.tell(text),
    cases.body(), cases.receipt(integer, text), cases.watch(),
    cases.asked(text, text, text, date, text, text), cases.contact(text),
    cases.answered(text, text, text) to public;
