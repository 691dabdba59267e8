-- Keeps the core's receipt for a chunk (daybookd).
-- param 1 file_id int8
-- param 2 chunk_no int4
-- param 3 body_sha256 bytea
-- param 4 status int4
-- param 5 receipt text
select desk.core_told($1::bigint, $2::integer, $3::bytea, $4::integer, $5::text) as refused
