-- What waits for the caller.
select w.label, w.count, w.tone
from (values
    (1, 'mine', (select count(*) from (select 1 from desk.exceptions e
        where e.open and e.claimed_by = session_user limit 10001) e), 'info'),
    (2, 'due today', (select count(*) from (select 1 from desk.exceptions e
        where e.open and e.claimed_by = session_user and e.due <= desk.now()::date
        limit 10001) e), 'warning'),
    (3, 'nobody''s', (select count(*) from (select 1 from desk.exceptions e
        where e.open and e.claimed_by = '' limit 10001) e), 'plain')) as w (n, label, count, tone)
order by w.n
