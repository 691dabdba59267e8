-- The maker takes a request back.
-- param 1 request_id text
-- param 2 text text
select desk.request_withdraw($1::text, coalesce($2::text, '')) as state
