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
