-- What an import must know of channels: one row an account.
select c.channel_id, c.currency, nullif(c.statement_format, '') as statement_format, a.account
from desk.channels c
left join lateral unnest(string_to_array(c.accounts, ', ')) as a (account) on true
order by c.channel_id, a.account
limit 10000
