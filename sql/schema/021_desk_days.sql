-- Business days with what keeps each open: files, second readings, what the core was not told,
-- evidence and exceptions.
-- A business day with the gates that keep it open (closing itself is a signed request). What stands
-- in suspense (POSTED) is booked and keeps no day open. Days have no scope; what is counted of them
-- has.
create view desk.business_days as
select b.day, b.state, b.state = 'OPEN' as day_open, b.closed_at, f.due as files_due,
    f.arrived as files_arrived,
    f.provisional as files_provisional, f.untold as lines_untold, v.open as evidence_open,
    x.open as exceptions_open, x.amount as exceptions_amount,
    case when b.state = 'CLOSED' then 'closed'
         when f.arrived < f.due then 'files'
         when f.provisional > 0 then 'second reading'
         when f.untold > 0 then 'core'
         when v.open > 0 then 'evidence'
         when x.open > 0 then 'exceptions' else 'ready' end as gate
from desk.business_day b
left join lateral (
    select count(*) as due, count(d.file_id) as arrived,
        count(*) filter (where d.provisional) as provisional,
        coalesce(sum((
            select sum(desk.core_untold(u.file_id))
            from (select distinct s.file_id from desk.statement s
                  where s.channel_id = d.channel_id and s.business_date = d.business_date
                      and not s.interim and not s.superseded) u)), 0)::bigint as untold
    from desk.files_due d where d.business_date = b.day) f on true
left join lateral (
    select count(*) as open from desk.evidence_waiting(null, b.day)) v on true
left join lateral (
    select count(*) as open, coalesce(sum(e.amount), 0)::bigint as amount
    from (select e.amount from desk.exception e
          where e.business_date = b.day and e.open and e.state <> 'POSTED' limit 10001) e) x on true
where (select desk.sees_all()) or cardinality((select desk.my_channels())) > 0;

alter view desk.business_days owner to def_read;
revoke all on desk.business_days from public;
grant select on desk.business_days to g_operator, g_service;
comment on view desk.business_days is 'Business days and the gate that keeps each open.';
