-- What keeps the oldest open business day open.
select g.gate, g.done, g.note, to_char(d.day, 'MM-DD') as of_day
from (select d.* from desk.business_days d where d.day_open order by d.day limit 1) d,
lateral (values
    (1, 'files', d.files_arrived >= d.files_due, d.files_arrived || '/' || d.files_due),
    (2, 'second reading', d.files_provisional = 0,
        case when d.files_provisional > 0 then d.files_provisional::text else '' end),
    (3, 'exceptions', d.exceptions_open = 0,
        case when d.exceptions_open > 10000 then '10,000+'
             when d.exceptions_open > 0 then d.exceptions_open::text else '' end))
    as g (gate_no, gate, done, note)
order by g.gate_no
