-- Keeps a signed head (daybookd --seal).
-- param 1 seq int8
-- param 2 hash bytea
-- param 3 at timestamptz
-- param 4 key text
-- param 5 signature bytea
select desk.audit_sign($1::bigint, $2::bytea, $3::timestamptz, $4, $5::bytea)
