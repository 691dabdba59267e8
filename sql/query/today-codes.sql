-- Open exceptions by code, counted up to 10,000 each; index exception_code_open.
select k.code, x.count, x.amount, x.currency
from desk.exception_codes k
cross join lateral (
    select count(*) as count, coalesce(sum(e.amount), 0)::bigint as amount,
        coalesce(max(e.currency), '') as currency
    from (select e.amount, e.currency from desk.exceptions e
          where e.open and e.code = k.code limit 10001) e) x
where x.count > 0
order by x.count desc, k.code
