-- One channel.
-- param 1 channel_id text
select channel_id, bank, currency, has_statement, statement_format as format,
    to_char(cutoff, 'HH24:MI') as cutoff, to_char(statement_due, 'HH24:MI') as statement_due,
    carry_window, return_window, calendar_id, fee_expected, accounts, contact, version
from desk.channels
where channel_id = $1::text
