-- The core refused a request for good: back to its maker (daybookd).
-- param 1 request text
-- param 2 code text
-- param 3 detail text
select desk.request_failed($1::text, $2::text, $3::text) as state
