-- What the desk tells of statements (rules B16, B17).
create function t.sent(p_order text, p_amount bigint, p_state text) returns void
language plpgsql as $$
begin
    perform t.submitted(p_order, p_amount);
    perform count(*) from paycore.sends_take('w1', t.at(), 10, 15);
    if p_state <> 'SUBMITTED' then
        perform t.news(p_order, p_state, 'send', null, 'x');
    end if;
end
$$;
alter table core.payment_query disable trigger all;
select t.sent('S-1', 1000, 'PAID'), t.sent('S-2', 2000, 'UNKNOWN'), t.sent('S-3', 3000, 'FAILED'),
    t.sent('S-4', 400, 'PAID'), t.sent('S-5', 500, 'PAID'), t.sent('S-6', 600, 'PAID'),
    t.sent('S-7', 700, 'PAID');
call t.settle();
select t.same('a debit', t.told(1, t.line(1, -1000, 'MATCH', t.no('S-1'))), '201 1');
select t.same('reconciled', t.state('S-1'), 'RECONCILED');
call t.settle();
select t.same('the bank''s money moved', t.balance('1010', 'ACC')::text, '999000');
select t.same('told again: the same receipt', t.told(1, t.line(1, -1000, 'MATCH', t.no('S-1'))),
    '200 1');
select t.same('nothing moved twice', t.balance('1010', 'ACC')::text, '999000');
select t.same('other bytes', t.try($$select t.told(1, t.line(1, -1000, 'MATCH', t.no('S-2')))$$),
    'DB409 chunk-differs');
select t.same('told in another chunk', t.told(2, t.line(1, -1000, 'MATCH', t.no('S-1'))),
    '201 0 told-already');
select t.same('told of another file', t.told(1, t.line(1, -1000, 'MATCH', t.no('S-1')), 'other'),
    '201 0 told-already');
select t.same('an account that is not the channel''s', t.told(13, t.line(20, -2000, 'MATCH',
    t.no('S-2'), 'ACC-9')), '201 0 account-differs');
select t.same('nor for a fee', t.told(14, t.line(21, -25, 'FEE', '', 'ACC-9')),
    '201 0 account-differs');
select t.same('two accounts make no sum', t.told(15, t.line(22, -1500, 'MATCH', t.no('S-2')) || ','
    || t.line(23, -500, 'MATCH', t.no('S-2'), 'ACC-2')), '201 0 amount-differs,amount-differs');
select t.same('no money moved there', t.balance('1010', 'ACC-9')::text, '0');
select t.same('another amount', t.told(3, t.line(2, -1999, 'MATCH', t.no('S-2'))),
    '201 0 amount-differs');
select t.same('a payout nobody knows', t.told(4, t.line(3, -1, 'MATCH', 'P2026112099999')),
    '201 0 payout-unknown');
select t.same('one that failed', t.told(5, t.line(4, -3000, 'MATCH', t.no('S-3'))),
    '201 0 illegal-edge');
select t.same('is late news', kind || ' ' || state, 'late RECONCILED') from core.payment_event
where payment_id = t.id('S-3') order by event_id desc limit 1;
select t.same('from unknown, its return told before its debit', t.told(6, t.line(12, 2000, 'RETURN',
    t.no('S-2')) || ',' || t.line(2, -2000, 'MATCH', t.no('S-2'))), '201 2');
select t.same('it came back', t.state('S-2'), 'RETURNED');
select t.same('nobody asks any more', count(*)::text, '0') from paycore.work
where payment_id = t.id('S-2');
select t.same('one line, two payouts', t.told(7, t.line(5, -900, 'MATCH',
    t.no('S-4') || ',' || t.no('S-5'))), '201 1');
select t.same('two lines, one payout', t.told(8, t.line(6, -250, 'MATCH', t.no('S-6')) || ','
    || t.line(7, -350, 'MATCH', t.no('S-6'))), '201 2');
select t.same('a fee', t.told(9, t.line(8, -25, 'FEE')), '201 1');
select t.same('its bank''s cost', t.balance('5010', 'ICBC')::text, '25');
select t.same('a fee that comes back', t.told(16, t.line(24, 10, 'FEE')), '201 1');
select t.same('costs less', t.balance('5010', 'ICBC')::text, '15');
select t.same('a fee of nothing', t.told(17, t.line(25, 0, 'FEE')), '201 0 bad-line');
select t.same('a return', t.told(10, t.line(9, 1000, 'RETURN', t.no('S-1'))), '201 1');
select t.same('returned', t.state('S-1'), 'RETURNED');
call t.settle();
select t.same('its money waits', t.balance('2230', t.no('S-1'))::text, '-1000');
select t.same('returned before its debit was told', t.told(11, t.line(10, 700, 'RETURN',
    t.no('S-7'))), '201 1');
select t.same('the debit comes after it', t.told(12, t.line(11, -700, 'MATCH', t.no('S-7'))),
    '201 1');
select t.same('returned it stays', t.state('S-7'), 'RETURNED');
call t.settle();
select t.same('clearing is empty', t.balance('2210', 'ICBC.SENT')::text, '0');
select t.same('what was told is what moved', t.balance('1010', 'ACC')::text,
    (1000000 - 1000 - 2000 + 2000 - 900 - 600 - 25 + 10 + 1000 + 700 - 700)::text);
select t.same('the receipts of a file', json_array_length(body::json -> 'chunks')::text, '17')
from paycore.statement_receipt('app', sha256('file'));
select t.same('every invariant holds', paycore.invariants_refresh(t.at())::text, '0');
update paycore.balance set balance = balance + 1 where sub = 'C1';
select t.same('a balance that is not its postings', paycore.invariants_refresh(t.at())::text, '1');
select t.same('is told', name || ' ' || detail, 'I1 the balance of C1%') from core.invariant
where not holds;
update paycore.balance set balance = balance - 1 where sub = 'C1';
delete from paycore.work where payment_id in (select payment_id from paycore.work limit 1);
select t.submitted('S-8');
delete from paycore.work where payment_id = t.id('S-8');
select paycore.invariants_refresh(t.at());
select t.same('clearing that no payout explains', name, 'I3') from core.invariant where not holds;
select t.same('the days before end', paycore.days_end('2026-11-21', t.at())::text, '1');
select t.same('balances are kept', t.balance('2230', t.no('S-1'))::text, '-1000');
select t.same('a day that ended takes nothing',
    t.try($$select paycore.post('E0', null, null, null, null, 'x', '1010', 'ACC', '3010', 'ACC', 1,
        'CNY', t.at())$$), 'DB409 day-closed');
select paycore.post('E0', null, null, null, null, 'x', '1010', 'ACC', '3010', 'ACC', 5, 'CNY',
    t.at(86400));
select t.same('the next day goes on from there', t.balance('3010', 'ACC')::text, '-1000005');
