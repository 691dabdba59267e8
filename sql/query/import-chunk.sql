-- Keeps a piece of a file's bytes as they came.
-- param 1 import_id int8
-- param 2 chunk_no int4
-- param 3 bytes bytea
select desk.import_chunk($1::bigint, $2::integer, $3::bytea)
