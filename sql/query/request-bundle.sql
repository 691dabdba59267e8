-- The body of PUT /v1/requests/{id}.
-- param 1 request_id text
select desk.request_bundle($1::text)::text as body
