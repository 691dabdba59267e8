-- Payouts in doubt by channel, the largest first; index payment_doubt (payment_id).
select e.channel_id as channel, e.doubtful, e.presumed, e.amount, e.currency,
    extract(epoch from desk.now() - e.oldest_at)::bigint as oldest_s, e.due_at, c.has_statement
from desk.exposures e
join desk.channels c on c.channel_id = e.channel_id
order by e.doubtful desc, e.channel_id
