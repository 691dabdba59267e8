-- What every status line says of presumed payouts; index payment_doubt (payment_id).
select e.channel_id as channel, e.currency, e.presumed, e.amount,
    extract(epoch from desk.now() - e.oldest_at)::bigint as oldest_s,
    (extract(epoch from e.due_at) * 1000000)::bigint as due_us
from desk.exposures e
where e.presumed > 0
