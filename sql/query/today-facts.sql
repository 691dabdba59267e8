-- The day the desk works in, the last day with statements, and the presumed money outside.
select (desk.now() at time zone 'Asia/Shanghai')::date as day,
    (select max(f.business_date) from desk.files_due f) as statement_day,
    p.risk, p.currency, p.oldest_s, '' as message, p.presumed
from (select coalesce(sum(e.amount), 0)::bigint as risk, max(e.currency) as currency,
          coalesce(sum(e.presumed), 0)::bigint as presumed,
          extract(epoch from desk.now() - min(e.oldest_at))::bigint as oldest_s
      from desk.exposures e) p
