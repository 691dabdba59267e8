-- What must hold after every kill once the console was started again and relayed what is due; one
-- line for each violation. :only is one request; empty: all of them, and the books as a whole.
-- noted: what the journals of the consoles say, and what a console said to its person.
\set ON_ERROR_STOP 1
create temporary table looked as
select r.request_id, r.kind, r.state, r.document, r.document_sha256,
    x.request_id is not null as done
from desk.request r
left join core.execution x on x.request_id = r.request_id
where :'only' in ('', r.request_id);

-- --- executed once, by the core's own rows, and as it was signed
select 'approved and not executed', l.request_id from looked l
where l.state = 'APPROVED' and not l.done;
select 'executed and not approved', l.request_id, l.state from looked l
where l.done and l.state <> 'APPROVED';
select 'other bytes executed', l.request_id from looked l
join core.execution x on x.request_id = l.request_id
left join paycore.request q on q.request_id = l.request_id
where x.document_sha256 <> l.document_sha256 or q.document is distinct from l.document;
select 'executed for nobody', x.request_id from core.execution x
where :'only' = '' and not exists (select from desk.request r where r.request_id = x.request_id);
select 'executed twice', i.object, x.kind, count(*) from core.execution_item i
join core.execution x on x.request_id = i.request_id
where exists (select from looked l join desk.request_item d on d.request_id = l.request_id
              where d.object = i.object)
group by 2, 3 having count(*) > 1;

-- --- the books
select 'journals and not executed', j.request_id from core.journal j
where j.request_id in (select l.request_id from looked l where not l.done);
select 'journals are not those signed', l.request_id, n.journals, n.postings from looked l,
    lateral (select count(distinct j.journal_id) as journals, count(p.journal_id) as postings
             from core.journal j join core.posting p on p.journal_id = j.journal_id
             where j.request_id = l.request_id) n
where l.done and n.postings <> substring(convert_from(l.document, 'UTF8')
    from '\npostings ([0-9]+)\n')::bigint;
select 'journal is not balanced', p.journal_id, p.currency, sum(p.amount)
from core.posting p join core.journal j on j.journal_id = p.journal_id
where :'only' in ('', j.request_id)
group by 2, 3 having sum(p.amount) <> 0;
select 'not in suspense once', l.request_id from looked l
join desk.request_item i on i.request_id = l.request_id
where l.kind in ('SUSPEND', 'CLAIM_FEE') and l.done <> exists (
    select from core.journal j join core.posting p on p.journal_id = j.journal_id
    where j.request_id = l.request_id and p.sub = i.object and abs(p.amount) = i.amount);

-- --- the desk
select 'no receipt, or of what was not done', l.request_id from looked l
left join desk.request_receipt t on t.request_id = l.request_id
where l.done <> (t.request_id is not null);
select 'receipt is not the core''s', l.request_id from looked l
join desk.request_receipt t on t.request_id = l.request_id
join paycore.request q on q.request_id = l.request_id
where t.receipt <> q.receipt;
select 'exception and request differ', l.request_id, l.state, l.done, e.state
from looked l
join desk.request_item i on i.request_id = l.request_id
join desk.exception e on e.exception_id = i.exception_id
where e.state <> case when l.done then 'POSTED' when l.state = 'APPROVED' then 'APPROVED'
                      else 'PROPOSED' end
    or i.open = l.done;
select 'steps are missing or there twice', l.request_id, n.actions from looked l,
    lateral (select coalesce(string_agg(v.action, ' ' order by v.event_id), '') as actions
             from desk.request_event v where v.request_id = l.request_id) n
where n.actions <> concat_ws(' ', 'propose',
    case when exists (select from desk.approval a where a.request_id = l.request_id
                      and a.decision = 'approve') then 'approve' end,
    case when l.done then 'settle' end);

-- --- the audit
select 'audit is missing or there twice', l.request_id, v.action, n.entries from looked l
join desk.request_event v on v.request_id = l.request_id,
    lateral (select count(*) as entries from desk.audit_entry a
             where a.object = l.request_id and a.action = 'request-' || v.action) n
where n.entries <> 1;
select 'audit without its step', a.object, a.action from desk.audit_entry a
join looked l on l.request_id = a.object
where not exists (select from desk.request_event v
                  where v.request_id = l.request_id and 'request-' || v.action = a.action);
select 'journal without its one audit entry', j.journal_id from core.journal j
where :'only' in ('', j.request_id)
    and (select count(*) from paycore.audit_entry a where a.journal_id = j.journal_id) <> 1;
select 'gap', g.* from desk.audit_gaps() g where :'only' = '';

-- --- the journals: what was said to be done is done, and nothing left before it was written down
select 'said to be done', n.* from noted n
where n.word = 'done' and :'only' in ('', n.request_id) and not case n.step
    when 'execute' then exists (select from core.execution x where x.request_id = n.request_id)
    else exists (select from desk.approval a where a.request_id = n.request_id
                 and a.decision = n.step and a.login = n.login) end;
-- An execution that was refused because no core was there is somebody's to send again.
select 'said to be refused', n.* from noted n
join desk.approval a on a.request_id = n.request_id and a.decision = n.step and a.login = n.login
where n.word = 'refused' and :'only' in ('', n.request_id);
select 'arrived and not written down', a.request_id, a.decision, a.login from desk.approval a
join looked l on l.request_id = a.request_id
where not exists (select from noted n where n.word = 'intend' and n.step = a.decision
                  and n.login = a.login and n.request_id = a.request_id);

-- --- all of it
select 'an invariant does not hold', n from paycore.invariants_refresh(now()) n
where :'only' = '' and n <> 0;
