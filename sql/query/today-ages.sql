-- Open exceptions by age in calendar days, counted up to 10,000 each; index exception_open.
select a.label, x.count
from (values
    (1, 'today', 0, 1), (2, '1 day', 1, 2), (3, '2-3 days', 2, 4), (4, '> 3 days', 4, 4000))
    as a (age_no, label, from_days, to_days)
cross join lateral (
    select count(*) as count
    from (select 1 from desk.exceptions e
          where e.open
              and e.opened_at <= desk.now() - (a.from_days || ' days')::interval
              and e.opened_at > desk.now() - (a.to_days || ' days')::interval
          limit 10001) e) x
order by a.age_no
