-- The bank's lines that a payout is matched with; index match_item_payment (payment_id), line_ref.
-- param 1 payment_id int8
select l.value_date, l.line_id, l.line_no, l.amount, l.currency, l.party_name as party, l.ref,
    l.standing, l.match_reason
from desk.payout_lines($1::bigint) f
join desk.lines l on l.value_date = f.value_date and l.line_id = f.line_id
