-- Match rate of the last thirty business days: lines without an exception of all lines.
select r.day, case when r.lines > 0
    then greatest(0, 10000 * (r.lines - r.left_over) / r.lines) else 10000 end as matched
from (
    select b.day, (select coalesce(sum(f.lines), 0)::bigint from desk.files_due f
                   where f.business_date = b.day) as lines,
        (select count(*) from (select 1 from desk.exceptions e
            where e.business_date = b.day and e.line_id is not null and e.code <> 'CUTOFF'
            limit 10001) e) as left_over
    from (select d.day from desk.days d order by d.day desc limit 30) b) r
where r.lines > 0
order by r.day
