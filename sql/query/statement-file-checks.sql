-- The checks of a file in their order (rule B5).
-- param 1 file_id int8
select c.check_no, c.name as gate, c.outcome in ('ok', 'n/a') as done,
    concat_ws(' ', nullif(c.outcome, 'ok'), c.detail) as note
from desk.statement_checks c
where c.file_id = $1::bigint
order by c.check_no
