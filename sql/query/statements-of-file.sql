-- The balance chain of a file's statements; the key (file_id, number) serves the order.
-- param 1 file_id int8
select s.number, s.statement_id, s.account, s.currency, s.business_date, s.opening, s.total,
    s.closing, s.entries, s.balanced, s.chained, s.counted, s.superseded
from desk.statements s
where s.file_id = $1::bigint
