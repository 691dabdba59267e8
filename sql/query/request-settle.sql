-- Keeps the core's receipt.
-- param 1 request_id text
-- param 2 receipt text
-- param 3 signature text
select desk.request_settle($1::text, $2::text, $3::text) as state
