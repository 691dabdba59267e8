-- Evidence of one payout.
-- param 1 payment_id int8
-- param 2 class text
-- param 3 says text
-- param 4 text text
-- param 5 attachment text
-- param 6 sha256 bytea
select desk.evidence_add($1::bigint, upper($2::text), upper($3::text), $4::text, $5::text,
    $6::bytea) as evidence_id
