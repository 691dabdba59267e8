-- What people read of requests, of who may do what with them, and of operators.

create function desk.my_person() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
return (select o.person_id from desk.operator o
        where o.login = session_user and o.ended_at is null);
comment on function desk.my_person() is 'Whose login this session''s is; null: nobody''s.';

-- Whether the reader may check it, as the word of a refusal; empty: he may.
create function desk.request_why_not(p_request text, p_state text, p_approve_by timestamptz)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
return case
    when p_state not in ('PENDING', 'PARTLY_APPROVED') then 'not-pending'
    when not pg_has_role(session_user, 'g_supervisor', 'member') then 'role-missing'
    when desk.now() > p_approve_by then 'expired'
    else coalesce((
        select case t.part when 'maker' then 'same-person' when 'checker' then 'voted-already'
                   else 'excluded-person' end
        from desk.request_person t
        where t.request_id = p_request and t.person = desk.my_person()), '') end;
comment on function desk.request_why_not(text, text, timestamptz) is
    'Why the reader cannot check a request; empty where he can (rule B13).';

create view desk.requests as
select r.request_id, r.kind, k.name as kind_name, coalesce(r.channel_id, '') as channel_id,
    coalesce(r.currency, '') as currency, r.amount, r.tier, r.state,
    case when x.request_id is not null then 'EXECUTED'
         when r.state in ('PENDING', 'PARTLY_APPROVED') and desk.now() > r.approve_by
             then 'EXPIRED'
         else r.state end as state_shown,
    r.version, r.maker, r.maker_person, o.person as maker_name, r.reason,
    q.name as reason_name, r.text, r.items, i.object, i.exception_id, coalesce(i.payout, '')
    as payout, r.made_at, r.approve_by, r.execute_by, r.proposed_at,
    encode(r.document_sha256, 'hex') as sha256, v.approvals,
    greatest(r.tier - v.approvals, 0)::integer as missing,
    r.maker_person = desk.my_person() as mine, w.why_not = '' as may_check, w.why_not,
    x.executed_at, t.at as settled_at,
    coalesce((select e.text from desk.request_event e where e.request_id = r.request_id
              order by e.event_id desc limit 1), '') as last_word
from desk.request r
join desk.request_kind k on k.kind = r.kind
join desk.request_reason q on q.reason = r.reason
join desk.operator o on o.login = r.maker
join desk.request_item i on i.request_id = r.request_id and i.item_no = 1
left join core.execution x on x.request_id = r.request_id
    and x.document_sha256 = r.document_sha256
left join desk.request_receipt t on t.request_id = r.request_id,
    lateral (select count(*)::integer as approvals from desk.approval a
             where a.request_id = r.request_id and a.decision = 'approve') v,
    lateral (select desk.request_why_not(r.request_id, r.state, r.approve_by) as why_not) w;

-- The bytes that were signed, which screens are drawn from, and the core's receipt.
create view desk.request_documents with (security_barrier) as
select r.request_id, r.document, encode(r.document_sha256, 'hex') as document_sha256,
    r.core_signature, r.core_certificate, coalesce(t.receipt, '') as receipt,
    coalesce(t.signature, '') as receipt_signature
from desk.request r
left join desk.request_receipt t on t.request_id = r.request_id;

create view desk.request_items as
select i.request_id, i.item_no, i.kind, i.object, i.amount, coalesce(r.currency, '') as currency,
    i.words, i.exception_id, coalesce(i.payout, '') as payout, i.open, r.state, r.proposed_at
from desk.request_item i
join desk.request r on r.request_id = i.request_id;

create view desk.request_people as
select t.request_id, t.person, t.part,
    (select min(o.person) from desk.operator o where o.person_id = t.person) as person_name
from desk.request_person t
join desk.request r on r.request_id = t.request_id;

create view desk.approvals as
select a.request_id, a.person, a.login, o.person as person_name, a.decision, a.reason, a.signature,
    encode(a.document_sha256, 'hex') as sha256, a.at
from desk.approval a
join desk.request r on r.request_id = a.request_id
join desk.operator o on o.login = a.login;

create view desk.request_events with (security_barrier) as
select e.event_id, e.request_id, e.at, e.actor, e.action, e.from_state, e.to_state, e.text
from desk.request_event e
join desk.request r on r.request_id = e.request_id;

create view desk.dispositions with (security_barrier) as
select d.code, d.kind, k.name, d.usual, k.params, k.leaves,
    exists (select from unnest(k.makers) g where pg_has_role(session_user, g, 'member'))
    as may_propose
from desk.disposition d
join desk.request_kind k on k.kind = d.kind;

create view desk.request_kinds with (security_barrier) as
select k.kind, k.name, k.about, k.params, k.makers, k.least_tier,
    exists (select from unnest(k.makers) g where pg_has_role(session_user, g, 'member'))
    as may_propose
from desk.request_kind k;

create view desk.request_reasons with (security_barrier) as
select q.reason, q.name from desk.request_reason q;

create view desk.operators as
select o.login, o.person, o.person_id, coalesce(array_to_string(o.channels, ' '), '*') as channels,
    coalesce((select string_agg(substr(g.rolname, 3), ' ' order by g.rolname)
              from pg_catalog.pg_auth_members m
              join pg_catalog.pg_roles u on u.oid = m.member and u.rolname = o.login
              join pg_catalog.pg_roles g on g.oid = m.roleid and g.rolname ~ '^g_'), '') as roles,
    o.enrolled_at, o.ended_at,
    (select count(*) from desk.exception e where e.claimed_by = o.login and e.open) as claims
from desk.operator o;

do $$
declare
    v text;
begin
    foreach v in array array['requests', 'request_documents', 'request_items', 'request_people',
        'approvals', 'request_events', 'dispositions', 'request_kinds', 'request_reasons',
        'operators'] loop
        execute format('alter view desk.%I owner to def_read', v);
        execute format('revoke all on desk.%I from public', v);
        execute format('grant select on desk.%I to g_operator, g_service', v);
    end loop;
    foreach v in array array['my_person()', 'request_why_not(text, text, timestamptz)'] loop
        execute format('alter function desk.%s owner to def_read', v);
        execute format('revoke all on function desk.%s from public', v);
        execute format('grant execute on function desk.%s to g_operator, g_service', v);
    end loop;
end
$$;
comment on view desk.requests is 'Requests, and whether the reader may check them (rule B13).';
comment on view desk.request_documents is 'The bytes that were signed, and the receipt.';
comment on view desk.request_items is 'What requests are about.';
comment on view desk.request_people is 'Who has which part in a request (rule B13.3).';
comment on view desk.approvals is 'Signed votes on requests.';
comment on view desk.request_events is 'What became of requests, in order.';
comment on view desk.dispositions is 'Which request fits which code (rule B4).';
comment on view desk.request_kinds is 'Kinds of requests and who proposes them (rule B13).';
comment on view desk.request_reasons is 'Reasons of requests (rule B13.7).';
comment on view desk.operators is 'Operators, their roles and channels (rule B19).';
