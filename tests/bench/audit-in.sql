-- Money comes in: one commit, one journal.
\set k random(1, 9000000000000000000)
\set c random(1001, 1500)
select status from paycore.fund_in('treasury', 'in-' || :client_id || '-' || :k, sha256('in'),
    'B' || :c, 'ICBC', 1000, 'CNY', 'R' || :client_id || '-' || :k, clock_timestamp());
