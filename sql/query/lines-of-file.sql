-- The lines of one file: a range of the primary key (value_date, line_id) on the file's days.
-- param 1 file_id int8
select l.statement_id, l.value_date, l.line_id, l.line_no, l.channel_id, l.amount, l.currency,
    l.status, l.standing, l.ref, l.party_name as party, l.payment_no, l.payment_id, l.file_line
from desk.lines l
where l.line_id between $1::bigint * 100000000 and $1::bigint * 100000000 + 99999999
    and l.value_date between
        (select f.first_day from desk.statement_files f where f.file_id = $1::bigint)
        and (select f.last_day from desk.statement_files f where f.file_id = $1::bigint)
