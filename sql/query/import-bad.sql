-- The file could not be read to its end: it is kept and put in the file queue.
-- param 1 import_id int8
-- param 2 reason text
-- param 3 account text
select desk.import_bad($1::bigint, $2::text, p_account => $3::text)
