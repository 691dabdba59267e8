-- What a payment core of our own would have published by 09:31 of Monday 2026-11-23: payouts on
-- every rung of the ladder, presumed, answered, failed and paid again, and a batch. Written past
-- all guards, since there is no core here whose steps they would be.
set session_replication_role = replica;
insert into core.channel (channel_id, currency, not_after_enforced, idempotent, since) values
    ('ABC', 'CNY', false, false, '2026-11-23'), ('CCB', 'CNY', true, true, '2026-11-23'),
    ('CMB', 'CNY', false, false, '2026-11-23'), ('ICBC', 'CNY', true, true, '2026-11-23');
select core.payment_partition('2026-11-23');
create temp table made (n integer, channel text, state text, amount bigint, payee text,
    account text, sent timestamptz, accepted timestamptz, moved timestamptz, presumed timestamptz,
    next timestamptz, answers text, stopped boolean default false, class text, code text,
    reason text, repays integer, batch text);
insert into made (n, channel, state, amount, payee, account, sent, accepted, moved, presumed, next,
    answers) values
(1, 'ICBC', 'PRESUMED_PAID', 1248000, '王小明', '6222020200010000417', '2026-11-23T01:06:00Z', null,
    null, '2026-11-23T01:14:30Z', '2026-11-23T02:14:30Z', 'psspppss'),
(2, 'CMB', 'PRESUMED_PAID', 39011840, 'Karla Quinn', '6225880000001234',
    '2026-11-22T13:00:00Z', null, null, '2026-11-22T13:08:30Z', '2026-11-23T01:38:30Z',
    'ssssssssspp'),
(3, 'ICBC', 'UNKNOWN', 1248000, '欧阳志远', '6222020200010000425', '2026-11-23T01:30:20Z', null, null,
    null, '2026-11-23T01:31:22Z', 'ppsp'),
(4, 'CCB', 'UNKNOWN', 20050, 'Maple Stationery', '6217000010009981', '2026-11-23T01:30:44Z', null,
    null, null, '2026-11-23T01:31:14Z', 'nep'),
(5, 'ABC', 'UNKNOWN', 730000, '李建国', '6228480402564890018', '2026-11-23T01:29:40Z', null, null,
    null, '2026-11-23T01:31:46Z', 'ppppp'),
(6, 'ICBC', 'ACCEPTED', 56000, 'Dawn Bakery', '6222020200010000433', '2026-11-23T01:30:51Z',
    '2026-11-23T01:30:52Z', null, null, '2026-11-23T01:31:05Z', 'aa'),
(7, 'CCB', 'PAID', 815000, '赵敏', '6217000010009999', '2026-11-23T01:20:00Z',
    '2026-11-23T01:20:01Z', '2026-11-23T01:20:14Z', null, null, 'apd'),
(8, 'ICBC', 'FAILED', 99900, 'Copper & Stair', '6222020200010000441', '2026-11-23T01:10:00Z', null,
    null, null, null, 'pf'),
(9, 'ICBC', 'PAID', 99900, 'Copper & Stair', '6222020200010000458', '2026-11-23T01:22:00Z', null,
    '2026-11-23T01:22:02Z', null, null, 'd'),
(10, 'ABC', 'APPROVED', 4200000, '南山水务', '6228480402564890026', null, null, null, null, null, '');
insert into made (n, channel, state, amount, payee, account, sent, moved, next, answers, batch)
select 10 + i, 'ICBC', (array['PAID', 'UNKNOWN', 'PAID'])[i], i * 11100,
    (array['Ada Weber', '林晓红', 'Sam Petrov'])[i], '622202020001000050' || i,
    '2026-11-23T01:25:00Z', case when i <> 2 then timestamptz '2026-11-23T01:25:06Z' end,
    case when i = 2 then timestamptz '2026-11-23T01:33:30Z' end, case i when 2 then 'pppppp'
    else 'pd' end, 'B-20261123-01'
from generate_series(1, 3) i;
update made set stopped = true where n = 5;
update made set class = 'BLOCKED', code = 'AC06', reason = '账户冻结' where n = 8;
update made set repays = 8 where n = 9;
update made set state = 'REPAID' where n = 8;

insert into core.payment (payment_id, channel_id, order_no, mode, batch_no, amount, currency,
    payee_name, payee_account, state, bank_ref, business_date, sent_at, accepted_at, customer_id,
    repays, created_at, not_after, presumed_at, moved_at, epoch, queries, next_query_at,
    ladder_stopped, reason_class, reason_code, reason_text, version, published_at,
    rests)
select core.first_id('2026-11-23') + n, channel, 'SO-8812' || lpad(n::text, 4, '0'),
    case when batch is null then 'REALTIME' else 'BATCH' end, batch, amount, 'CNY', payee, account,
    state, case when moved is not null then 'B' || (7000 + n) end, '2026-11-23', sent, accepted,
    'C-' || (100 + n), core.first_id('2026-11-23') + repays, coalesce(sent, '2026-11-23T01:28:00Z')
    - interval '9 seconds', sent + interval '300 seconds', presumed, moved,
    case when sent is null then 0 else 1 end, length(answers), next, stopped, class, code, reason,
    length(answers) + 3, '2026-11-23T01:30:58Z', core.payment_rests(state)
from made;
insert into core.payment_key (order_no, payment_id)
select 'SO-8812' || lpad(n::text, 4, '0'), core.first_id('2026-11-23') + n from made;

-- Letters of answers: p processing, s silence, a accepted, d paid, f failed, n not found, e error.
insert into core.payment_query (payment_id, query_no, kind, rung, asked_at, answered_at, answer,
    code, actor)
select core.first_id('2026-11-23') + n, i, case when i > 8 then 'follow-up' else 'ladder' end, i,
    asked.at, asked.at + case letter when 's' then interval '5 seconds'
                                    else interval '120 milliseconds' end,
    case letter when 'p' then 'processing' when 's' then 'silence' when 'a' then 'accepted'
                when 'd' then 'paid' when 'f' then 'failed' when 'n' then 'not-found'
                else 'error' end,
    case letter when 'e' then 'E503' when 'f' then 'AC06' else '' end, 'worker-1'
from made,
lateral (select i, substr(answers, i, 1) as letter from generate_series(1, length(answers)) i) a,
lateral (select sent + make_interval(secs => case when i > 8 then 510 + 3600 * (i - 8)
    else 2 * ((1 << i) - 1) end) as at) asked;
-- Somebody asked beside the ladder.
insert into core.payment_query (payment_id, query_no, kind, asked_at, answered_at, answer, actor)
values (20261123000000003, 5, 'asked', '2026-11-23T01:30:55Z', '2026-11-23T01:30:55.2Z',
    'processing', 'clerk2');

insert into core.payment_event (payment_id, at, kind, from_state, state, cause, as_of, actor, hash)
select core.first_id('2026-11-23') + n, e.at, 'state', e.f, e.t, e.cause, e.at, e.actor,
    sha256(convert_to(n || e.t, 'UTF8'))
from made, lateral (values
    (sent - interval '9 seconds', null, 'CREATED', 'order', 'orders', true),
    (sent - interval '1 second', 'CREATED', 'APPROVED', 'approval', 'orders', true),
    (sent, 'APPROVED', 'SUBMITTED', 'intent, epoch 1', 'worker-1', true),
    (accepted, 'SUBMITTED', 'ACCEPTED', 'answer to the sending', 'worker-1',
        accepted is not null and state = 'ACCEPTED'),
    (sent + interval '5 seconds', 'SUBMITTED', 'UNKNOWN', 'no answer to the sending', 'worker-1',
        state in ('UNKNOWN', 'PRESUMED_PAID')),
    (presumed, 'UNKNOWN', 'PRESUMED_PAID', 'query 8', 'worker-1', presumed is not null),
    (moved, 'SUBMITTED', 'PAID', 'query ' || length(answers), 'worker-1', moved is not null),
    (sent + interval '6 seconds', 'SUBMITTED', 'FAILED', 'query 2', 'worker-1', n = 8))
    as e (at, f, t, cause, actor, has)
where e.has and sent is not null
order by e.at;
insert into core.payment_event (payment_id, at, kind, from_state, state, cause, as_of, actor, hash)
values (20261123000000008, '2026-11-23T01:15:00Z', 'late', 'FAILED', 'FAILED',
    'bank says paid after failed', '2026-11-23T01:14:59Z', 'worker-1', sha256('late'));

insert into core.journal (business_date, event, payment_id, cause, posted_at)
select '2026-11-23', e.event, core.first_id('2026-11-23') + n, 'payout', e.at
from made, lateral (values ('E12', sent, sent is not null), ('E13', presumed, presumed is not null),
    ('E15', sent + interval '6 seconds', n = 8)) as e (event, at, has)
where e.has order by e.at, n;
insert into core.posting (journal_id, posting_no, account, sub, currency, amount)
select j.journal_id, g.no, g.account, g.sub, 'CNY', g.sign * p.amount
from core.journal j
join core.payment p on p.payment_id = j.payment_id,
lateral (values (1, case j.event when 'E12' then '2010' else '2210' end,
        case j.event when 'E12' then p.customer_id else p.channel_id || '.SENT' end, 1),
    (2, case j.event when 'E15' then '2240' else '2210' end, case j.event
        when 'E12' then p.channel_id || '.SENT' when 'E13' then p.channel_id || '.PRESUMED'
        else core.payment_no(p.payment_id) end, -1)) as g (no, account, sub, sign);
insert into core.batch (batch_no, channel_id, items, total, currency, state, created_at, sent_at,
    message_id)
select 'B-20261123-01', 'ICBC', count(*), sum(amount), 'CNY', 'SUBMITTED', '2026-11-23T01:24:00Z',
    '2026-11-23T01:25:00Z', 'M-20261123-01' from made where batch is not null;
