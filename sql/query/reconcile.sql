-- Runs matching over all channels or one; dry changes nothing and says what would change.
-- param 1 channel text
-- param 2 dry bool
-- param 3 rules int4
select r.channel_id, r.matched, r.raised, r.closed, array_to_string(r.changes, E'\n') as changes
from desk.reconcile($1::text, $2::boolean, $3::integer) r
