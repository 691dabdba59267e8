-- One channel for the five banks' files of the sample, on the days it is of. Nothing is carried
-- over to another day, so that what is left is told at once.
update desk.environment set name = 'TEST', fixed_at = '2025-03-10T02:00:00Z';
insert into desk.channel (channel_id, bank, currency, has_statement, statement_format, utc_offset,
    carry_window, calendar_id, files_from, contact)
values ('RECON', 'Five banks of a sample', 'IDR', 'PARTIAL', 'csv:recon-bca', '7 hours', 0, 'CN',
    '2025-03-04', '');
insert into desk.channel_lock (channel_id) select channel_id from desk.channel
on conflict do nothing;
