-- Batches.
create function t.batch(p_no text, p_count integer, p_total bigint) returns text language sql as $$
select format('%s %s', status, body::json ->> 'state')
from paycore.batch_create('app', 'b-' || p_no, sha256('x'), p_no, 'ICBC', p_count, p_total, 'CNY',
    (select jsonb_agg(jsonb_build_object('order_no', p_no || n, 'customer', 'C1', 'amount', n * 100,
        'payee', jsonb_build_object('name', 'P', 'account', '6'))) from generate_series(1, 3) n),
    t.at())
$$;
select t.same('its sum is another', t.try($$select t.batch('B', 3, 601)$$), 'DB400 batch-totals');
select t.same('its count is another', t.try($$select t.batch('B', 2, 600)$$),
    'DB400 batch-totals');
select t.same('nothing of it is there', count(*)::text, '0') from core.payment
where batch_no = 'B';
select t.same('all or none', t.batch('B', 3, 600), '201 CREATED');
create table t.said (n integer, body jsonb);
insert into t.said values (1, paycore.batch_json('B')::jsonb);
select t.same('an order that is known',
    t.try($$select paycore.batch_create('app', 'bd', sha256('x'),
    'D', 'ICBC', 1, 5, 'CNY', '[{"order_no":"B2","customer":"C1","amount":5,"payee":{"name":"P",
    "account":"6"}}]', t.at())$$), 'DB409 order-exists');
select t.same('an order twice', t.try($$select paycore.batch_create('app', 'bd', sha256('x'), 'D',
    'ICBC', 2, 10, 'CNY', jsonb_build_array(i, i), t.at()) from (select '{"order_no":"D1",
    "customer":"C1","amount":5,"payee":{"name":"P","account":"6"}}'::jsonb as i) x$$),
    'DB409 order-exists');
select t.same('an unknown customer', t.try($$select paycore.batch_create('app', 'bd', sha256('x'),
    'D', 'ICBC', 1, 5, 'CNY', '[{"order_no":"D1","customer":"C9","amount":5,"payee":{"name":"P",
    "account":"6"}}]', t.at())$$), 'DB404 customer-unknown');
select t.same('a payee without a name',
    t.try($$select paycore.batch_create('app', 'bd', sha256('x'),
    'D', 'ICBC', 1, 5, 'CNY', '[{"order_no":"D1","customer":"C1","amount":5,"payee":{
    "account":"6"}}]', t.at())$$), 'DB400 bad-payee');
select t.same('an item goes with its batch', t.try($$select t.act('approve', 'B1', 1)$$),
    'DB409 batch-item');
select t.same('submitted', status::text, '200')
from paycore.batch_submit('app', 'bs', sha256('x'), 'B', t.at());
insert into t.said values (2, paycore.batch_json('B')::jsonb);
call t.settle();
select t.same('its money lies in clearing', t.balance('2210', 'ICBC.SENT')::text, '-600');
select t.same('no item is sent by itself', count(*)::text, '0')
from paycore.sends_take('w1', t.at(), 10, 15);
select t.same('one message', concat_ws(' ', count(*), min(message_id), min(items)), '1 MB 3')
from paycore.batches_take('w1', t.at(), 10, 15);
select t.same('never a second time', count(*)::text, '0')
from paycore.batches_take('w2', t.at(999), 10, 15);
select t.same('items are the sender''s', string_agg(epoch || ' ' || state, ',' ),
    '1 SUBMITTED,1 SUBMITTED,1 SUBMITTED') from paycore.batch_items('B');
select t.same('not the sender''s word', paycore.batch_record('B', 9, 'taken', null, t.at()),
    'fenced');
select t.same('taken', paycore.batch_record('B', 1, 'taken', null, t.at()), 'done');
select t.same('its items are asked one by one', count(*)::text, '3')
from paycore.queries_take('w2', t.at(15), 10, 15);
select t.news('B' || n, 'PAID', 'ladder', 1, 'paid') from generate_series(1, 3) n;
select paycore.batches_done();
select t.same('done', state, 'DONE') from core.batch where batch_no = 'B';
-- Answers of batches are not kept but said again, whatever became of the batch since.
select t.same('created, said again', format('%s %s %s', a.status, a.replayed,
    a.body::jsonb = s.body), '201 t t')
from t.said s, paycore.batch_create('app', 'b-B', sha256('x'), 'B', 'ICBC', 3, 600, 'CNY', null,
    t.at(999)) a where s.n = 1;
select t.same('submitted, said again', format('%s %s %s', a.status, a.replayed,
    a.body::jsonb = s.body), '200 t t')
from t.said s, paycore.batch_submit('app', 'bs', sha256('x'), 'B', t.at(999)) a where s.n = 2;
select t.same('of it no answer is kept', string_agg(i.body, ','), ',')
from paycore.idempotency i where i.key in ('b-B', 'bs');
