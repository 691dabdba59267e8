-- The bytes of a file as they came, in order.
-- param 1 file_id int8
select c.chunk_no, c.bytes
from desk.statement_chunks c
where c.file_id = $1::bigint
order by c.chunk_no
