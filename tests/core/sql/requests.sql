-- Requests from preview to receipt: suspense and what leaves it, credit back, once for ever.
select t.sent('Q-1', 1000, 'FAILED'), t.sent('Q-2', 2000, 'PRESUMED_PAID'),
    t.sent('Q-3', 300, 'UNKNOWN'), t.sent('Q-4', 400, 'RETURNED'), t.sent('Q-5', 500, 'PAID');
call t.settle();

-- A preview says all and leaves nothing.
select t.count_all(1);
select t.same('what crediting back does', t.preview('CREDIT_BACK', t.item('X-1', 'Q-1')),
    format('basis 1; basis.1 %1$s 5; moves 1; move.1 %1$s FAILED CREDITED_BACK; postings 2; '
    'posting.1 1 CREDIT_BACK 2240 %1$s CNY 1000; posting.2 1 CREDIT_BACK 2010 C1 CNY -1000; '
    'changes 0; ', t.no('Q-1')));
select t.count_all(2);
select t.same('a preview leaves nothing', count(*)::text, '0') from t.counted a
join t.counted b on b.name = a.name and b.at = 2 where a.at = 1 and a.n <> b.n;
select t.same('nor moves anything', t.state('Q-1') || version, 'FAILED5') from core.payment
where payment_id = t.id('Q-1');

select t.propose('cb', 'CREDIT_BACK', t.item('X-1', 'Q-1', null, null, '{"code": "STATUS"}'));
select t.same('items', items_text, format(E'items 1\nitem.1 X-1 1000 code=STATUS payout=%s\n',
    t.no('Q-1'))) from t.doc where name = 'cb';
select t.same('balances', balances, format(E'balances 2\nbalance.1 2240 %s CNY -1000 0\n'
    'balance.2 2010 C1 CNY %s %s\n', t.no('Q-1'), t.balance('2010', 'C1'),
    t.balance('2010', 'C1') - 1000)) from t.doc where name = 'cb';
select t.propose('cb2', 'CREDIT_BACK', t.item('X-1', 'Q-1'));
select t.same('executed', t.execute('cb'), '201 false');
select t.same('it is credited back', t.state('Q-1'), 'CREDITED_BACK');
select t.same('the same again', t.execute('cb'), '200 true');
select t.same('the receipt', paycore.request_get('app', request)::text, format(
    E'(200,"request %s\ndocument %s\nat 2026-11-20T02:00:00Z\njournals %s\n")', request,
    encode(sha256(document), 'hex'), (select journal_id from core.journal
        where request_id = d.request))) from t.doc d where name = 'cb';
select t.same('it is published', count(*)::text, '1') from core.execution e join t.doc d
on d.request = e.request_id and e.document_sha256 = sha256(d.document) where d.name = 'cb';
update t.doc set document = document || '\x41' where name = 'cb';
select t.same('another document', t.execute('cb'), 'DB409 request-differs');
select t.same('two reversals with distinct keys', t.execute('cb2'), 'DB412 stale');
select t.same('nor anew', t.preview('CREDIT_BACK', t.item('X-2', 'Q-1')), 'DB409 illegal-edge');
select t.same('nor paid again', t.preview('REPAY', t.item('X-2', 'Q-1')), 'DB409 illegal-edge');

select t.same('presumed without evidence', t.preview('CREDIT_BACK', t.item('X-2', 'Q-2')),
    'DB409 evidence-needed');
select t.same('presumed with it', t.do('ev', 'CREDIT_BACK', t.item('X-2', 'Q-2', null, null,
    '{"evidence": "V-1,V-2"}')), format('basis 1; basis.1 %1$s 6; moves 2; '
    'move.1 %1$s PRESUMED_PAID NOT_PAID; move.2 %1$s NOT_PAID CREDITED_BACK; postings 4; '
    'posting.1 1 E15 2210 ICBC.PRESUMED CNY 2000; posting.2 1 E15 2240 %1$s CNY -2000; '
    'posting.3 2 CREDIT_BACK 2240 %1$s CNY 2000; posting.4 2 CREDIT_BACK 2010 C1 CNY -2000; '
    'changes 0; ', t.no('Q-2')));
select t.same('a value is encoded', items_text, '%evidence=V-1\%2CV-2%') from t.doc
where name = 'ev';
select t.same('clearing let it go', t.balance('2210', 'ICBC.PRESUMED')::text, '0');
select t.same('from unknown never', t.preview('CREDIT_BACK', t.item('X-3', 'Q-3', null, null,
    '{"evidence": "V-1"}')), 'DB409 not-definite');
select t.same('what came back', t.do('ret', 'CREDIT_BACK', t.item('X-4', 'Q-4')),
    '%posting.1 1 CREDIT_BACK 2230 %posting.2 1 CREDIT_BACK 2010 C1 CNY -400; changes 0; ');
select t.same('all that was taken is back', t.balance('2010', 'C1')::text,
    (-100000 + 300 + 500)::text);

-- Suspense.
select t.same('a debit nobody knows', t.do('s1', 'SUSPEND', t.item('X-10', null, 1, -700)),
    'basis 0; moves 0; postings 2; posting.1 1 E17 1310 X-10 CNY 700; '
    'posting.2 1 E17 1010 ACC CNY -700; changes 0; ');
select t.same('a credit nobody knows', t.do('s2', 'SUSPEND', t.item('X-11', null, 2, 800)),
    'basis 0; moves 0; postings 2; posting.1 1 E18 1010 ACC CNY 800; '
    'posting.2 1 E18 2310 X-11 CNY -800; changes 0; ');
select t.same('stands there', t.left('X-10') || ' ' || t.left('X-11'), '1310 700 2310 800');
select t.same('suspended twice', t.preview('SUSPEND', t.item('X-10', null, 3, -700)),
    'DB409 suspended-already');
select t.same('a line twice', t.preview('SUSPEND', t.item('X-12', null, 1, -700)),
    'DB409 told-already');
select t.same('another account', t.preview('SUSPEND', t.item('X-12', null, 3, -7,
    '{"account": "ACC-9"}')), 'DB409 account-differs');
select t.same('a difference: the bank paid more', t.do('s3', 'SUSPEND', t.item('X-13', 'Q-5', 4,
    -530, '{"code": "AMOUNT"}')), format('basis 1; basis.1 %1$s 5; moves 1; '
    'move.1 %1$s PAID RECONCILED; postings 3; posting.1 1 E19 2210 ICBC.SENT CNY 500; '
    'posting.2 1 E19 1310 X-13 CNY 30; posting.3 1 E19 1010 ACC CNY -530; changes 0; ',
    t.no('Q-5')));
select t.same('only what is between', t.left('X-13'), '1310 30');
select t.same('a loss', t.do('l1', 'WRITE_OFF_LOSS', t.item('X-13')),
    'basis 1; basis.1 X-13 1; moves 0; postings 2; posting.1 1 WRITE_OFF_LOSS 5020 - CNY 30; '
    'posting.2 1 WRITE_OFF_LOSS 1310 X-13 CNY -30; changes 0; ');
select t.same('nothing is left', t.preview('WRITE_OFF_LOSS', t.item('X-13')),
    'DB409 suspense-needed');
select t.same('a gain is no loss', t.preview('WRITE_OFF_LOSS', t.item('X-11')),
    'DB409 suspense-needed');
select t.same('part comes back', t.do('r1', 'RECALL', t.item('X-10', null, 5, 600)),
    'basis 1; basis.1 X-10 1; moves 0; postings 2; posting.1 1 RECALL 1010 ACC CNY 600; '
    'posting.2 1 RECALL 1310 X-10 CNY -600; changes 0; ');
select t.same('more than there is', t.preview('RECALL', t.item('X-10', null, 6, 101)),
    'DB409 suspense-short');
select t.same('a gain', t.do('g1', 'WRITE_OFF_GAIN', t.item('X-11')), '%posting.1 1 '
    'WRITE_OFF_GAIN 2310 X-11 CNY 800; posting.2 1 WRITE_OFF_GAIN 4090 - CNY -800; changes 0; ');
select t.same('a line lost at once', t.do('l2', 'WRITE_OFF_LOSS', t.item('X-14', null, 7, -9)),
    'basis 0; moves 0; postings 4; posting.1 1 E17 1310 X-14 CNY 9; posting.2 1 E17 1010 ACC '
    'CNY -9; posting.3 2 WRITE_OFF_LOSS 5020 - CNY 9; posting.4 2 WRITE_OFF_LOSS 1310 X-14 CNY -9; '
    'changes 0; ');
select t.same('every invariant holds', t.faults(), '');
