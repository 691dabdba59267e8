-- The way of a payout as its client sees it: keys, versions, the ledger.
select t.same('a reference comes in once', paycore.fund_in('app', 'g' || n, sha256('2'), 'C1',
    'ICBC', 100000, 'CNY', 'IN', t.at())::text, '(201,%E1%)') from generate_series(1, 2) n;
select t.same('whatever key', balance::text, '100000') from paycore.balance where sub = 'C1';
select t.same('of another amount', t.try($$select paycore.fund_in('app', 'g3', sha256('3'), 'C1',
    'ICBC', 100001, 'CNY', 'IN', t.at())$$), 'DB409 reference-exists');
select t.same('of another channel', t.try($$select paycore.channel_set('CCB',
    '{"currency":"CNY","url":"http://127.0.0.1:1/","accounts":""}', t.at()),
    paycore.fund_in('app', 'g3', sha256('3'), 'C1', 'CCB', 100000, 'CNY', 'IN', t.at())$$),
    'DB409 reference-exists');
select t.same('of another account', t.try($$select paycore.own_funds_in('app', 'g4', sha256('4'),
    'ACC-2', 100000, 'CNY', 'IN', t.at())$$), '(201,%');
select t.same('of no channel''s account', t.try($$select paycore.own_funds_in('app', 'g6',
    sha256('6'), 'ACC2', 100000, 'CNY', 'IN', t.at())$$), 'DB404 account-unknown');
select t.same('a channel says its accounts', t.try($$select paycore.channel_set('ABC',
    '{"currency":"CNY","url":"http://127.0.0.1:1/"}', t.at())$$), 'DB400 bad-channel');
select t.same('or that it has none', t.try($$select paycore.channel_set('ABC',
    '{"currency":"CNY","url":"http://127.0.0.1:1/","accounts":[]}', t.at())$$), '');
select t.same('own funds twice', t.try($$select paycore.own_funds_in('app', 'g5', sha256('5'),
    'ACC', 1000001, 'CNY', 'IN', t.at())$$), 'DB409 reference-exists');
select t.same('no reference', t.try($$select paycore.own_funds_in('app', 'g5', sha256('5'), 'ACC',
    1, 'CNY', null, t.at())$$), 'DB400 bad-reference');
select t.same('created', t.create('O-1'), '201 CREATED f');
select t.same('the same key gives the same answer', t.create('O-1'), '201 CREATED t');
select t.same('the same key with another body',
    t.try($$select t.create('O-1', 'create-O-1', 1000, 'C1', null, '\x02')$$), 'DB409 key-reused');
select t.same('the same key for something else',
    t.try($$select t.act('approve', 'O-1', 1, 'create-O-1')$$), 'DB409 key-reused');
select t.same('nothing of that was done', t.state('O-1'), 'CREATED');
select t.same('an order is known once', t.try($$select t.create('O-1', 'other')$$),
    'DB409 order-exists');
select t.same('refused: its key is free', count(*)::text, '0') from paycore.idempotency
where key = 'other';
select t.same('an unknown customer', t.try($$select t.create('O-2', null, 1, 'C9')$$),
    'DB404 customer-unknown');
select t.same('no amount', t.try($$select t.create('O-2', null, 0)$$), 'DB400 bad-amount');
select t.same('a stale version', t.try($$select t.act('approve', 'O-1', 2)$$),
    'DB412 version-stale');
select t.same('submitted before it is approved', t.try($$select t.act('submit', 'O-1', 1)$$),
    'DB409 illegal-edge');
select t.same('approved', t.act('approve', 'O-1', 1), '200 APPROVED f');
select t.same('approved again', t.act('approve', 'O-1', 1), '200 APPROVED t');
select t.same('approved again, asked with the version of now', t.act('approve', 'O-1', 2),
    '200 APPROVED t');
select t.same('submitted', t.act('submit', 'O-1', 2), '200 SUBMITTED f');
call t.settle();
select t.same('the customer''s money left', t.balance('2010', 'C1')::text, '-99000');
select t.same('it lies in clearing', t.balance('2210', 'ICBC.SENT')::text, '-1000');
select t.same('the locked balance agrees', balance::text, '99000') from paycore.balance
where sub = 'C1';
select t.same('submitted is not cancelled', t.try($$select t.act('cancel', 'O-1', 3)$$),
    'DB409 illegal-edge');
select t.same('unknown payout', t.try($$select paycore.payout_get('app', 1)$$),
    'DB404 payout-unknown');
select t.create('O-3', null, 100001);
select t.act('approve', 'O-3', 1);
select t.same('more than there is', t.try($$select t.act('submit', 'O-3', 2)$$),
    'DB409 insufficient-funds');
select t.same('it stays approved', t.state('O-3'), 'APPROVED');
select t.same('cancelled', t.act('cancel', 'O-3', 2), '200 CANCELLED f');
select t.same('cancelled is the end', t.try($$select t.act('approve', 'O-3', 3, 'new')$$),
    'DB409 illegal-edge');
select t.create('O-4', null, 3000, 'M1'), t.act('approve', 'O-4', 1), t.act('submit', 'O-4', 2);
call t.settle();
select t.same('a merchant''s money is another account''s', t.balance('2220', 'M1')::text, '-2000');
select t.same('events', string_agg(concat_ws('>', from_state, state), ' ' order by event_id),
    'CREATED CREATED>APPROVED APPROVED>SUBMITTED') from core.payment_event
where payment_id = t.id('O-1');
select t.same('the chain holds', paycore.chain_broken(t.id('O-1'))::text, null);
alter table core.payment_event disable trigger payment_event_stays;
update core.payment_event set cause = 'forged' where payment_id = t.id('O-1')
    and state = 'APPROVED';
select t.same('a forged event breaks it', (paycore.chain_broken(t.id('O-1')) is not null)::text,
    'true');
select t.same('a page of a list', concat_ws(' ', json_array_length(body::json -> 'items'),
    body::json #>> '{items,0,order_no}', body::json ->> 'next' is not null), '2 O-4 t')
from paycore.payout_list('app', null, null, null, null, null, 2);
select t.same('the next page', concat_ws(' ', json_array_length(n.body::json -> 'items'),
    n.body::json #>> '{items,0,order_no}'), '1 O-1')
from paycore.payout_list('app', 'SUBMITTED', null, null, null, null, 1) p,
    paycore.payout_list('app', 'SUBMITTED', null, null, null, p.body::json ->> 'next', 5) n;
select t.same('found by its order', body::json #>> '{items,0,id}', t.no('O-1'))
from paycore.payout_list('app', null, null, 'O-1', null, null, null);
