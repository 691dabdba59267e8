-- Ends the match of a line by a counter-entry.
-- param 1 value_date date
-- param 2 line_id int8
-- param 3 text text
select desk.match_unlink($1::date, $2::bigint, $3::text)
