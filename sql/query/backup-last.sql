-- The last base backup that is known.
select b.age_s, b.bytes
from desk.backups b
order by b.ended_at desc
limit 1
