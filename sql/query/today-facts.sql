-- The day the desk works in, the last day with statements, and the presumed money outside.
select (desk.now() at time zone 'Asia/Shanghai')::date as day,
    (select max(f.business_date) from desk.files_due f) as statement_day,
    p.risk, p.currency,
    (select extract(epoch from desk.now() - min(e.opened_at))::bigint
     from (select e.opened_at from desk.exceptions e where e.open
           order by e.opened_at, e.exception_id limit 1) e) as oldest_s,
    '' as message, p.presumed
from (select coalesce(sum(q.amount), 0)::bigint as risk, max(q.currency) as currency,
          count(*) as presumed
      from (select q.amount, q.currency from desk.payments q
            where q.state = 'PRESUMED_PAID' limit 10001) q) p
