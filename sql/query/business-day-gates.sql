-- What keeps a day open, a gate a row.
-- param 1 day date
select g.gate, g.done, g.note
from desk.business_days d,
lateral (values
    (1, 'files', d.files_arrived >= d.files_due, d.files_arrived || ' / ' || d.files_due),
    (2, 'second reading', d.files_provisional = 0,
        case when d.files_provisional > 0 then d.files_provisional::text else '' end),
    (3, 'core', d.lines_untold = 0,
        case when d.lines_untold > 0 then d.lines_untold::text else '' end),
    (4, 'evidence', d.evidence_open = 0,
        case when d.evidence_open > 10000 then '10,000+'
             when d.evidence_open > 0 then d.evidence_open::text else '' end),
    (5, 'exceptions', d.exceptions_open = 0,
        case when d.exceptions_open > 10000 then '10,000+'
             when d.exceptions_open > 0 then d.exceptions_open::text else '' end))
    as g (gate_no, gate, done, note)
where d.day = $1::date
order by g.gate_no
