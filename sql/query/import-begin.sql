-- Takes a file in; the same bytes twice are refused by their hash.
-- param 1 sha256 bytea
-- param 2 name text
-- param 3 format text
-- param 4 size_bytes int8
-- param 5 channel text
select b.import_id, b.file_id
from desk.import_begin($1::bytea, $2::text, $3::text, $4::bigint, $5::text) b
