-- Channels without statement files: what stands in for a statement (rule B5, E1 to E5), and what
-- was asked of banks and answered (requirement S10). Rows are only ever added.
set local role own_core;
-- What rests where a payout may rest too long, of any day; few rows at any time.
create index payment_resting on core.payment (channel_id, payment_id) where rests = 1;
reset role;

set local role own_desk;
-- Of one payout, or (E2) of a channel's whole day. E2 keeps what was computed when it was given:
-- when the day's payouts add up otherwise later, the bracket holds no more.
create table desk.evidence (
    evidence_id bigint generated always as identity primary key,
    channel_id text not null references desk.channel,
    business_date date not null,
    payment_id bigint,
    class text not null check (class in ('E1', 'E2', 'E3', 'E4', 'E5')),
    says text not null check (says in ('PAID', 'NOT_PAID')),
    text text not null check (text <> ''),
    attachment text not null default '',     -- the file's name
    sha256 bytea check (octet_length(sha256) = 32), -- of the file, computed by the program
    opening bigint,
    closing bigint,
    items integer,                           -- our payments of the day, and
    total bigint,                            -- their signed sum
    balances boolean generated always as (opening + total = closing) stored,
    added_at timestamptz not null,
    added_by text not null default session_user,
    check ((class = 'E2') = (payment_id is null)),
    check ((class = 'E2') = (opening is not null and closing is not null and items is not null
        and total is not null)),
    check (class <> 'E2' or says = 'PAID'),
    check (class <> 'E3' or sha256 is not null),
    check ((sha256 is null) = (attachment = ''))
);
create index evidence_payment on desk.evidence (payment_id, evidence_id)
    where payment_id is not null;
create index evidence_day on desk.evidence (channel_id, business_date, evidence_id);

-- Payouts that two kinds of E3 to E5 and a signed request close (rule B5).
create table desk.evidence_approval (
    payment_id bigint primary key,
    channel_id text not null references desk.channel,
    request_id text not null,
    at timestamptz not null default desk.now()
);

-- An answer is filled in once; all else stays as it was written.
create table desk.bank_contact (
    contact_id bigint generated always as identity primary key,
    channel_id text not null references desk.channel,
    payment_id bigint,
    asked_at timestamptz not null,
    asked_by text not null default session_user,
    asked text not null check (asked <> ''),
    answered_at timestamptz,
    answered_by text,                        -- who wrote the answer down
    answer text not null default '',
    attachment text not null default '',
    sha256 bytea check (octet_length(sha256) = 32),
    check ((answered_at is null) = (answer = '')),
    check ((answered_at is null) = (answered_by is null)),
    check (answered_at >= asked_at),
    check ((sha256 is null) = (attachment = '')),
    check (sha256 is null or answered_at is not null)
);
create index bank_contact_channel on desk.bank_contact (channel_id, contact_id);
create index bank_contact_payment on desk.bank_contact (payment_id, contact_id)
    where payment_id is not null;

create function desk.bank_contact_guard() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if old.answered_at is not null
        or (new.contact_id, new.channel_id, new.payment_id, new.asked_at, new.asked_by, new.asked)
        is distinct from (old.contact_id, old.channel_id, old.payment_id, old.asked_at,
                          old.asked_by, old.asked) then
        perform desk.refuse('DB405', 'rows-stay', 'table=bank_contact');
    end if;
    return new;
end
$$;
comment on function desk.bank_contact_guard() is 'What was asked stays; it is answered once.';
create trigger bank_contact_guard before update on desk.bank_contact
    for each row execute function desk.bank_contact_guard();
create trigger bank_contact_stays before delete on desk.bank_contact
    for each row execute function desk.deny_change();
create trigger bank_contact_stays_whole before truncate on desk.bank_contact
    for each statement execute function desk.deny_change();
create trigger evidence_approval_stays before update or delete on desk.evidence_approval
    for each row execute function desk.deny_change();
create trigger evidence_approval_stays_whole before truncate on desk.evidence_approval
    for each statement execute function desk.deny_change();
create trigger evidence_stays before update or delete on desk.evidence
    for each row execute function desk.deny_change();
create trigger evidence_stays_whole before truncate on desk.evidence
    for each statement execute function desk.deny_change();

grant select on desk.evidence, desk.bank_contact, desk.evidence_approval
    to def_read, def_match, def_case;
grant insert (payment_id, channel_id, request_id) on desk.evidence_approval to def_case;
grant insert on desk.evidence, desk.bank_contact to def_case;
grant update (answered_at, answered_by, answer, attachment, sha256) on desk.bank_contact
    to def_case;
reset role;

do $$
declare
    t text;
begin
    foreach t in array array['evidence', 'bank_contact', 'evidence_approval'] loop
        execute format('alter table desk.%I enable row level security', t);
        execute format('create policy scope on desk.%I for select to def_read using ('
            '(select desk.sees_all()) or channel_id = any ((select desk.my_channels())::text[]))',
            t);
        execute format('create policy work on desk.%I to def_match, def_case using (true) '
            'with check (true)', t);
    end loop;
end
$$;

-- --- what evidence comes to

-- Our payments of a channel's day that may have moved money there, and their signed sum.
create function desk.evidence_sum(p_channel text, p_day date, out items integer, out total bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select count(*)::integer, coalesce(sum(case p.direction when 'OUT' then -p.amount
                                           else p.amount end), 0)::bigint
    from core.payment p
    where p.payment_id >= core.first_id(p_day) and p.payment_id < core.first_id(p_day + 1)
        and p.channel_id = p_channel
        and p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID', 'PAID', 'RECONCILED')
$$;
comment on function desk.evidence_sum(text, date) is
    'What a balance bracket of a day is computed from (rule B5, E2).';

-- Whether a channel's day is bracketed: the last bracket counts, and only while it still adds up.
create function desk.evidence_bracketed(p_channel text, p_day date) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
return coalesce((
    select e.balances and (e.items, e.total) = (select s.items, s.total
                                                from desk.evidence_sum(p_channel, p_day) s)
    from desk.evidence e
    where e.channel_id = p_channel and e.business_date = p_day and e.class = 'E2'
    order by e.evidence_id desc limit 1), false);
comment on function desk.evidence_bracketed(text, date) is
    'Whether the balances of a day prove its payouts (rule B5, E2).';

-- Where a payout of a channel without files stands. The core's PAID is the bank's final answer and
-- so is E1; what E1 said last counts; two of E3 to E5 wait for a second person.
create function desk.evidence_standing(p_payment bigint, p_state text, p_bracketed boolean)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
return (
    select case
        when p_state in ('PAID', 'RECONCILED', 'RETURNED') then 'E1'
        when s.last_e1 = 'NOT_PAID' then 'not paid'
        when s.last_e1 = 'PAID' then 'E1'
        when p_bracketed then 'E2'
        when exists (select from desk.evidence_approval v where v.payment_id = p_payment)
            then 'approved'
        when s.weak >= 2 then 'approval'
        when s.weak = 1 then 'one more'
        else 'open' end
    from (
        select (array_agg(e.says order by e.evidence_id desc) filter (where e.class = 'E1'))[1]
                as last_e1,
            count(distinct e.class) filter (where e.class in ('E3', 'E4', 'E5')
                and e.says = 'PAID') as weak
        from desk.evidence e where e.payment_id = p_payment) s);
comment on function desk.evidence_standing(bigint, text, boolean) is
    'E1, E2, approved: closed by it; approval, one more, open, not paid: not yet (rule B5).';

-- The work list: payouts of channels without files that no evidence closes yet, oldest first.
create function desk.evidence_waiting(p_channel text default null, p_day date default null)
returns table (payment_id bigint, payment_no text, channel_id text, business_date date,
    order_no text, party text, amount bigint, currency text, state text, standing text,
    classes text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with days as materialized (
        select p.payment_id, p.channel_id, p.business_date, p.order_no, p.payee_name, p.amount,
            p.currency, p.state
        from desk.channel c
        join core.payment p on p.channel_id = c.channel_id and p.direction = 'OUT'
            and p.rests = 1 and p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID')
        where c.has_statement = 'NO' and (p_channel is null or c.channel_id = p_channel)
            and (p_day is null or p.payment_id >= core.first_id(p_day)
                 and p.payment_id < core.first_id(p_day + 1))
            and (desk.sees_all() or c.channel_id = any (desk.my_channels()))
        order by p.payment_id limit 10001
    ), brackets as materialized (
        select d.channel_id, d.business_date,
            desk.evidence_bracketed(d.channel_id, d.business_date) as bracketed
        from (select distinct channel_id, business_date from days) d
    )
    select d.payment_id, core.payment_no(d.payment_id), d.channel_id, d.business_date, d.order_no,
        d.payee_name, d.amount, d.currency, d.state, s.standing,
        coalesce((select string_agg(distinct e.class, ' ' order by e.class)
                  from desk.evidence e where e.payment_id = d.payment_id), '')
    from days d
    join brackets b using (channel_id, business_date),
        lateral (select desk.evidence_standing(d.payment_id, d.state, b.bracketed) as standing) s
    where s.standing not in ('E1', 'E2', 'approved')
    order by d.payment_id
$$;
comment on function desk.evidence_waiting(text, date) is
    'Payouts of channels without files that nothing closes yet (rule B5).';

-- --- adding

-- Who clears; the channel must be in sight and owe no file.
create function desk.evidence_channel(p_action text, p_channel text) returns desk.channel
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    c desk.channel;
begin
    perform desk.actor();
    if not (pg_has_role(session_user, 'g_clearing', 'member')
            or pg_has_role(session_user, 'g_supervisor', 'member')) then
        perform desk.refuse('DB403', 'not-allowed', 'action=' || p_action);
    end if;
    select * into c from desk.channel x where x.channel_id = p_channel;
    if not found or not desk.in_scope(c.channel_id) then
        perform desk.refuse('DB404', 'channel-unknown', 'channel=' || coalesce(p_channel, ''));
    end if;
    return c;
end
$$;
comment on function desk.evidence_channel(text, text) is 'The channel, if the caller works on it.';

create function desk.evidence_add(p_payment bigint, p_class text, p_says text, p_text text,
    p_attachment text default null, p_sha256 bytea default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    p core.payment;
    c desk.channel;
    until date;
    result bigint;
begin
    select * into p from core.payment r where r.payment_id = p_payment;
    if not found or not desk.in_scope(p.channel_id) then
        perform desk.refuse('DB404', 'payment-unknown',
            'id=' || coalesce(core.payment_no(p_payment), ''));
    end if;
    c := desk.evidence_channel('evidence-add', p.channel_id);
    until := desk.business_day_add(c.calendar_id, p.business_date, c.return_window);
    -- Statements prove what was paid; that nothing was, they do not (rule B3).
    if c.has_statement <> 'NO' and p_says is distinct from 'NOT_PAID' then
        perform desk.refuse('DB412', 'has-files', 'channel=' || c.channel_id);
    elsif coalesce(trim(p_text), '') = '' then
        perform desk.refuse('DB400', 'reason-needed', 'action=evidence-add');
    elsif p_class not in ('E1', 'E3', 'E4', 'E5') or coalesce(p_says, 'PAID') not in
        ('PAID', 'NOT_PAID') or p_class is null then
        perform desk.refuse('DB400', 'bad-class', 'class=' || coalesce(p_class, ''));
    elsif p_class = 'E3' and p_sha256 is null then
        perform desk.refuse('DB400', 'attachment-needed', 'class=E3');
    elsif p_class = 'E5' and (desk.now() at time zone c.utc_offset)::date <= until then
        perform desk.refuse('DB412', 'window-open', 'until=' || until);
    elsif p.direction <> 'OUT' or p.state not in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN',
        'PRESUMED_PAID') and (p.state <> 'PAID' or p_says is distinct from 'NOT_PAID') then
        perform desk.refuse('DB412', 'needs-none', format('id=%s state=%s',
            core.payment_no(p.payment_id), p.state));
    end if;
    insert into desk.evidence (channel_id, business_date, payment_id, class, says, text, attachment,
        sha256, added_at)
    values (p.channel_id, p.business_date, p.payment_id, p_class, coalesce(p_says, 'PAID'), p_text,
        case when p_sha256 is null then '' else coalesce(nullif(p_attachment, ''), '-') end,
        p_sha256, desk.now())
    returning evidence_id into result;
    insert into desk.audit_entry (action, object, detail)
    values ('evidence-add', core.payment_no(p.payment_id),
        p_class || ' ' || coalesce(p_says, 'PAID') || ' ' || p_text);
    return result;
end
$$;
comment on function desk.evidence_add(bigint, text, text, text, text, bytea) is
    'Evidence of one payout: E1, E3, E4 or E5 (rule B5).';

create function desk.evidence_bracket(p_channel text, p_day date, p_opening bigint,
    p_closing bigint, p_text text, p_attachment text default null, p_sha256 bytea default null)
returns table (evidence_id bigint, items integer, total bigint, difference bigint,
    balances boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    c constant desk.channel := desk.evidence_channel('evidence-bracket', p_channel);
begin
    if c.has_statement <> 'NO' then
        perform desk.refuse('DB412', 'has-files', 'channel=' || c.channel_id);
    elsif coalesce(trim(p_text), '') = '' then
        perform desk.refuse('DB400', 'reason-needed', 'action=evidence-bracket');
    elsif p_opening is null or p_closing is null or p_day is null
        or p_day >= (desk.now() at time zone c.utc_offset)::date then
        perform desk.refuse('DB400', 'day-not-over', 'day=' || coalesce(p_day::text, ''));
    end if;
    select s.items, s.total into items, total from desk.evidence_sum(p_channel, p_day) s;
    insert into desk.evidence as e (channel_id, business_date, class, says, text, attachment,
        sha256, opening, closing, items, total, added_at)
    values (p_channel, p_day, 'E2', 'PAID', p_text,
        case when p_sha256 is null then '' else coalesce(nullif(p_attachment, ''), '-') end,
        p_sha256, p_opening, p_closing, evidence_bracket.items, evidence_bracket.total, desk.now())
    returning e.evidence_id, e.balances into evidence_id, balances;
    difference := p_closing - p_opening - total;
    insert into desk.audit_entry (action, object, detail)
    values ('evidence-bracket', p_channel || ' ' || p_day, format('opening=%s closing=%s items=%s '
        'total=%s difference=%s', p_opening, p_closing, items, total, difference));
    return next;
end
$$;
comment on function desk.evidence_bracket(text, date, bigint, bigint, text, text, bytea) is
    'The balance bracket of a day: opening, closing, and our sum between them (rule B5, E2).';

create function desk.bank_contact_add(p_channel text, p_payment bigint, p_text text,
    p_asked_at timestamptz default null, p_answer text default null,
    p_attachment text default null, p_sha256 bytea default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    c desk.channel;
    answered constant boolean := coalesce(trim(p_answer), '') <> '';
    result bigint;
begin
    c := desk.evidence_channel('channel-contact-add', coalesce(p_channel,
        (select p.channel_id from core.payment p where p.payment_id = p_payment)));
    if p_payment is not null and not exists (select from core.payment p
        where p.payment_id = p_payment and p.channel_id = c.channel_id) then
        perform desk.refuse('DB404', 'payment-unknown', 'id=' || core.payment_no(p_payment));
    elsif coalesce(trim(p_text), '') = '' then
        perform desk.refuse('DB400', 'reason-needed', 'action=channel-contact-add');
    elsif p_asked_at > desk.now() then
        perform desk.refuse('DB400', 'in-future', 'at=' || p_asked_at::date);
    elsif p_sha256 is not null and not answered then
        perform desk.refuse('DB400', 'answer-needed', 'action=channel-contact-add');
    end if;
    insert into desk.bank_contact (channel_id, payment_id, asked_at, asked, answered_at,
        answered_by, answer, attachment, sha256)
    values (c.channel_id, p_payment, coalesce(p_asked_at, desk.now()), p_text,
        case when answered then desk.now() end, case when answered then session_user end,
        case when answered then p_answer else '' end,
        case when p_sha256 is null then '' else coalesce(nullif(p_attachment, ''), '-') end,
        p_sha256)
    returning contact_id into result;
    insert into desk.audit_entry (action, object, detail)
    values ('channel-contact-add', 'C-' || result, c.channel_id || ' ' || p_text);
    return result;
end
$$;
comment on function desk.bank_contact_add(text, bigint, text, timestamptz, text, text, bytea) is
    'What was asked of a bank, when, and what came back (requirement S10).';

create function desk.bank_contact_answer(p_contact bigint, p_answer text,
    p_attachment text default null, p_sha256 bytea default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    k desk.bank_contact;
begin
    select * into k from desk.bank_contact b where b.contact_id = p_contact for update;
    if not found or not desk.in_scope(k.channel_id) then
        perform desk.refuse('DB404', 'contact-unknown', 'id=C-' || p_contact);
    end if;
    perform desk.evidence_channel('channel-contact-answer', k.channel_id);
    if k.answered_at is not null then
        perform desk.refuse('DB412', 'answered-already', 'id=C-' || p_contact);
    elsif coalesce(trim(p_answer), '') = '' then
        perform desk.refuse('DB400', 'answer-needed', 'action=channel-contact-answer');
    end if;
    update desk.bank_contact b
    set answered_at = greatest(desk.now(), k.asked_at), answered_by = session_user,
        answer = p_answer,
        attachment = case when p_sha256 is null then ''
                          else coalesce(nullif(p_attachment, ''), '-') end,
        sha256 = p_sha256
    where b.contact_id = p_contact;
    insert into desk.audit_entry (action, object, detail)
    values ('channel-contact-answer', 'C-' || p_contact, p_answer);
end
$$;
comment on function desk.bank_contact_answer(bigint, text, text, bytea) is
    'The bank''s answer, written down once (requirement S10).';

-- --- what people read
create view desk.evidences as
select e.evidence_id, 'V-' || e.evidence_id as evidence_no, e.channel_id, e.business_date,
    e.payment_id, case when e.payment_id is not null then core.payment_no(e.payment_id) end
    as payment_no, e.class, e.says, e.text, e.attachment,
    coalesce(encode(e.sha256, 'hex'), '') as sha256, e.opening, e.closing, e.items, e.total,
    e.closing - e.opening - e.total as difference, e.balances,
    (select c.currency from desk.channel c where c.channel_id = e.channel_id) as currency,
    e.added_at, e.added_by
from desk.evidence e;
create view desk.bank_contacts as
select b.contact_id, 'C-' || b.contact_id as contact_no, b.channel_id, b.payment_id,
    case when b.payment_id is not null then core.payment_no(b.payment_id) end as payment_no,
    b.asked_at, b.asked_by, b.asked, b.answered_at, coalesce(b.answered_by, '') as answered_by,
    b.answer, b.attachment, coalesce(encode(b.sha256, 'hex'), '') as sha256
from desk.bank_contact b;

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'desk'::regnamespace
                 and p.proname ~ '^(evidence|bank_contact)_' and p.proname !~ '_guard$'
    loop
        execute format('alter function %s owner to %s', f.name,
            case when f.name::text ~ '_(sum|bracketed|standing|waiting)\(' then 'def_read'
                 else 'def_case' end);
        execute format('revoke all on function %s from public', f.name);
    end loop;
    for f in select v as name from unnest(array['evidences', 'bank_contacts']) v loop
        execute format('alter view desk.%I owner to def_read', f.name);
        execute format('revoke all on desk.%I from public', f.name);
        execute format('grant select on desk.%I to g_operator, g_service', f.name);
    end loop;
end
$$;
comment on view desk.evidences is 'Evidence of payouts and days without statements (rule B5).';
comment on view desk.bank_contacts is 'What was asked of banks and answered (requirement S10).';
grant execute on function desk.evidence_sum(text, date) to def_case;
grant execute on function desk.evidence_waiting(text, date) to g_operator, g_service;
grant execute on function desk.evidence_add(bigint, text, text, text, text, bytea),
    desk.evidence_bracket(text, date, bigint, bigint, text, text, bytea),
    desk.bank_contact_add(text, bigint, text, timestamptz, text, text, bytea),
    desk.bank_contact_answer(bigint, text, text, bytea) to g_clearing, g_supervisor;
