-- What posts nothing, and what is refused whoever asks.
select t.sent('N-1', 100, 'UNKNOWN'), t.sent('N-2', 200, 'PRESUMED_PAID'),
    t.sent('N-3', 300, 'FAILED'), t.sent('N-4', 400, 'FAILED');
call t.settle();

-- Evidence
select t.same('evidence for a silent bank', t.do('e1', 'EVIDENCE_CLOSE', jsonb_build_object(
    'object', t.no('N-2'), 'payout', t.no('N-2'), 'evidence', 'V-3,V-4', 'classes', 'E3,E4')),
    format('basis 1; basis.1 %1$s 6; moves 1; move.1 %1$s PRESUMED_PAID PAID; postings 0; '
    'changes 1; change.1 evidence-close %1$s E3,E4; ', t.no('N-2')));
select t.same('counts with its amount', amount || currency, '200CNY') from t.doc
where name = 'e1';
select t.same('closed once', t.preview('EVIDENCE_CLOSE', jsonb_build_object('object', t.no('N-2'),
    'payout', t.no('N-2'), 'evidence', 'V-3', 'classes', 'E3')), 'DB409 closed-already');

-- Days
select t.same('today runs', t.preview('DAY_CLOSE',
    '{"object": "D-2026-11-20", "day": "2026-11-20"}', '-'), 'DB409 day-running');
select t.same('no day', t.preview('DAY_CLOSE', '{"object": "D-2026-02-30", "day": "2026-02-30"}',
    '-'), 'DB400 bad-request');
select t.same('yesterday', t.do('d1', 'DAY_CLOSE',
    '{"object": "D-2026-11-19", "day": "2026-11-19"}', '-'), 'basis 0; moves 0; postings 0; '
    'changes 1; change.1 day-closed 2026-11-19 ICBC; ');
select t.same('is over', count(*)::text, '1') from core.closed_day where day = '2026-11-19';
select t.same('once', t.preview('DAY_CLOSE', '{"object": "D-2026-11-19", "day": "2026-11-19"}',
    '-'), 'DB409 day-closed-already');
create function t.tomorrow() returns text language plpgsql as $$
declare
    detail text;
begin
    perform paycore.request_preview('app', 'DAY_CLOSE', 'ICBC',
        '[{"object": "D-2026-11-20", "day": "2026-11-20"}]', t.at(86400));
    return 'closed';
exception
    when others then
        get stacked diagnostics detail = pg_exception_detail;
        return sqlerrm || ' ' || detail;
end
$$;
select t.same('the core''s open ends are told', t.tomorrow(), format(
    'day-open-ends day=2026-11-20 count=1 list=%s', t.no('N-1')));
select t.news('N-1', 'PAID', 'ladder', 1, 'paid');
select t.same('none are left', t.tomorrow(), 'closed');

-- Who may do what
select t.same('a new operator', t.do('o1', 'OPERATOR_ENROL', '{"object": "O-clerk9", "login":
    "clerk9", "person": "p19", "roles": "clearing,support", "channels": "*", "key": "ab12"}', '-'),
    'basis 0; moves 0; postings 0; changes 1; '
    'change.1 operator clerk9 p19 clearing,support * ab12; ');
select t.same('not by halves', t.preview('OPERATOR_CHANGE', '{"object": "O-clerk9", "login":
    "clerk9", "roles": "support"}', '-'), 'DB400 bad-request');
select t.same('tiers and caps', t.do('o2', 'TIER_CHANGE', '[
    {"object": "T-a", "what": "tier", "kind": "REPAY", "currency": "CNY", "from": "0",
     "checkers": "2"},
    {"object": "T-b", "what": "tier-remove", "kind": "*", "currency": "*", "from": "100"},
    {"object": "T-c", "what": "cap", "part": "maker", "currency": "CNY", "limit": "5"},
    {"object": "T-d", "what": "cap-remove", "part": "checker", "currency": "CNY"}]', '-'),
    '%changes 4; change.1 tier REPAY CNY 0 2; change.2 tier-remove * * 100; '
    'change.3 cap maker CNY 5; change.4 cap-remove checker CNY; ');
select t.same('in their order', string_agg(d.name, ' ' order by p.n), 'o1 o2')
from (select row_number() over () as n, r.* from paycore.policy_requests() r) p
join t.doc d on d.request = p.request_id;
select t.same('no money', amount || currency, '0-') from t.doc where name = 'o1';

-- Refusals
select t.same('no such kind', t.preview('GIFT', t.item('X-1', 'N-3')), 'DB400 bad-request');
select t.same('no such channel', t.preview('CREDIT_BACK', t.item('X-1', 'N-3'), 'ABC'),
    'DB404 channel-unknown');
select t.same('nothing', t.preview('CREDIT_BACK', '[]'), 'DB400 bad-request');
select t.same('no object', t.preview('CREDIT_BACK', '{"payout": "P2026112000001"}'),
    'DB400 bad-request');
select t.same('a control character', t.preview('CREDIT_BACK', t.item('X-1', 'N-3', null, null,
    '{"evidence": "a\u001bb"}')), 'DB400 bad-request');
select t.same('a nested word', t.preview('CREDIT_BACK', t.item('X-1', 'N-3', null, null,
    '{"evidence": ["a"]}')), 'DB400 bad-request');
select t.same('no payout', t.preview('CREDIT_BACK', '{"object": "X-1"}'), 'DB400 payout-needed');
select t.same('an unknown payout', t.preview('CREDIT_BACK',
    '{"object": "X-1", "payout": "P2026112099999"}'), 'DB404 payout-unknown');
select t.same('a payout twice', t.preview('CREDIT_BACK', jsonb_build_array(t.item('X-1', 'N-3'),
    t.item('X-2', 'N-3'))), 'DB400 item-twice');
select t.same('an object twice', t.preview('CREDIT_BACK', jsonb_build_array(t.item('X-1', 'N-3'),
    t.item('X-1', 'N-4'))), 'DB400 item-twice');
select t.same('a line twice', t.preview('SUSPEND', jsonb_build_array(t.item('X-1', null, 1, -5),
    t.item('X-2', null, 1, -5))), 'DB400 item-twice');
select t.same('two currencies', t.preview('SUSPEND', jsonb_build_array(t.item('X-1', null, 1, -5),
    t.item('X-2', null, 2, -5, '{"currency": "USD"}'))), 'DB400 currency-differs');
select paycore.client_put('reader', '{read,payouts}', t.at());
select t.same('a client without the right', t.try($$select paycore.request_preview('reader',
    'CREDIT_BACK', 'ICBC', '[]', t.at())$$), 'DB403 not-allowed');
select t.same('nor executes', t.try($$select paycore.request_execute('reader', 'R2026112000001',
    '\x01', '[]', 'CREDIT_BACK', 'ICBC', '[]', '', 0, '-', 'a', 'b', '{}', t.at())$$),
    'DB403 not-allowed');
select t.same('a receipt of nothing', t.try($$select paycore.request_get('app',
    'R2026112000001')$$), 'DB404 request-unknown');

-- Stale: the payout has moved, or what is asked for is not what was signed.
select t.propose('st1', 'CREDIT_BACK', t.item('X-3', 'N-3'));
select t.propose('st2', 'CREDIT_BACK', t.item('X-4', 'N-4'));
update t.doc set effect = replace(effect, 'CNY 300', 'CNY 299') where name = 'st1';
select t.same('another effect than was signed', t.execute('st1'), 'DB412 stale');
update t.doc set effect = replace(effect, 'CNY 299', 'CNY 300'), amount = 299 where name = 'st1';
select t.same('another amount', t.execute('st1'), 'DB412 stale');
update t.doc set amount = 300, items = jsonb_build_array(t.item('X-3', 'N-4')) where name = 'st1';
select t.same('another item', t.execute('st1'), 'DB412 stale');
update t.doc set items = jsonb_build_array(t.item('X-3', 'N-3')) where name = 'st1';
select t.count_all(3);
update core.payment set bank_ref = 'seen' where payment_id = t.id('N-3');
select t.same('another version', t.execute('st1'), 'DB412 stale');
select t.count_all(4);
select t.same('a refusal leaves nothing', count(*)::text, '0') from t.counted a
join t.counted b on b.name = a.name and b.at = 4 where a.at = 3 and a.n <> b.n;
select t.same('the maker''s sums', paycore.day_sums('p01', 'CNY', t.at())::text, '(200,0)');
select t.same('two documents of one number', t.execute('st2'), '201 false');
update t.doc set request = (select request from t.doc where name = 'st2') where name = 'st1';
select t.same('the other bytes are refused', t.execute('st1'), 'DB409 request-differs');
select t.same('and was never written', t.state('N-3'), 'FAILED');
select t.same('sums again', paycore.day_sums('p03', 'CNY', t.at())::text, '(0,600)');

-- Whoever writes rows past the functions.
select t.same('a signed edge by itself', t.try(format($$update core.payment set state = 'PAID'
    where payment_id = %s returning state$$, t.id('N-3'))), 'DB409 illegal-edge');
select t.same('an execution by itself', t.try($$insert into core.execution values
    ('R2026112088888', 'REPAY', sha256(''), t.at(), '2026-11-20') returning kind$$),
    'DB403 request-needed');
select t.same('suspense without a posting', t.try($$insert into paycore.suspense values ('X-99',
    '1310', 'CNY', 5, 6) returning 'there'$$), '23514%');
select t.same('a checker who made it', t.try($$insert into paycore.request select request_id, seq,
    kind, channel_id, document, document_sha256, signatures, actor, maker, maker_person,
    array[maker_person], amount, currency, executed_at, receipt from paycore.request limit 1$$),
    '%');
