-- The core decided against it: back to the maker.
-- param 1 request_id text
-- param 2 code text
-- param 3 detail text
select desk.request_failed($1::text, $2::text, $3::text) as state
