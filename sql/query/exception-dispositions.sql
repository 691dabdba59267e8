-- What fits an exception, and whether the reader may propose it; primary key of desk.disposition.
-- param 1 exception_id int8
select d.kind as request_kind, d.usual, d.may_propose, x.exception_id, x.exception_no, x.version,
    x.amount, x.currency, x.party
from desk.dispositions d
cross join (select e.* from desk.exceptions e where e.exception_id = $1::bigint) x
where d.code = (select e.code from desk.exceptions e where e.exception_id = $1::bigint)
