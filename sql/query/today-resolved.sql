-- After how many questions the bank gave its last word; index payment_query_decided (payment_id).
select r.after, r.count
from desk.queries_resolved r
order by r.after
