-- Statement lines by value date; the primary key (value_date, line_id) serves the order.
select value_date, line_id, line_no, channel_id, amount, currency, status, standing, ref, bank_ref,
    party_name as party, party_account, type, payment_no, payment_id, file_line
from desk.lines
