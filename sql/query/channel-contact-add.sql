-- What was asked of a bank, and what came back.
-- param 1 channel_id text
-- param 2 payment_id int8
-- param 3 text text
-- param 4 day date
-- param 5 reply text
-- param 6 attachment text
-- param 7 sha256 bytea
select desk.bank_contact_add($1::text, $2::bigint, $3::text, $4::date, $5::text, $6::text,
    $7::bytea) as contact_id
