-- Takes due questions as workers do. Time runs ten thousand times as fast, so that what was taken
-- is soon due again.
select count(*) from paycore.queries_take('bench-' || :client_id,
    timestamptz '2030-01-01' + 10000 * (clock_timestamp() - timestamptz '2026-01-01'), 100, 1);
