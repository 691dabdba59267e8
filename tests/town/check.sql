-- What differs between the town's truth and the desk, one line each.
create temp table truth (code text, channel text, day date, order_no text, bank_ref text, file text,
    amount numeric, state text, what text);
create temp table wanted_lines (channel text, day date, lines bigint, sum numeric);
-- truth

-- Exceptions: each planted fault once, with its state and amount, and nothing else. What identifies
-- it is the payout's order, else the line, the file, or the day of a missing file.
create temp view wanted as
select t.code, case when t.code = 'FILE_BAD' then '' else t.channel end as channel,
    case when t.code = 'FILE_MISSING' then t.day::text
         else coalesce(nullif(t.order_no, ''), nullif(t.bank_ref, ''), t.file) end as what,
    t.state, case when t.code = 'CUTOFF' then 0 else (t.amount * 100)::bigint end as amount
from truth t where t.code <> '-';
create temp view found as
select e.code, case when e.code = 'FILE_BAD' then '' else coalesce(e.channel_id, '') end as channel,
    case when e.code = 'FILE_MISSING' then e.business_date::text
         else coalesce(p.order_no, nullif(l.bank_ref, ''), f.name, '') end as what,
    e.state, e.amount
from desk.exception e
left join core.payment p on p.payment_id = e.payment_id
left join desk.line l on l.line_id = e.line_id and l.value_date = e.value_date
left join desk.statement_file f on f.file_id = e.file_id;
select 'not found', w.* from (select * from wanted except all select * from found) w;
select 'not planted', f.* from (select * from found except all select * from wanted) f;

-- What was planted and is no fault.
select 'not matched', t.*
from truth t
where t.state = 'MATCHED' and not exists (
    select from desk.match_now m
    join desk.line l on l.line_id = m.line_id and l.value_date = m.value_date
    join core.payment p on p.payment_id = m.payment_id
    where l.bank_ref = t.bank_ref and p.order_no = t.order_no);
select 'does not wait', t.*
from truth t join core.payment p on p.order_no = t.order_no
where t.state = 'WAITING' and exists (
    select from desk.match_now m where m.payment_id = p.payment_id);

-- Lines of the final statements: as many as the banks wrote, with their sum, none lost, none twice.
with l as (
    select l.channel_id as channel, l.value_date as day, count(*) as lines,
        sum(l.amount) filter (where l.status = 'BOOKED') / 100.0 as sum
    from desk.line l where not l.interim group by 1, 2)
select 'lines', w.*, l.* from wanted_lines w full join l using (channel, day)
where w.lines is distinct from l.lines or w.sum is distinct from l.sum;

-- Every payout is paid by one match at most, every line belongs to one.
select 'matched twice', m.payment_id from desk.match_now m
where m.kind in ('1:1', 'MANUAL') group by m.payment_id having count(*) > 1;
select 'line matched twice', m.line_id from desk.match_now m
where m.kind in ('1:1', 'n:1', 'RETURN', 'MANUAL') group by m.line_id having count(*) > 1;
