-- Leases, epochs, news (rule B3).
select t.submitted('W-1');
select t.same('one to send', count(*)::text || ' ' || min(task), '1 SEND')
from paycore.sends_take('w1', t.at(), 10, 15);
select t.same('never a second time', count(*)::text, '0')
from paycore.sends_take('w2', t.at(9999), 10, 15);
select t.same('figures are of the time that is said', string_agg(value::text, ' ' order by at),
    '0 27')
from (values (t.at(14)), (t.at(42))) x (at), paycore.figures(at) f
where f.name = 'paycore_oldest_due_seconds';
select t.same('not to be asked while it is sent', count(*)::text, '0')
from paycore.queries_take('w2', t.at(14), 10, 15);
select t.same('the sender''s', paycore.send_mine(t.id('W-1'), 1, t.at(14))::text, 'true');
select t.same('no longer when the lease is over', paycore.send_mine(t.id('W-1'), 1, t.at(15))::text,
    'false');
select t.same('the sender died: another core asks', epoch::text || ' ' || task, '2 ASK')
from paycore.queries_take('w2', t.at(15), 10, 15);
select t.same('the old sender may not send', paycore.send_mine(t.id('W-1'), 1, t.at(15))::text,
    'false');
select t.same('nor tell', t.news('W-1', 'PAID', 'send', null, 'paid', 1), 'fenced');
select t.same('what it said is kept', kind || ' ' || from_state || ' ' || state,
    'late SUBMITTED PAID') from core.payment_event where payment_id = t.id('W-1')
order by event_id desc limit 1;
select t.same('and changed nothing', t.state('W-1'), 'SUBMITTED');
select t.same('read before a change', t.news('W-1', 'UNKNOWN', 'ladder', 1, 'silence', null, 2),
    'stale');
select t.same('unknown', t.news('W-1', 'UNKNOWN', 'ladder', 1), 'done');
select t.same('a question is kept', concat_ws(' ', query_no, kind, rung, answer),
    '1 ladder 1 silence') from core.payment_query where payment_id = t.id('W-1');
select t.same('it is no failure', t.news('W-1', 'APPROVED', 'ladder', 2), 'late');
select t.same('never credited back', t.news('W-1', 'CREDITED_BACK', 'ladder', 2), 'late');
select t.same('presumed', t.news('W-1', 'PRESUMED_PAID', 'clock', null, null), 'done');
call t.settle();
select t.same('seen in the ledger', t.balance('2210', 'ICBC.PRESUMED')::text, '-1000');
select t.same('not paid needs a request', t.news('W-1', 'NOT_PAID', 'follow-up', 9, 'failed'),
    'late');
select t.same('failed after all', t.news('W-1', 'FAILED', 'follow-up', 9, 'failed'), 'done');
call t.settle();
select t.same('out of what was presumed', concat_ws(' ', t.balance('2210', 'ICBC.PRESUMED'),
    t.balance('2240', t.no('W-1'))), '0 -1000');
select t.same('news after the end', t.news('W-1', 'PAID', 'send', null, 'paid', 9), 'fenced');
select t.same('failed it stays', t.state('W-1'), 'FAILED');
select t.same('its chain holds', paycore.chain_broken(t.id('W-1'))::text, null);

select t.submitted('W-2');
select count(*) from paycore.sends_take('w1', t.at(), 10, 15);
select t.same('accepted is a fact of its own', t.news('W-2', 'ACCEPTED', 'send', null, 'accepted'),
    'done');
select t.same('with its time', accepted_at::text, t.at()::text) from core.payment
where payment_id = t.id('W-2');
select t.same('query now', status::text, '202')
from paycore.payout_ask('app', 'ask1', sha256('x'), t.id('W-2'), t.at(20));
select t.same('not twice in ten seconds', t.try($$select paycore.payout_ask('app', 'ask2',
    sha256('x'), t.id('W-2'), t.at(29))$$), 'DB429 too-soon');
select t.same('the same key again is no second question', replayed::text, 'true')
from paycore.payout_ask('app', 'ask1', sha256('x'), t.id('W-2'), t.at(21));
select t.same('asked at once', asked_by, 'app') from paycore.queries_take('w1', t.at(20), 1, 15);
select t.same('asked by a person', t.news('W-2', null, 'asked', null, 'processing'), 'done');
select t.same('it counts as no rung', queries::text, '0') from core.payment
where payment_id = t.id('W-2');
select t.same('the ladder stops', body::json #>> '{ladder,stopped}', 'true')
from core.payment p, paycore.payout_ladder('app', 'l1', sha256('x'), p.payment_id, p.version,
    true, t.at(30)) where p.payment_id = t.id('W-2');
select t.same('the presumption clock does not', due_at::text, t.at(510)::text) from paycore.work
where payment_id = t.id('W-2');
select status from core.payment p, paycore.payout_ladder('app', 'l2', sha256('x'), p.payment_id,
    p.version, false, t.at(40)) where p.payment_id = t.id('W-2');
select t.same('the ladder goes on', due_at::text, t.at(40)::text) from paycore.work
where payment_id = t.id('W-2');
select t.same('paid', t.news('W-2', 'PAID', 'ladder', 1, 'paid'), 'done');
select t.same('nothing is left to ask', task || ' ' || due_at, 'WAIT infinity') from paycore.work
where payment_id = t.id('W-2');

-- Paying again: once, of what failed, out of where its money lies.
select t.submitted('W-3');
select count(*) from paycore.sends_take('w1', t.at(), 10, 15);
select t.same('what is under way is not paid again', t.try($$select t.again('W-4', 'W-3')$$),
    'DB409 not-repayable');
select t.news('W-3', 'FAILED', 'send', null, 'failed');
call t.settle();
select t.same('no client pays again',
    t.try($$select t.create('W-4', null, 1000, 'C1', t.id('W-3'))$$), 'DB403 request-needed');
select t.same('nor does a row by itself', t.try(format($$insert into core.payment (payment_id,
    channel_id, order_no, amount, currency, state, business_date, customer_id, created_at, repays)
    values (%s + 99, 'ICBC', 'W-4', 1000, 'CNY', 'CREATED', '2026-11-20', 'C1', t.at(), %1$s)$$,
    t.id('W-3'))), 'DB403 request-needed');
select t.same('to another payee', t.try($$select t.again('W-4', 'W-3', '6233')$$), 'CREATED');
select t.same('of the same amount, linked', concat_ws(' ', amount, customer_id, state,
    repays = t.id('W-3')), '1000 C1 CREATED t') from core.payment where payment_id = t.id('W-4');
select t.same('but once', t.try($$select t.again('W-5', 'W-3')$$), 'DB409 repaid-already');
select t.act('approve', 'W-4', 1), t.act('submit', 'W-4', 2);
call t.settle();
select t.same('out of the unpaid payout', t.balance('2240', t.no('W-3'))::text, '0');
