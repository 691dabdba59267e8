-- What nobody may forget: late news of the core (rule B3.7), and what rests in a state longer than
-- it may (rule B17, I11). daybookd looks; each is told once and settles when it has moved on.
set local role own_core;
create index payment_event_late on core.payment_event (event_id) where kind = 'late';
-- Payouts of our own core whose money waits to be paid again or credited back.
create index payment_unhandled on core.payment (payment_id)
    where customer_id is not null and rests = 2;
reset role;

set local role own_desk;
-- The greatest age: minutes by the clock, or business days of the channel's calendar. PAID has
-- none here, because CORE_ONLY tells of what no statement shows; nor has a file that is owed or
-- cannot be read, because FILE_MISSING, FILE_BAD and FILE_BALANCE tell of it at once.
create table desk.state_age (
    kind text not null check (kind in ('payment', 'file')),
    state text not null,
    minutes integer check (minutes > 0),
    business_days integer check (business_days > 0),
    primary key (kind, state),
    check ((minutes is null) <> (business_days is null))
);
-- A payout on the ladder has besides the ladder's whole length (SUBMITTED, ACCEPTED, UNKNOWN).
insert into desk.state_age (kind, state, minutes, business_days) values
    ('payment', 'CREATED', null, 3), ('payment', 'APPROVED', null, 1),
    ('payment', 'SUBMITTED', 15, null), ('payment', 'ACCEPTED', 15, null),
    ('payment', 'UNKNOWN', 15, null), ('payment', 'PRESUMED_PAID', null, 3),
    ('payment', 'FAILED', null, 5), ('payment', 'NOT_PAID', null, 5),
    ('payment', 'RETURNED', null, 5),
    ('file', 'RECEIVED', 60, null), ('file', 'PARSED', 60, null), ('file', 'BALANCED', 60, null),
    ('file', 'MATCHING', 60, null);
grant select on desk.state_age to def_read, def_match, def_case;
reset role;

create function desk.watch_raise(p_code text, p_subject text, p_channel text, p_day date,
    p_amount bigint, p_currency text, p_effect bigint, p_payment bigint, p_file bigint,
    p_party text, p_reason text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    x bigint;
begin
    insert into desk.exception (code, subject, channel_id, business_date, direction, currency,
        amount, cash_effect, severity, payment_id, file_id, party, reason, opened_at)
    values (p_code, p_subject, p_channel, p_day, case when p_payment is null then '' else 'OUT' end,
        p_currency, p_amount, p_effect, case when p_payment is null then 'HIGH'
        else desk.severity(p_amount, p_effect) end, p_payment, p_file, p_party, p_reason,
        desk.now())
    on conflict (code, subject) do nothing
    returning exception_id into x;
    if x is null then
        return 0;
    end if;
    insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
    values (x, desk.now(), 'raise', '', 'OPEN', p_reason);
    return 1;
end
$$;
comment on function desk.watch_raise(text, text, text, date, bigint, text, bigint, bigint, bigint,
    text, text) is 'Raises one exception, once for its code and subject.';

-- Late news against where the payout stands now. What came while it was still asked about settles
-- with the next answer; what a statement line said is told with the line's receipt.
create function desk.watch_late() returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(sum(desk.watch_raise(n.code, 'late:' || n.payment_id, n.channel_id,
        n.business_date, n.amount, n.currency, n.effect, n.payment_id, null, n.payee_name,
        n.reason)), 0)::integer
    from (
        select distinct on (e.payment_id, w.code) p.*, w.code,
            case w.code when 'STATUS_BANK_OK' then -p.amount else p.amount end as effect,
            format('Late news: the bank says %s, the core says %s.', e.state, p.state) as reason
        from core.payment_event e
        join core.payment p on p.payment_id = e.payment_id,
            lateral (select case
                when e.state in ('PAID', 'RECONCILED') and p.state in ('FAILED', 'NOT_PAID',
                    'REPAID', 'CREDITED_BACK', 'CANCELLED', 'REJECTED') then 'STATUS_BANK_OK'
                when e.state in ('FAILED', 'RETURNED') and p.state in ('PAID', 'RECONCILED')
                    then 'STATUS_BANK_FAIL' end as code) w
        where e.kind = 'late' and w.code is not null and e.cause !~ '^line '
            and not exists (select from desk.exception x
                            where x.code = w.code and x.subject = 'late:' || e.payment_id)
        order by e.payment_id, w.code, e.event_id) n
$$;
comment on function desk.watch_late() is 'STATUS_* of late news, once a payout (rule B3.7).';

-- Since when a payout is where it is.
create function desk.watch_since(p core.payment) returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
return coalesce((select max(e.at) from core.payment_event e
                 where e.payment_id = p.payment_id and e.kind = 'state' and e.state = p.state),
                p.sent_at, p.created_at, p.published_at);
comment on function desk.watch_since(core.payment) is 'When a payout came where it is.';

create function desk.watch_reason(p_state text, p_since timestamptz, p_minutes integer,
    p_days integer) returns text
language sql immutable set search_path = pg_catalog, pg_temp
return format(case
    when p_minutes = 1 then '%s since %s; it may rest so for 1 minute.'
    when p_minutes is not null then '%s since %s; it may rest so for %s minutes.'
    when p_days = 1 then '%s since %s; it may rest so for 1 business day.'
    else '%s since %s; it may rest so for %s business days.' end,
    p_state, to_char(p_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI"Z"'),
    coalesce(p_minutes, p_days));
comment on function desk.watch_reason(text, timestamptz, integer, integer) is
    'How long something rests already, and how long it may.';

-- A foreign core's rows are as old as its feed, so that only our own core's payouts age.
create function desk.watch_payments() returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with p as (
        select * from core.payment r
        where r.customer_id is not null
            and r.channel_id in (select c.channel_id from desk.channel c)
            and r.rests = 1
        union all
        select * from core.payment r
        where r.customer_id is not null and r.rests = 2
    ), old as (
        select p.*, s.since, a.minutes, a.business_days
        from p
        join desk.state_age a on a.kind = 'payment' and a.state = p.state
        join desk.channel c on c.channel_id = p.channel_id
        left join core.channel k on k.channel_id = p.channel_id,
            lateral (select desk.watch_since(p) as since) s
        where case when a.minutes is not null
            then desk.now() - s.since > a.minutes * interval '1 minute'
                + case when p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN')
                       then coalesce(k.ladder_base_s * (2 ^ k.ladder_count - 1), 0)
                       else 0 end * interval '1 second'
            else desk.business_days(c.calendar_id, (s.since at time zone c.utc_offset)::date,
                (desk.now() at time zone c.utc_offset)::date) > a.business_days end
    )
    select coalesce(sum(desk.watch_raise('AGE',
        format('rests:payment:%s:%s', o.payment_id, o.state), o.channel_id,
        o.business_date, o.amount, o.currency, 0, o.payment_id, null, o.payee_name,
        desk.watch_reason(o.state, o.since, o.minutes, o.business_days))), 0)::integer
    from old o
$$;
comment on function desk.watch_payments() is 'AGE of payouts (rule B17, I11).';

create function desk.watch_files() returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(sum(desk.watch_raise('AGE', format('rests:file:%s:%s', f.file_id, f.state),
        f.channel_id, (f.received_at at time zone 'UTC')::date, 0, '', 0, null, f.file_id, '',
        desk.watch_reason(f.state, f.received_at, a.minutes, null))), 0)::integer
    from desk.statement_file f
    join desk.state_age a on a.kind = 'file' and a.state = f.state
    where f.received_at between desk.now() - interval '90 days'
        and desk.now() - a.minutes * interval '1 minute'
$$;
comment on function desk.watch_files() is 'AGE of files (rule B17, I11).';

-- What has moved on is settled, each with its event.
create function desk.watch_settle() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    n integer;
begin
    with gone as (
        select e.exception_id, e.state from desk.exception e
        where e.open and e.code = 'AGE' and e.subject ~ '^rests:'
            and e.state in ('OPEN', 'CLAIMED', 'WAITING_BANK', 'WAITING_MERCHANT', 'REOPENED')
            and split_part(e.subject, ':', 4) is distinct from case split_part(e.subject, ':', 2)
                when 'payment' then (select p.state from core.payment p
                                     where p.payment_id = e.payment_id)
                else (select f.state from desk.statement_file f where f.file_id = e.file_id) end
    ), x as (
        update desk.exception e set state = 'AUTO_CLOSED', due = null
        from gone g where e.exception_id = g.exception_id
        returning e.exception_id, g.state)
    insert into desk.exception_event (exception_id, at, action, from_state, to_state, text)
    select x.exception_id, desk.now(), 'settle', x.state, 'AUTO_CLOSED', 'It has moved on.'
    from x;
    get diagnostics n = row_count;
    return n;
end
$$;
comment on function desk.watch_settle() is 'Closes what rests no more (rule B4).';

create function desk.watch(out late integer, out aged integer, out settled integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform desk.actor();
    settled := desk.watch_settle();
    late := desk.watch_late();
    aged := desk.watch_payments() + desk.watch_files();
    if late + aged + settled > 0 then
        insert into desk.audit_entry (action, object, detail)
        values ('watch', 'all', format('late=%s aged=%s settled=%s', late, aged, settled));
    end if;
end
$$;
comment on function desk.watch() is 'Looks for late news and for what rests too long.';

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace and p.proname ~ '^watch(_|$)'
    loop
        execute format('alter function %s owner to def_match', f.name);
        execute format('revoke all on function %s from public', f.name);
    end loop;
end
$$;
grant execute on function desk.watch() to g_service;
