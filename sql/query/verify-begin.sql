-- Starts the second reading of a file.
-- param 1 file_id int8
select desk.verify_begin($1::bigint) as import_id
