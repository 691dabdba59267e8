-- Links an exception with a candidate that leaves no difference.
-- param 1 exception_id int8
-- param 2 version int4
-- param 3 line_id int8
-- param 4 value_date date
-- param 5 payment_id int8
select desk.exception_link($1::bigint, $2::integer, $3::bigint, $4::date, $5::bigint) as match_id
