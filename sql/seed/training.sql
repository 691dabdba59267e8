-- The four banks of the training town: psql variable first_day is the first business day that files
-- are owed for. For TRAINING and TEST only; the accounts are those of src/town/channel.c.
insert into desk.calendar (calendar_id, name) values ('CN', 'Monday to Friday');
insert into desk.channel (channel_id, bank, currency, has_statement, statement_format, cutoff,
    statement_due, calendar_id, fee_expected, files_from, contact) values
    ('ICBC', '工商银行', 'CNY', 'YES', 'camt', '22:00', '08:30', 'CN', 100, :'first_day',
        'service desk, +86 10 5550 0101'),
    ('CCB', '建设银行', 'CNY', 'YES', 'mt940', '23:00', '08:45', 'CN', null, :'first_day',
        'service desk, +86 10 5550 0102'),
    ('ABC', '农业银行', 'CNY', 'YES', 'csv:daybook-gbk', '21:30', '09:00', 'CN', 150, :'first_day',
        'branch manager, +86 10 5550 0103'),
    ('CMB', '招商银行', 'CNY', 'NO', null, '22:00', '09:00', 'CN', 120, :'first_day',
        'customer manager, +86 10 5550 0104');
insert into desk.channel_account (account, channel_id) values
    ('1001200300400500601', 'ICBC'),
    ('33001616100050000001', 'CCB'),
    ('6222020000001234567', 'ABC'),
    ('755912345610601', 'CMB');
insert into desk.channel_lock (channel_id) select channel_id from desk.channel
on conflict do nothing;
