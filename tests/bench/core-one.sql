-- One insert, one commit: what the payout path is measured beside.
\set k random(1, 9000000000000000000)
insert into bench.one (key, body) values ('one-' || :client_id || '-' || :k, repeat('x', 200));
