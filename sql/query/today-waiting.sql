-- What waits for the caller; signatures only where there are any, for most people sign nothing.
select w.label, w.count, w.tone
from (values
    (1, 'mine', (select count(*) from (select 1 from desk.exceptions e
        where e.open and e.claimed_by = session_user limit 10001) e), 'info'),
    (2, 'due today', (select count(*) from (select 1 from desk.exceptions e
        where e.open and e.claimed_by = session_user and e.due <= desk.now()::date
        limit 10001) e), 'warning'),
    (3, 'to sign', (select count(*) from (select 1 from desk.requests r
        where r.state in ('PENDING', 'PARTLY_APPROVED') and r.may_check limit 10001) r),
        'warning'),
    (4, 'nobody''s', (select count(*) from (select 1 from desk.exceptions e
        where e.open and e.claimed_by = '' limit 10001) e), 'plain')) as w (n, label, count, tone)
where w.label <> 'to sign' or w.count > 0
order by w.n
