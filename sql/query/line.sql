-- One statement line by its number.
-- param 1 line_id int8
select l.value_date, l.line_id, l.line_no, l.channel_id, l.account, l.amount, l.currency,
    l.booking_date, l.status, l.standing, l.interim, l.fee, l.ref, l.bank_ref, l.type,
    l.party_name as party, l.party_account, l.text, l.payment_id, l.payment_no, l.match_kind,
    l.rule_name, l.match_reason, l.file_line, s.file_id
from desk.lines l
join desk.statements s on s.statement_id = l.statement_id
where l.line_id = $1::bigint
