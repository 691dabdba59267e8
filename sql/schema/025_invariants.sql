-- What the core says of itself: figures for its metrics, the invariants of rule B17.
grant create on schema paycore to def_core;
set local role def_core;

-- Open payouts by state and by channel come from what is under way alone, so this stays cheap.
create function paycore.figures() returns table (name text, label text, value bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select 'paycore_payouts', format('state="%s"', p.state), count(*)
    from paycore.work w join core.payment p on p.payment_id = w.payment_id group by p.state
    union all
    select 'paycore_sends_due', '', count(*) from paycore.work w
    where w.task = 'SEND' and w.due_at <= statement_timestamp()
    union all
    select 'paycore_queries_due', '', count(*) from paycore.work w
    where w.task = 'ASK' and w.due_at <= statement_timestamp()
    union all
    select 'paycore_oldest_due_seconds', '', coalesce(
        extract(epoch from statement_timestamp() - min(w.due_at))::bigint, 0)
    from paycore.work w where w.due_at <= statement_timestamp()
    union all
    select 'paycore_exposure', format('channel="%s"', p.channel_id), sum(p.amount)::bigint
    from paycore.work w join core.payment p on p.payment_id = w.payment_id
    where p.state in ('UNKNOWN', 'PRESUMED_PAID') group by p.channel_id;
end;
comment on function paycore.figures() is 'Figures for the core''s metrics; sums in minor units.';

grant execute on function paycore.figures() to g_core;
reset role;
revoke create on schema paycore from def_core;
