-- Signed heads of the audit's chain from a link on, at most a thousand.
-- param 1 first int8
select seq, encode(hash, 'hex') as hash, to_char(at at time zone 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, key, encode(signature, 'hex') as signature
from desk.audit_heads($1::bigint)
