-- Each channel's last business day that a file is owed for; no-file channels with what is in doubt.
select c.channel_id as channel,
    coalesce(nullif(split_part(c.statement_format, ':', 1), ''), 'no file') as format,
    d.due_at, coalesce(d.state,
        case when v.waiting > 0 then 'EVIDENCE' else 'NO_FILE' end) as state,
    case when d.state = 'LATE' then to_char(d.business_date, 'MM-DD') else '' end as note,
    d.lines, case when d.lines > 0 then
        greatest(0, 10000 * (d.lines - x.unmatched) / d.lines) end as matched,
    x.remaining + v.waiting as remaining, x.at_risk + v.at_risk as at_risk, c.currency, d.file_id
from desk.channels c
left join lateral (
    select f.* from desk.files_due f
    where f.channel_id = c.channel_id order by f.business_date desc limit 1) d on true
left join lateral (
    select count(*) as remaining, coalesce(sum(e.amount), 0)::bigint as at_risk,
        count(*) filter (where e.line_id is not null and e.business_date = d.business_date)
            as unmatched
    from (select e.amount, e.line_id, e.business_date from desk.exceptions e
          where e.open and e.channel_id = c.channel_id limit 10001) e) x on true
left join lateral (
    select count(*) as waiting, coalesce(sum(w.amount), 0)::bigint as at_risk
    from desk.evidence_waiting(c.channel_id) w where c.has_statement = 'NO') v on true
order by c.has_statement desc, d.due_at, c.channel_id
