-- What the sample's report says against what the desk has. Each line of output is one verdict:
-- 'ok WHAT' or 'failed WHAT'; lines that start otherwise explain.
create temp table report_matched (order_no text, bank_ref text);
create temp table report_left (what text);
-- report

create temp view ours_matched as
select p.order_no, l.bank_ref
from desk.match_now m
join desk.line l on l.line_id = m.line_id and l.value_date = m.value_date
join core.payment p on p.payment_id = m.payment_id;
create temp view ours_left as
select coalesce(p.order_no, l.bank_ref) as what
from desk.exception e
left join core.payment p on p.payment_id = e.payment_id
left join desk.line l on l.line_id = e.line_id and l.value_date = e.value_date
where e.code in ('BANK_ONLY_DR', 'BANK_ONLY_CR', 'CORE_ONLY') and e.open;

-- Days and signed amounts that more transactions than lines have: which of them is matched is
-- anybody's choice.
create temp view side as
select p.business_date as day, case p.direction when 'OUT' then -p.amount else p.amount end
    as amount, p.order_no as what, true as ours
from core.payment p
union all
select l.value_date, l.amount, l.bank_ref, false from desk.line l;
create temp view ambiguous as
select day, amount, count(*) filter (where ours) as payments, count(*) filter (where not ours)
    as lines
from side group by day, amount
having count(*) > 2 and count(*) filter (where ours) > 0 and count(*) filter (where not ours) > 0;
select format('ambiguous %s %s: %s payments, %s lines; the report pairs %s, we pair %s', a.day,
    a.amount, a.payments, a.lines,
    (select string_agg(r.order_no || ' ' || r.bank_ref, ', ' order by r.order_no)
     from report_matched r join side s on s.what = r.bank_ref
     where s.day = a.day and s.amount = a.amount),
    (select string_agg(o.order_no || ' ' || o.bank_ref, ', ' order by o.order_no)
     from ours_matched o join side s on s.what = o.bank_ref
     where s.day = a.day and s.amount = a.amount))
from ambiguous a order by a.day, a.amount;

-- Names stand for themselves; an ambiguous one stands for its day, amount and side.
create temp view name as
select s.what, case when a.day is null then s.what
    else format('one of %s %s %s', a.day, a.amount, case when s.ours then 'payment' else 'line' end)
    end as shown
from side s left join ambiguous a using (day, amount);

create temp view matched_differs as
(select 'only in the report' as who, a.shown as payment, b.shown as line
 from report_matched r join name a on a.what = r.order_no join name b on b.what = r.bank_ref
 except all
 select 'only in the report', a.shown, b.shown
 from ours_matched o join name a on a.what = o.order_no join name b on b.what = o.bank_ref)
union all
(select 'only ours', a.shown, b.shown
 from ours_matched o join name a on a.what = o.order_no join name b on b.what = o.bank_ref
 except all
 select 'only ours', a.shown, b.shown
 from report_matched r join name a on a.what = r.order_no join name b on b.what = r.bank_ref);
create temp view left_differs as
(select 'only in the report' as who, n.shown from report_left r join name n using (what)
 except all select 'only in the report', n.shown from ours_left o join name n using (what))
union all
(select 'only ours', n.shown from ours_left o join name n using (what)
 except all select 'only ours', n.shown from report_left r join name n using (what));

select 'matched, ' || who, payment, line from matched_differs;
select 'left, ' || who, shown from left_differs;
select case when (select count(*) from matched_differs) = 0
                 and (select count(*) from report_matched) = (select count(*) from ours_matched)
            then 'ok ' else 'failed ' end
    || format('matched pairs: the report has %s, we have %s; the same by name: %s',
        (select count(*) from report_matched), (select count(*) from ours_matched),
        (select count(*) from report_matched r join ours_matched o using (order_no, bank_ref)));
select case when (select count(*) from left_differs) = 0
                 and (select count(*) from report_left) = (select count(*) from ours_left)
            then 'ok ' else 'failed ' end
    || format('left over on both sides: the report has %s, we have %s; the same by name: %s',
        (select count(*) from report_left), (select count(*) from ours_left),
        (select count(*) from report_left r join ours_left o using (what)));
-- Nothing is lost: every line and every transaction is either matched or told of.
select case when count(*) filter (
                    where not exists (select from ours_matched o
                                      where s.what in (o.order_no, o.bank_ref))
                        and not exists (select from ours_left o where o.what = s.what)) = 0
            then 'ok ' else 'failed ' end || format('%s items, each matched or left', count(*))
from side s;
