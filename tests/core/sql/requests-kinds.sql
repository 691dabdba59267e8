-- What each kind posts: late lines, returns, status, fees, paying again, counter-entries.
select t.sent('K-1', 100, 'PAID'), t.sent('K-2', 200, 'FAILED'), t.sent('K-3', 300, 'UNKNOWN'),
    t.sent('K-4', 400, 'PRESUMED_PAID'), t.sent('K-5', 500, 'FAILED'), t.sent('K-6', 600, 'PAID'),
    t.sent('K-7', 700, 'PRESUMED_PAID'), t.sent('K-8', 800, 'RETURNED'),
    t.sent('K-9', 900, 'PAID');
call t.settle();

-- BOOK_LATE
select t.do('s1', 'SUSPEND', t.item('X-1', null, 1, -100)),
    t.do('s2', 'SUSPEND', t.item('X-2', null, 2, -250));
select t.same('out of suspense', t.do('b1', 'BOOK_LATE', t.item('X-1', 'K-1')),
    format('basis 2; basis.1 %1$s 5; basis.2 X-1 1; moves 1; move.1 %1$s PAID RECONCILED; '
    'postings 2; posting.1 1 E14 2210 ICBC.SENT CNY 100; posting.2 1 E14 1310 X-1 CNY -100; '
    'changes 0; ', t.no('K-1')));
select t.same('it failed, but was paid', t.do('b2', 'BOOK_LATE', t.item('X-2', 'K-2')),
    format('basis 2; basis.1 %1$s 5; basis.2 X-2 1; moves 2; move.1 %1$s FAILED PAID; '
    'move.2 %1$s PAID RECONCILED; postings 4; posting.1 1 CORRECT_STATUS 2240 %1$s CNY 200; '
    'posting.2 1 CORRECT_STATUS 2210 ICBC.SENT CNY -200; posting.3 2 E14 2210 ICBC.SENT CNY 200; '
    'posting.4 2 E14 1310 X-2 CNY -200; changes 0; ', t.no('K-2')));
select t.same('with the link to what it takes back', e.event, 'E15') from core.journal j
join core.journal e on e.journal_id = j.reverses
where j.event = 'CORRECT_STATUS' and j.payment_id = t.id('K-2');
select t.same('the rest stays', t.left('X-2'), '1310 50');
select t.same('by its line', t.do('b3', 'BOOK_LATE', t.item('X-3', 'K-3', 3, -300)),
    '%UNKNOWN RECONCILED; postings 2; posting.1 1 E14 2210 ICBC.SENT CNY 300; '
    'posting.2 1 E14 1010 ACC CNY -300; changes 0; ');
select t.same('twice', t.preview('BOOK_LATE', t.item('X-3', 'K-3', 4, -300)),
    'DB409 told-already');
select t.same('another amount', t.preview('BOOK_LATE', t.item('X-4', 'K-4', 4, -399)),
    'DB409 amount-differs');
select t.same('no line at all', t.preview('BOOK_LATE', t.item('X-4', 'K-4')),
    'DB400 line-needed');
select t.same('too little in suspense', t.preview('BOOK_LATE', t.item('X-2', 'K-4')),
    'DB409 suspense-short');
select t.do('s3', 'SUSPEND', t.item('X-5', null, 5, 77));
select t.same('a late top-up', t.do('b4', 'BOOK_LATE', t.item('X-5', null, null, null,
    '{"customer": "M1"}')), '%posting.1 1 BOOK_LATE 2310 X-5 CNY 77; '
    'posting.2 1 BOOK_LATE 2220 M1 CNY -77; changes 0; ');

-- LINK_RETURN
select t.same('a return by its line', t.do('r1', 'LINK_RETURN', t.item('X-6', 'K-1', 6, 100)),
    format('%%RECONCILED RETURNED; postings 2; posting.1 1 E16 1010 ACC CNY 100; '
    'posting.2 1 E16 2230 %s CNY -100; changes 0; ', t.no('K-1')));
select t.do('s4', 'SUSPEND', t.item('X-7', null, 7, 600));
select t.same('a return out of suspense, before its debit', t.do('r2', 'LINK_RETURN',
    t.item('X-7', 'K-6')), '%PAID RETURNED; postings 2; posting.1 1 E16 2310 X-7 CNY 600; %');
select t.same('credited back before its debit', t.do('r3', 'CREDIT_BACK', t.item('X-7', 'K-6')),
    '%RETURNED CREDITED_BACK;%posting.1 1 CREDIT_BACK 2230%');
select t.same('the debit is booked late', t.do('r4', 'BOOK_LATE', t.item('X-8', 'K-6', 8, -600)),
    format('basis 1; basis.1 %s 7; moves 0; postings 2; posting.1 1 E14 2210 %%', t.no('K-6')));
select t.same('what failed does not return', t.preview('LINK_RETURN', t.item('X-9', 'K-5', 9, 500)),
    'DB409 illegal-edge');
select t.same('every invariant holds', t.faults(), '');

-- CORRECT_STATUS
select t.same('paid after all', t.do('c1', 'CORRECT_STATUS', t.item('X-10', 'K-5', null, null,
    '{"to": "PAID"}')), format('basis 1; basis.1 %1$s 5; moves 1; move.1 %1$s FAILED PAID; '
    'postings 2; posting.1 1 CORRECT_STATUS 2240 %1$s CNY 500; '
    'posting.2 1 CORRECT_STATUS 2210 ICBC.SENT CNY -500; changes 0; ', t.no('K-5')));
select t.same('its money is under way', task, 'WAIT') from paycore.work
where payment_id = t.id('K-5');
select t.same('presumed, without evidence', t.preview('CORRECT_STATUS', t.item('X-11', 'K-4', null,
    null, '{"to": "NOT_PAID"}')), 'DB409 evidence-needed');
select t.same('presumed, but not paid', t.do('c2', 'CORRECT_STATUS', t.item('X-11', 'K-4', null,
    null, '{"to": "NOT_PAID", "evidence": "V-1"}')), format('basis 1; basis.1 %1$s 6; moves 1; '
    'move.1 %1$s PRESUMED_PAID NOT_PAID; postings 2; posting.1 1 E15 2210 ICBC.PRESUMED CNY 400; '
    'posting.2 1 E15 2240 %1$s CNY -400; changes 0; ', t.no('K-4')));
select t.same('and paid after all, by its line', t.do('c3', 'CORRECT_STATUS', t.item('X-11', 'K-4',
    11, -400, '{"to": "PAID"}')), '%NOT_PAID PAID;%PAID RECONCILED; postings 4; %'
    'posting.4 2 E14 1010 ACC CNY -400; changes 0; ');
select t.same('nowhere', t.preview('CORRECT_STATUS', t.item('X-12', 'K-9', null, null,
    '{"to": "FAILED"}')), 'DB400 bad-request');
select t.told(1, t.line(1, -900, 'MATCH', t.no('K-9')), 'T');
call t.settle();
select t.same('settled by the wrong line', t.do('c4', 'CORRECT_STATUS', t.item('X-12', 'K-9', null,
    null, '{"to": "PAID"}')), format('basis 1; basis.1 %1$s 6; moves 1; '
    'move.1 %1$s RECONCILED PAID; postings 2; posting.1 1 CORRECT_STATUS 1310 X-12 CNY 900; '
    'posting.2 1 CORRECT_STATUS 2210 ICBC.SENT CNY -900; changes 0; ', t.no('K-9')));
select t.same('settled again from there', t.do('c5', 'BOOK_LATE', t.item('X-12', 'K-9')),
    '%PAID RECONCILED;%posting.2 1 E14 1310 X-12 CNY -900; changes 0; ');
select t.same('which is its second cycle', max(cycle)::text, '2') from core.journal
where payment_id = t.id('K-9') and event = 'E14';

-- REPAY
select t.same('paid again, with evidence, to another account', t.do('p1', 'REPAY', t.item('X-20',
    'K-7', null, null, '{"evidence": "V-9", "payee_account": "777", "payee_name": "李 Two"}')),
    format('basis 1; basis.1 %1$s 6; moves 2; move.1 %1$s PRESUMED_PAID NOT_PAID; '
    'move.2 %1$s NOT_PAID REPAID; postings 4; posting.1 1 E15 2210 ICBC.PRESUMED CNY 700; '
    'posting.2 1 E15 2240 %1$s CNY -700; posting.3 2 E12 2240 %1$s CNY 700; '
    'posting.4 2 E12 2210 ICBC.SENT CNY -700; changes 1; '
    'change.1 again %1$s ICBC 777 %%E6%%9D%%8E%%20Two; ', t.no('K-7')));
select t.same('it is the worker''s', t.task || ' ' || (t.request_id = d.request) || ' '
    || t.payee_account, 'SEND true 777')
from paycore.sends_take('w2', t.at(), 10, 15) t, t.doc d where d.name = 'p1';
select t.same('as its document says', count(*)::text, '1') from t.doc d,
lateral paycore.request_document(d.request) r where d.name = 'p1' and r.document = d.document;
select t.same('what came back is paid again', t.do('p2', 'REPAY', t.item('X-21', 'K-8')),
    '%RETURNED REPAID;%posting.1 1 E12 2230 %changes 1; %Payee; ');
select t.same('once', t.preview('REPAY', t.item('X-22', 'K-8')), 'DB409 illegal-edge');
select t.same('nor credited back then', t.preview('CREDIT_BACK', t.item('X-22', 'K-8')),
    'DB409 illegal-edge');
select t.same('every invariant holds so far', t.faults(), '');

-- Fees
select t.told(2, t.line(2, -25, 'FEE') || ',' || t.line(3, -30, 'FEE'), 'T');
select t.same('a fee by its line', t.do('f1', 'ACCEPT_FEE', t.item('X-30', null, 30, -15)),
    'basis 0; moves 0; postings 2; posting.1 1 E20 5010 ICBC CNY 15; '
    'posting.2 1 E20 1010 ACC CNY -15; changes 0; ');
select t.same('a fee that was posted', t.do('f2', 'ACCEPT_FEE', t.item('X-31', null, 2, -25, '{}',
    'T')), 'basis 0; moves 0; postings 0; changes 1; change.1 fee-accepted X-31; ');
select t.same('has a receipt without journals', split_part(body, E'\n', 4), 'journals -')
from t.doc d, lateral paycore.request_get('app', d.request) where name = 'f2';
select t.same('a fee that is claimed', t.do('f3', 'CLAIM_FEE', t.item('X-32', null, 3, -30, '{}',
    'T')), 'basis 0; moves 0; postings 2; posting.1 1 CLAIM_FEE 1310 X-32 CNY 30; '
    'posting.2 1 CLAIM_FEE 5010 ICBC CNY -30; changes 0; ');
select t.same('of another amount than was posted', t.preview('CLAIM_FEE', t.item('X-33', null, 2,
    -26, '{}', 'T')), 'DB409 amount-differs');
select t.same('one that was not yet posted', t.do('f4', 'CLAIM_FEE', t.item('X-34', null, 34,
    -12)), '%posting.1 1 CLAIM_FEE 1310 X-34 CNY 12; posting.2 1 CLAIM_FEE 1010 ACC CNY -12; %');
select t.same('it comes back', t.do('f5', 'RECALL', t.item('X-34', null, 35, 12)), '%RECALL%');
select t.same('the bank does not: a cost', t.do('f6', 'ACCEPT_FEE', t.item('X-32')),
    '%posting.1 1 ACCEPT_FEE 5010 ICBC CNY 30; posting.2 1 ACCEPT_FEE 1310 X-32 CNY -30; %');

-- Counter-entries
select t.do('l1', 'WRITE_OFF_LOSS', t.item('X-2'));
select t.same('a loss', t.balance('5020', '-')::text, '50');
select t.same('is taken back', t.do('v1', 'REVERSE', jsonb_build_object('object', (select request
    from t.doc where name = 'l1'))), 'basis 1; basis.1 X-2 3; moves 0; postings 2; '
    'posting.1 1 REVERSE 5020 - CNY -50; posting.2 1 REVERSE 1310 X-2 CNY 50; changes 0; ');
select t.same('its suspense is open again', t.left('X-2'), '1310 50');
select t.same('linked', count(*)::text, '1') from core.journal j
join core.journal o on o.journal_id = j.reverses
join t.doc d on d.name = 'l1' and d.request = o.request_id;
select t.same('once', t.preview('REVERSE', jsonb_build_object('object', (select request
    from t.doc where name = 'l1'))), 'DB409 reversed-already');
select t.same('what moved a payout stays', t.preview('REVERSE', jsonb_build_object('object',
    (select request from t.doc where name = 'p1'))), 'DB409 not-reversible');
select t.same('what a statement showed stays', t.preview('REVERSE', jsonb_build_object('object',
    (select request from t.doc where name = 's1'))), 'DB409 not-reversible');
select t.same('where suspense has gone on', t.preview('REVERSE', jsonb_build_object('object',
    (select request from t.doc where name = 'f3'))), 'DB409 suspense-short');
select t.same('nobody knows it', t.preview('REVERSE', '{"object": "R2026112099999"}'),
    'DB404 request-unknown');
select t.same('a top-up, where the money is still there', t.do('v2', 'REVERSE',
    jsonb_build_object('object', (select request from t.doc where name = 'b4'))),
    '%posting.1 1 REVERSE 2310 X-5 CNY -77; posting.2 1 REVERSE 2220 M1 CNY 77; changes 0; ');
select t.same('every invariant holds in the end', t.faults(), '');
