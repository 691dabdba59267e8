-- Matches what is open on all channels and raises what is left (daybookd).
select channel_id, matched, raised, closed
from desk.reconcile()
