-- The channel register; the primary key serves the order.
select channel_id, bank, currency, has_statement, statement_format as format, cutoff, statement_due,
    carry_window, return_window, fee_expected, accounts, contact
from desk.channels
