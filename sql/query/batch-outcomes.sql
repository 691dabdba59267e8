-- What became of a batch's payouts, counted; index payment_batch (batch_no).
-- param 1 batch_no text
select w.label, count(*) as value, null::bigint as whole
from desk.payouts p
join (values ('CREATED', 'created', 1), ('APPROVED', 'approved', 2), ('CANCELLED', 'cancelled', 3),
    ('REJECTED', 'rejected', 4), ('SUBMITTED', 'sent', 5), ('ACCEPTED', 'accepted', 6),
    ('UNKNOWN', 'unknown', 7), ('PRESUMED_PAID', 'presumed', 8), ('PAID', 'paid', 9),
    ('FAILED', 'failed', 10), ('RECONCILED', 'reconciled', 11), ('NOT_PAID', 'not paid', 12),
    ('RETURNED', 'returned', 13), ('REPAID', 'paid again', 14),
    ('CREDITED_BACK', 'credited', 15)) as w (state, label, place) on w.state = p.state
where p.batch_no = $1::text
group by w.label, w.place
order by w.place
