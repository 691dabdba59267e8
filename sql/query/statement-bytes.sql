-- One chunk of a file's bytes, for the second reading.
-- param 1 file_id int8
-- param 2 chunk_no int4
select c.bytes
from desk.statement_chunks c
where c.file_id = $1::bigint and c.chunk_no = $2::integer
