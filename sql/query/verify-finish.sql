-- Compares the second reading with what is stored.
-- param 1 import_id int8
-- param 2 sha256 bytea
select f.agrees, f.differences from desk.verify_finish($1::bigint, $2::bytea) f
