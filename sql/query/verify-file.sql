-- What the second reading must know of a file.
-- param 1 file_id int8
select f.format, f.size_bytes, nullif(f.channel_id, '') as channel_id
from desk.statement_files f
where f.file_id = $1::bigint
