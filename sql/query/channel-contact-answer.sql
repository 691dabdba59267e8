-- What the bank answered.
-- param 1 contact_id int8
-- param 2 reply text
-- param 3 attachment text
-- param 4 sha256 bytea
select desk.bank_contact_answer($1::bigint, $2::text, $3::text, $4::bytea)
