-- The lines of one file's statements; index line_statement (statement_id, value_date, line_id).
-- param 1 file_id int8
select l.statement_id, l.value_date, l.line_id, l.line_no, l.channel_id, l.amount, l.currency,
    l.status, l.standing, l.ref, l.party_name as party, l.payment_no, l.payment_id, l.file_line
from desk.lines l
where l.statement_id in (select s.statement_id from desk.statements s where s.file_id = $1::bigint)
