-- A payout from creation to submission by the core's functions, one commit each.
\set k random(1, 9000000000000000000)
\set c random(1001, 1500)
select substr(body::json ->> 'id', 2, 8)::bigint * 1000000000
    + substr(body::json ->> 'id', 10)::bigint as id
from paycore.payout_create('shop', 'create-' || :client_id || '-' || :k, sha256('create'),
    'B' || :client_id || '-' || :k, 'B' || :c, 'ICBC', 'REALTIME', null, 1000, 'CNY',
    'Maria Silva', '6222020000001234567', null, clock_timestamp()) \gset
select status from paycore.payout_approve('shop', 'approve-' || :client_id || '-' || :k,
    sha256('approve'), :id, 1, clock_timestamp());
select status from paycore.payout_submit('shop', 'submit-' || :client_id || '-' || :k,
    sha256('submit'), :id, 2, clock_timestamp());
