-- When people were enrolled stands on a screen: it is the same moment on every day of testing.
update desk.operator set enrolled_at = '2026-11-17 01:00+00';
-- What clerk2 and super1 did on the second morning, each as themselves.
set session authorization clerk2;
select desk.exception_act('claim', array_agg(x.exception_id), array_agg(x.version))
from (select * from desk.exceptions where open and code in ('DUP_BANK', 'RETURN')
      order by exception_id limit 4) x;
select desk.exception_act('wait-bank', array_agg(x.exception_id), array_agg(x.version),
    '银行答应周一回复', '2026-11-24')
from (select * from desk.exceptions where claimed_by = 'clerk2' order by exception_id limit 1) x;
select desk.exception_act('comment', array_agg(x.exception_id), array_agg(x.version),
    'Asked the branch; they look for the second voucher.')
from (select * from desk.exceptions where claimed_by = 'clerk2' order by exception_id limit 1) x;
reset session authorization;
set session authorization clerk1;
select desk.exception_act('claim', array_agg(x.exception_id), array_agg(x.version))
from (select * from desk.exceptions where open and code in ('AMOUNT', 'STATUS_BANK_OK')
      order by exception_id limit 3) x;
select desk.exception_act('defer', array_agg(x.exception_id), array_agg(x.version),
    'The merchant sends the receipt.', '2026-11-25')
from (select * from desk.exceptions where claimed_by = 'clerk1' order by exception_id limit 1) x;
-- A channel without files: one payout has a letter, one more kind of evidence is needed.
select desk.evidence_add((select w.payment_id from desk.evidence_waiting() w limit 1), 'E3', 'PAID',
    'Letter of the bank, 20 November', 'letter-1181.pdf', sha256('letter'));
select desk.evidence_bracket('CMB', '2026-11-18', 5000000, 4000000, 'Portal, evening screen');
select desk.bank_contact_add('CMB', (select w.payment_id from desk.evidence_waiting() w limit 1),
    'Was it paid? Please look in the batch of 18 November.', '2026-11-19 10:00+08');
select desk.bank_contact_add('CMB', null, '请补发18日的余额截图', '2026-11-19 10:20+08', 'By mail.',
    'balance.png', sha256('balance'));
