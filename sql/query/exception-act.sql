-- One action on one or many exceptions; each row says what came of it.
-- param 1 action text
-- param 2 exception_ids int8[]
-- param 3 versions int4[]
-- param 4 text text
-- param 5 until date
select a.exception_id, a.outcome, a.detail
from desk.exception_act($1::text, $2::bigint[], $3::integer[], $4::text, $5::date) a
