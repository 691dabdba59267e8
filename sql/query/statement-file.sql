-- One statement file with its first statement's balances.
-- param 1 file_id int8
select f.file_id, f.file_no, f.name, f.format, f.channel_id, f.state as file_state, f.reason,
    f.received_at, f.received_by, f.statements, f.lines, f.lines_new, f.matched, f.faults,
    f.reading,
    f.verified_at, f.verified_by, f.size_bytes, f.sha256, s.currency, s.account, s.opening,
    s.opening_date, s.total, s.closing, s.closing_date
from desk.statement_files f
left join desk.statements s on s.file_id = f.file_id and s.number = 1
where f.file_id = $1::bigint
