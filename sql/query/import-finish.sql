-- Staged rows become statements and lines.
-- param 1 import_id int8
select f.file_id, f.state, f.statements, f.lines, f.lines_new, f.matched, f.faults, f.reason
from desk.import_finish($1::bigint) f
