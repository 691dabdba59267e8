-- One channel: its statements, and how the core asks its bank.
-- param 1 channel_id text
select c.channel_id, c.bank, c.currency, c.has_statement, c.statement_format as format,
    to_char(c.cutoff, 'HH24:MI') as cutoff, to_char(c.statement_due, 'HH24:MI') as statement_due,
    c.carry_window, c.return_window, c.calendar_id, c.fee_expected, c.accounts, c.contact,
    c.version, l.ladder_base_s, l.ladder_count,
    l.ladder_base_s * ((1 << l.ladder_count) - 1) as ladder_lasts,
    array_to_string(l.follow_up_s, ' ') as follow_ups, l.not_after_s, l.not_after_enforced,
    l.idempotent, l.not_found_final_s, l.answer_timeout_ms
from desk.channels c
left join desk.channel_ladders l on l.channel_id = c.channel_id
where c.channel_id = $1::text
