-- Keeps the core's receipt for a request: its answer, as it came (daybookd).
-- param 1 request text
-- param 2 answer text
select desk.request_settle($1::text, $2::jsonb ->> 'receipt', $2::jsonb ->> 'signature') as state
