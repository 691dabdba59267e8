-- Keeps a document that the core made and its maker signed.
-- param 1 document bytea
-- param 2 core_signature text
-- param 3 core_certificate text
-- param 4 signature jsonb
select desk.propose($1::bytea, $2::text, $3::text, $4::jsonb) as request_id
