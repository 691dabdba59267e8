-- What the attacks are made on: operators of every kind, two channels, payments, files of two
-- people, exceptions, and staging that was left lying. Run by the superuser, who takes on one login
-- after the other. Attacks know what is in attack.fact as :name.
create schema attack;
create table attack.fact (name text primary key, value text not null);

insert into desk.calendar (calendar_id, name) values ('CN', 'Monday to Friday');
update desk.environment set name = 'TEST', fixed_at = '2026-11-18T02:00:00Z';
insert into desk.channel (channel_id, bank, currency, has_statement, statement_format, calendar_id,
    fee_expected, files_from) values
    ('AA', 'First Bank', 'CNY', 'YES', 'mt940', 'CN', null, '2026-11-16'),
    ('BB', 'Second Bank', 'CNY', 'YES', 'camt', 'CN', 100, '2026-11-16');
insert into desk.channel_account (account, channel_id) values ('ACC-AA', 'AA'), ('ACC-BB', 'BB');

select desk.operator_enrol('t_' || g, 'Person of ' || g, array['g_' || g])
from unnest(array['support', 'clearing', 'supervisor', 'risk', 'fare', 'device', 'auditor',
                  'sysadmin', 'service', 'core_writer', 'core', 'sealer', 'witness']) g;
-- A second clerk, one who sees channel AA alone, one who has left; and a login that is in no group.
select desk.operator_enrol('t_clerk2', 'Second clerk', array['g_clearing']);
select desk.operator_enrol('t_scoped', 'Clerk of AA', array['g_clearing'], array['AA']);
select desk.operator_enrol('t_ended', 'Clerk who left', array['g_clearing']);
update desk.operator set ended_at = '2026-11-01' where login = 't_ended';
create role t_none login;

-- Payments of both channels; one feed that was never finished.
set session authorization t_core_writer;
select desk.feed_begin() as feed \gset
insert into desk.stage_feed (feed_id, line_no, direction, channel_id, order_no, mode, amount,
    currency, payee_name, payee_account, state, bank_ref, business_date)
select :feed, n, 'OUT', case when n <= 10 then 'AA' else 'BB' end, 'O-' || n, 'REALTIME', n * 1000,
    'CNY', 'Payee ' || n, '62220200' || n, 'PAID', 'REF-' || n, '2026-11-16'
from generate_series(1, 20) n;
select desk.feed_finish(:feed);
select desk.feed_begin() as open_feed \gset
insert into desk.stage_feed (feed_id, line_no, direction, channel_id, order_no, mode, amount,
    currency, payee_name, payee_account, state, bank_ref, business_date)
values (:open_feed, 1, 'OUT', 'AA', 'O-left', 'REALTIME', 100, 'CNY', '', '', 'PAID', 'REF-left',
    '2026-11-16');
reset session authorization;
insert into attack.fact values ('open_feed', :'open_feed');

-- Two files, each with two lines that match and one that nothing fits.
create procedure attack.import(p_account text, p_name text, p_first integer)
language plpgsql as $$
declare
    i record;
begin
    select * into i from desk.import_begin(sha256(p_name::bytea), p_name, 'mt940', 10);
    perform desk.import_chunk(i.import_id, 1, 'some bytes');
    insert into desk.stage_statement (import_id, number, account, interim, opening_date, opening,
        closing_date, closing, total, entries, faults)
    values (i.import_id, 1, p_account, false, '2026-11-16', 0, '2026-11-16', 0, 0, 3, 0);
    insert into desk.stage (import_id, entry_no, line_no, statement_no, value_date, amount,
        occurrence, identity, status, ref)
    select i.import_id, n - p_first + 1, n, 1, date '2026-11-16', n * -1000, 1,
        md5(p_name || n)::uuid, 'BOOKED', 'REF-' || n from generate_series(p_first, p_first + 1) n
    union all
    select i.import_id, 3, 3, 1, '2026-11-16', -77, 1, md5(p_name)::uuid, 'BOOKED', 'NOBODY';
    perform desk.import_finish(i.import_id);
end
$$;
grant usage on schema attack to t_clearing, t_service;
grant execute on procedure attack.import(text, text, integer) to t_clearing, t_service;
set session authorization t_clearing;
call attack.import('ACC-AA', 'aa.sta', 1);
set session authorization t_service;
call attack.import('ACC-BB', 'bb.xml', 11);
select count(*) from desk.reconcile();
reset session authorization;
revoke usage on schema attack from t_clearing, t_service;

-- An import that its owner left open, staged rows included.
set session authorization t_clearing;
select import_id as open_import, file_id as open_file
from desk.import_begin(sha256('open'), 'open.sta', 'mt940', 10) \gset
insert into desk.stage_statement (import_id, number, account, interim, closing_date, entries,
    faults) values (:open_import, 1, 'ACC-AA', false, '2026-11-17', 1, 0);
insert into desk.stage (import_id, entry_no, line_no, statement_no, value_date, amount, occurrence,
    identity, status)
values (:open_import, 1, 1, 1, '2026-11-17', -5, 1, md5('open')::uuid, 'BOOKED');
insert into desk.stage_fault (import_id, fault_no, line_no, column_no, reason, raw)
values (:open_import, 1, 1, 1, 'bad', 'raw');
reset session authorization;
insert into attack.fact values ('open_import', :'open_import'), ('open_file', :'open_file');

insert into attack.fact
select 'aa_exception', exception_id::text from desk.exception where channel_id = 'AA'
    and code = 'BANK_ONLY_DR'
union all
select 'bb_exception', exception_id::text from desk.exception where channel_id = 'BB'
    and code = 'BANK_ONLY_DR'
union all
select 'aa_line', line_id::text from desk.line where channel_id = 'AA' and ref = 'REF-1'
union all
select 'bb_line', line_id::text from desk.line where channel_id = 'BB' and ref = 'REF-11'
union all
select 'aa_file', file_id::text from desk.statement_file where name = 'aa.sta'
union all
select 'bb_file', file_id::text from desk.statement_file where name = 'bb.xml'
union all
select 'payment', payment_id::text from core.payment_key where order_no = 'O-5';
-- A match with rows of its own and its end, for the layers below the grants.
insert into desk.match (match_id, channel_id, kind, reason, made_at, made_by)
values (nextval('desk.match_id'), 'AA', 'MANUAL', 'fixture', desk.now(), 'fixture');
insert into desk.match_item (match_id, value_date, line_id, payment_id)
select m.match_id, l.value_date, l.line_id, k.payment_id
from desk.match m, desk.line l, core.payment_key k
where m.reason = 'fixture' and l.channel_id = 'AA' and l.amount = -77 and k.order_no = 'O-5';
insert into desk.match_end (match_id, reason, ended_at, ended_by)
select match_id, 'fixture', desk.now(), 'fixture' from desk.match where reason = 'fixture';
insert into attack.fact select 'match', match_id::text from desk.match where reason = 'fixture';
-- Evidence and a bank contact of a channel that not everybody sees.
insert into desk.evidence (channel_id, business_date, payment_id, class, says, text, added_at)
select 'BB', '2026-11-16', payment_id, 'E1', 'PAID', 'fixture', desk.now()
from core.payment_key where order_no = 'O-15';
insert into desk.bank_contact (channel_id, asked_at, asked, answered_at, answered_by, answer)
values ('BB', '2026-11-16', 'fixture', '2026-11-16', 'fixture', 'fixture');
-- A line of AA that the core was told of.
insert into desk.core_chunk (file_id, chunk_no, lines, cut_at)
select value::bigint, 1, 1, desk.now() from attack.fact where name = 'aa_file';
insert into desk.core_chunk_line (line_id, payment_id, value_date, file_id, chunk_no, kind)
select l.line_id, l.payment_id, l.value_date, f.value::bigint, 1, 'MATCH'
from desk.line l, attack.fact f, attack.fact a
where f.name = 'aa_file' and a.name = 'aa_line' and l.line_id = a.value::bigint;
insert into desk.core_receipt (file_id, chunk_no, body_sha256, status, answered_at, receipt)
select value::bigint, 1, sha256('fixture'), 200, desk.now(), 'fixture'
from attack.fact where name = 'aa_file';

-- Payouts of the core in every state that a guard is about, on a channel of its own.
select paycore.client_put('app', '{payouts,operator,admin,desk}', '2026-11-18T01:00:00Z');
select paycore.client_put('reader', '{read}', '2026-11-18T01:00:00Z');
create function attack.payout(p_order text, p_until text) returns bigint
language plpgsql as $$
declare
    at constant timestamptz := '2026-11-18T01:00:00Z';
    id bigint;
    w record;
begin
    perform paycore.payout_create('app', 'create-' || p_order, sha256('x'), p_order, 'C1', 'CC',
        'REALTIME', null, 1000, 'CNY', 'Payee', '6222', null, at);
    select payment_id into id from core.payment_key where order_no = p_order;
    insert into attack.fact values (p_order, id::text);
    if p_until = 'CREATED' then return id; end if;
    perform paycore.payout_approve('app', 'approve-' || p_order, sha256('x'), id, 1, at);
    perform paycore.payout_submit('app', 'submit-' || p_order, sha256('x'), id, 2, at);
    set constraints all immediate; -- as a transaction's end does
    set constraints all deferred;
    if p_until = 'SUBMITTED' then return id; end if;
    select * into w from paycore.sends_take('w', at, 10, 15) t where t.payment_id = id;
    if p_until in ('PAID', 'FAILED') then
        perform paycore.payout_record(id, 1, w.version, p_until, 'send', null, lower(p_until), '',
            null, '', null, null, case when p_until = 'PAID' then at end, null, null, at);
        return id;
    end if;
    perform paycore.payout_record(id, 1, w.version, 'UNKNOWN', 'send', null, 'silence', '', null,
        '', null, null, null, null, at + interval '1 hour', at);
    if p_until = 'PRESUMED_PAID' then
        perform paycore.payout_record(id, 1, w.version + 1, 'PRESUMED_PAID', 'clock', null, null,
            '', null, '', null, null, null, at, 'infinity', at);
    end if;
    return id;
end
$$;
select paycore.channel_set('CC', '{"currency": "CNY", "url": "http://127.0.0.1:1/",
    "accounts": "ACC-CC"}', now());
select paycore.customer_create('app', 'customer', sha256('x'), 'C1', 'One', 'CUSTOMER', 'CNY',
    '2026-11-18T01:00:00Z');
select paycore.fund_in('app', 'fund', sha256('x'), 'C1', 'CC', 100000, 'CNY', 'IN',
    '2026-11-18T01:00:00Z');
-- An order's number is a word that an attack can name.
select attack.payout('unknown', 'UNKNOWN'), attack.payout('presumed', 'PRESUMED_PAID'),
    attack.payout('paid', 'PAID'), attack.payout('failed', 'FAILED');
select attack.payout('created', 'CREATED'), attack.payout('submitted', 'SUBMITTED');
insert into attack.fact select 'journal', min(journal_id)::text from core.journal;
insert into paycore.business_day (day, state, closed_at) values ('2026-11-01', 'CLOSED', now());
drop function attack.payout(text, text);

-- Requests at the desk: pending, half approved, approved, of another channel, and one whose time to
-- decide is over. t_boss is another login of t_clearing's person; t_supervisor2 wrote on them.
select desk.operator_enrol('t_boss', 'Person of clearing', array['g_supervisor'], null, null,
    't_clearing');
select desk.operator_enrol('t_supervisor2', 'Second supervisor', array['g_supervisor']);
select desk.operator_enrol('t_supervisor3', 'Third supervisor', array['g_supervisor']);
create function attack.vote(p_decision text, p_login text, p_person text, p_expiry timestamptz)
returns jsonb language sql
return jsonb_build_object('decision', p_decision, 'login', p_login, 'person', p_person,
    'key', repeat('ab', 32), 'nonce', md5(random()::text), 'signature', repeat('cd', 64),
    'expiry', to_char(p_expiry at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'certificate', 'AA');
create function attack.request(p_name text, p_no integer, p_channel text, p_tier integer,
    p_made timestamptz, p_voters text[]) returns void
language plpgsql as $$
declare
    no constant text := 'R2026111800' || to_char(p_no, 'FM000');
    x bigint;
    document bytea;
    voter text;
begin
    update desk.environment set fixed_at = p_made;
    insert into desk.exception (code, subject, channel_id, business_date, direction, currency,
        amount, cash_effect, severity, opened_at)
    values ('BANK_ONLY_DR', 'line:attack' || p_no, p_channel, '2026-11-10', 'OUT', 'CNY', 500,
        -500, 'LOW', p_made)
    returning exception_id into x;
    update desk.exception set state = 'CLAIMED', claimed_by = 't_clearing' where exception_id = x;
    document := convert_to(format(E'format daybook-request-1\nenvironment TEST\nrequest %s\n'
        'version 1\nkind SUSPEND\nchannel %s\ncurrency CNY\namount 500\ntier %s\n'
        'maker t_clearing\nperson t_clearing\nmade_at %s\napprove_by %s\nexecute_by %s\n'
        'reason OTHER\ntext -\nexcluded 2\nexcluded.1 t_clearing\nexcluded.2 t_supervisor2\n'
        'items 1\nitem.1 X-%s 500 code=BANK_ONLY_DR line=%s:%s\nbasis 0\nmoves 0\npostings 0\n'
        'changes 0\nbalances 0\n', no, p_channel, p_tier,
        to_char(p_made at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        to_char((p_made + interval '1 day') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        to_char((p_made + interval '2 days') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        x, repeat('12', 32), p_no), 'UTF8');
    insert into desk.request (document, core_signature, core_certificate)
    values (document, repeat('ef', 64), 'AAAA');
    insert into desk.approval (request_id, person, login, document_sha256, decision, signature)
    values (no, 't_clearing', 't_clearing', sha256(document), 'propose',
        attack.vote('propose', 't_clearing', 't_clearing', p_made + interval '2 days'));
    foreach voter in array p_voters loop
        insert into desk.request_person values (no, voter, 'checker');
        insert into desk.approval (request_id, person, login, document_sha256, decision, signature)
        values (no, voter, voter, sha256(document), 'approve',
            attack.vote('approve', voter, voter, p_made + interval '2 days'));
    end loop;
    insert into attack.fact values (p_name, '''' || no || ''''),
        (p_name || '_x', x::text), (p_name || '_sha', '''\x' || encode(sha256(document), 'hex')
            || '''::bytea');
end
$$;
select attack.request('late', 1, 'AA', 1, '2026-11-16T02:00:00Z', '{}'),
    attack.request('pending', 2, 'AA', 1, '2026-11-18T02:00:00Z', '{}'),
    attack.request('half', 3, 'AA', 2, '2026-11-18T02:00:00Z', '{t_supervisor3}'),
    attack.request('approved', 4, 'AA', 1, '2026-11-18T02:00:00Z', '{t_supervisor3}'),
    attack.request('other', 5, 'BB', 1, '2026-11-18T02:00:00Z', '{}');
drop function attack.request(text, integer, text, integer, timestamptz, text[]);
drop function attack.vote(text, text, text, timestamptz);
-- What a statement puts in as its vote.
insert into attack.fact values ('vote', 'jsonb_build_object(''decision'', ''approve'', ''login'', '
    'session_user::text, ''person'', session_user::text, ''key'', repeat(''ab'', 32), ''nonce'', '
    'md5(random()::text), ''expiry'', ''2026-11-20T02:00:00Z'', ''signature'', repeat(''cd'', 64), '
    '''certificate'', ''AA'')');
insert into desk.business_day (day, state, closed_at) values ('2026-11-02', 'CLOSED', desk.now());

-- The audit so far is sealed, its head signed by whoever.
set session authorization t_sealer;
select desk.audit_seal();
select desk.audit_sign(u.seq, u.hash, now(), repeat('a', 64), decode(repeat('00', 64), 'hex'))
from desk.audit_unsigned() u;
reset session authorization;

-- A signed request that was executed: a line nobody knows stands in suspense.
create function attack.execute() returns text language plpgsql as $$
declare
    items constant jsonb := jsonb_build_array(jsonb_build_object('object', 'X-900', 'line',
        repeat('ab', 32) || ':1', 'account', 'ACC-CC', 'value_date', '2026-11-18',
        'line_amount', '-70', 'currency', 'CNY'));
    at constant timestamptz := '2026-11-18T01:00:00Z';
    r record;
begin
    select * into r from paycore.request_preview('app', 'SUSPEND', 'CC', items, at);
    perform paycore.request_execute('app', r.request, 'a document', '[]', 'SUSPEND', 'CC', items,
        r.effect, r.amount, r.currency, 'clerk1', 'p01', '{p03}', at);
    return r.request;
end
$$;
insert into attack.fact select 'request', quote_literal(attack.execute());
insert into attack.fact select 'suspended', journal_id::text from core.journal
where request_id is not null;
drop function attack.execute();
insert into core.closed_day select 'CC', '2026-11-02', request_id, now() from core.execution;
