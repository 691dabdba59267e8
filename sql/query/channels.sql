-- The channel register; the primary key serves the order.
select channel_id, bank, currency, has_statement, statement_format as format,
    to_char(cutoff, 'HH24:MI') as cutoff, to_char(statement_due, 'HH24:MI') as statement_due,
    carry_window, return_window, fee_expected, accounts, contact
from desk.channels
