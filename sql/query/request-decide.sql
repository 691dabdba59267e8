-- A signed decision on a request; what it is afterwards.
-- param 1 request_id text
-- param 2 sha256 bytea
-- param 3 decision text
-- param 4 reason text
-- param 5 signature jsonb
select desk.decide($1::text, $2::bytea, $3::text, $4::text, $5::jsonb) as state
