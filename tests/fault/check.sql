-- What must hold after every kill, when nobody is at work; one line for each violation.
select 'half a file', f.file_id, f.state
from desk.statement_file f where f.state in ('RECEIVED', 'PARSED', 'MATCHING');
select 'bytes are not the file''s', f.file_id
from desk.statement_file f
where f.sha256 is distinct from (
    select sha256(string_agg(b.bytes, '' order by b.chunk_no))
    from desk.statement_bytes b where b.file_id = f.file_id);
select 'lines of a file', f.file_id, f.lines_new, n.lines
from desk.statement_file f,
    lateral (select count(*) as lines from desk.line l
             join desk.statement s on s.statement_id = l.statement_id
             where s.file_id = f.file_id) n
where n.lines <> f.lines_new;
select 'statements of a file', f.file_id
from desk.statement_file f
where f.statements <> (select count(*) from desk.statement s where s.file_id = f.file_id);
select 'line without statement', l.line_id
from desk.line l
where not exists (select from desk.statement s where s.statement_id = l.statement_id);
select 'staged rows stay', 'stage', count(*) from desk.stage having count(*) > 0;
select 'staged rows stay', 'stage_statement', count(*) from desk.stage_statement
having count(*) > 0;
select 'staged rows stay', 'stage_fault', count(*) from desk.stage_fault having count(*) > 0;
select 'file without its one audit entry', f.file_id
from desk.statement_file f
where (select count(*) from desk.audit_entry a
       where a.object = 'F-' || f.file_id and a.action in ('import', 'import-bad')) <> 1;
select 'audit entry without file', a.entry_id
from desk.audit_entry a
where a.action in ('import', 'import-bad')
    and not exists (select from desk.statement_file f where 'F-' || f.file_id = a.object);
select 'match without pairs', m.match_id
from desk.match m
where not exists (select from desk.match_item i where i.match_id = m.match_id);
select 'payment matched twice', m.payment_id
from desk.match_now m where m.kind in ('1:1', 'MANUAL') group by 2 having count(*) > 1;
select 'exception without its history', e.exception_id
from desk.exception e
where e.state is distinct from (
    select v.to_state from desk.exception_event v where v.exception_id = e.exception_id
    order by v.event_id desc limit 1);
