-- The balance bracket of a day; one that does not add up is kept and told of.
-- param 1 channel_id text
-- param 2 day date
-- param 3 opening int8
-- param 4 closing int8
-- param 5 text text
-- param 6 attachment text
-- param 7 sha256 bytea
select b.evidence_id, b.items, b.total, b.difference,
    case when b.balances then 'done' else 'no-balance' end as outcome,
    format('difference=%s currency=%s', b.difference,
        (select c.currency from desk.channels c where c.channel_id = $1::text)) as detail
from desk.evidence_bracket($1::text, $2::date, $3::bigint, $4::bigint, $5::text, $6::text,
    $7::bytea) b
