-- What could not be read of a file; the key (file_id, fault_no) serves the order.
-- param 1 file_id int8
select t.fault_no, nullif(t.line_no, 0) as file_line, nullif(t.column_no, 0) as file_column,
    t.reason, t.raw
from desk.statement_faults t
where t.file_id = $1::bigint
