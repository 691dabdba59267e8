-- The ledger (rule B16): journals of postings, debit positive and credit negative; nothing is ever
-- changed, every journal adds up to zero in each currency, a closed day takes none.
set local role own_core;
-- The events of rule B16, and for what it only notes the kind of the request that posts it.
create domain core.ledger_event as text check (value ~ '^E[0-9]{1,2}$' or value in ('BOOK_LATE',
    'CORRECT_STATUS', 'CREDIT_BACK', 'WRITE_OFF_LOSS', 'WRITE_OFF_GAIN', 'RECALL', 'ACCEPT_FEE',
    'CLAIM_FEE', 'REVERSE'));
create domain core.ledger_account as text check (value ~ '^[1-5][0-9]{3}$');
create domain core.ledger_amount as bigint check (value <> 0
    and value between -1000000000000000 and 1000000000000000);
create domain core.currency as text check (value ~ '^[A-Z]{3}$');
create domain core.ordinal as smallint check (value > 0);
-- A signed request that was executed. Only this row makes it EXECUTED; it is written with its
-- effect, in one transaction, and its document is kept in paycore.request.
create table core.execution (
    request_id text collate "C" primary key check (request_id ~ '^R[0-9]{8}[0-9]{5,9}$'),
    kind text not null,
    document_sha256 core.digest not null,
    executed_at timestamptz not null,
    business_date date not null
);
create table core.execution_item (
    request_id text collate "C" not null references core.execution,
    item_no integer not null check (item_no between 1 and 10000),
    object text collate "C" not null,
    amount bigint not null check (amount >= 0), -- what it counts for, in the request's currency
    primary key (request_id, item_no),
    unique (request_id, object)
);
create index execution_day on core.execution (business_date);
create index execution_item_object on core.execution_item (object);
-- Days of a channel that are over for good: whatever of them comes later is posted in the open day.
create table core.closed_day (
    channel_id text not null references core.channel,
    day date not null,
    request_id text collate "C" not null references core.execution,
    closed_at timestamptz not null,
    primary key (channel_id, day)
);

create table core.journal (
    journal_id bigint generated always as identity primary key,
    business_date date not null,
    event core.ledger_event not null,
    payment_id bigint,
    cycle smallint not null default 1, -- an event of a payout that came back and went again
    batch_no text collate "C",
    file_sha256 bytea,
    line_no bigint,
    cause text not null,
    posted_at timestamptz not null,
    request_id text collate "C" references core.execution,
    number integer check (number > 0), -- of the request's journals
    reverses bigint unique references core.journal, -- the journal that this one takes back, once
    constraint journal_of_request check ((request_id is null) = (number is null)
        and (reverses is null or request_id is not null)),
    constraint journal_number unique (request_id, number),
    -- An event happens to a payout once; it is sent once for ever, presumed once for ever.
    constraint journal_once unique (payment_id, event, cycle)
);
create table core.posting (
    journal_id bigint not null references core.journal,
    posting_no core.ordinal not null,
    account core.ledger_account collate "C" not null,
    sub text collate "C" not null,
    currency core.currency collate "C" not null,
    amount core.ledger_amount not null,
    primary key (journal_id, posting_no)
);
-- Of an account only what came after its last snapshot is read.
create index posting_account on core.posting (account, sub, currency, journal_id)
    include (amount);
do $$
declare
    t text;
begin
    foreach t in array array['execution', 'execution_item', 'closed_day'] loop
        execute format('create trigger %I before update or delete on core.%I '
            'for each row execute function core.rows_stay()', t || '_stays', t);
        execute format('create trigger %I before truncate on core.%I '
            'for each statement execute function core.rows_stay()', t || '_stays_whole', t);
    end loop;
end
$$;
create trigger journal_stays before update or delete on core.journal
    for each row execute function core.rows_stay();
create trigger journal_stays_whole before truncate on core.journal
    for each statement execute function core.rows_stay();
create trigger posting_stays before update or delete on core.posting
    for each row execute function core.rows_stay();
create trigger posting_stays_whole before truncate on core.posting
    for each statement execute function core.rows_stay();
grant select on core.journal, core.posting, core.execution, core.execution_item, core.closed_day
    to def_read, def_match, def_case, def_core;
grant insert on core.journal, core.posting, core.execution, core.execution_item, core.closed_day
    to def_core;

-- Waits for postings under way; new ones wait until this transaction ends.
create function core.journal_hold() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    lock table core.journal in share mode;
end
$$;
comment on function core.journal_hold() is 'Nobody posts until this transaction ends.';
grant execute on function core.journal_hold() to def_core;
grant select on core.journal, core.posting, core.payment to def_audit;
grant execute on function core.payment_no(bigint) to def_audit;
reset role;

-- Each journal's audit entry: written when its transaction ends, by nothing else, with a hash over
-- the journal and all its postings. It is the core's own; schema core travels to other databases,
-- whose transactions have other numbers.
set local role own_paycore;
create table paycore.audit_entry (
    journal_id bigint primary key,
    at timestamptz not null,
    login text not null,
    xid xid8 not null,
    row_hash paycore.digest not null
);
create index audit_entry_xid on paycore.audit_entry (xid);
create trigger audit_entry_stays before update or delete on paycore.audit_entry
    for each row execute function paycore.rows_stay();
create trigger audit_entry_stays_whole before truncate on paycore.audit_entry
    for each statement execute function paycore.rows_stay();
grant select on paycore.audit_entry, paycore.business_day to def_audit;
grant insert on paycore.audit_entry to def_audit;
grant select on paycore.audit_entry to def_core;
reset role;

grant create on schema paycore to def_core;
set local role def_core;
-- What must hold of a journal when its transaction ends: postings 1..n with n > 1 and a sum of
-- zero, an open day, and a payout that stands where the event says. So nothing is credited back
-- that is not known to have failed (rule B3.2). The payout is looked for by its id alone, so that
-- the plan knows its partition. Then it is entered in the audit; a posting that comes to a journal
-- entered before changes what was hashed and is refused.
create function paycore.journal_balanced() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    j record;
    stands text;
    entered constant timestamptz := clock_timestamp();
    body bytea;
begin
    select d.event, d.payment_id, d.cycle, d.request_id, d.business_date, b.state as day, f.*,
        (d.file_sha256 is null) <> (d.line_no is null) as odd,
        desk.audit_field(d.batch_no) || coalesce(int4send(octet_length(d.file_sha256))
            || d.file_sha256, '\xffffffff') || coalesce(int8send(d.line_no),
            '\x8000000000000000') || desk.audit_field(d.cause) || timestamptz_send(d.posted_at)
            || desk.audit_field(d.request_id) || coalesce(int4send(d.number), '\x80000000')
            || coalesce(int8send(d.reverses), '\x8000000000000000') as rest
    into j
    from core.journal d
    left join paycore.business_day b on b.day = d.business_date,
    lateral (select count(*) as n, max(p.posting_no) as last, min(p.currency) as least,
                 max(p.currency) as greatest, sum(p.amount) as total,
                 string_agg(int2send(p.posting_no) || desk.audit_field(p.account)
                     || desk.audit_field(p.sub) || desk.audit_field(p.currency)
                     || int8send(p.amount), ''::bytea) as bytes
             -- In the order of its key, without sorting.
             from (select * from core.posting q where q.journal_id = d.journal_id
                   order by q.posting_no) p) f
    where d.journal_id = new.journal_id;
    if j.n < 2 or j.n <> j.last or j.total <> 0 or j.least <> j.greatest and exists (
        select from core.posting p where p.journal_id = new.journal_id
        group by p.currency having sum(p.amount) <> 0) then
        perform paycore.refuse('DB409', 'unbalanced', 'journal=' || new.journal_id);
    elsif j.odd or j.cycle <> 1 and j.event in ('E12', 'E13') then
        perform paycore.refuse('DB409', 'bad-journal', 'journal=' || new.journal_id);
    elsif j.day = 'CLOSED' then
        perform paycore.refuse('DB409', 'day-closed', 'day=' || j.business_date);
    elsif j.event in ('E12', 'E13', 'E14', 'E15', 'E16', 'E19', 'CREDIT_BACK') then
        select p.state into stands from core.payment p where p.payment_id = j.payment_id;
        if stands is null or stands <> all (case j.event
                when 'E12' then '{SUBMITTED}'::text[]
                when 'E13' then '{PRESUMED_PAID}'
                when 'E14' then case when j.request_id is null then '{RECONCILED,RETURNED}'::text[]
                    else '{RECONCILED,RETURNED,REPAID,CREDITED_BACK}' end
                when 'E15' then case when j.request_id is null then '{FAILED,NOT_PAID}'::text[]
                    else '{NOT_PAID,REPAID,CREDITED_BACK}' end -- in one transaction (rule B3.2)
                when 'E19' then '{RECONCILED}'
                when 'CREDIT_BACK' then '{CREDITED_BACK}'
                else '{RETURNED}' end) then
            perform paycore.refuse('DB409', 'posting-state', format('event=%s id=%s state=%s',
                j.event, core.payment_no(j.payment_id), coalesce(stands, '')));
        end if;
    end if;
    body := date_send(j.business_date) || desk.audit_field(j.event)
        || coalesce(int8send(j.payment_id), '\x8000000000000000') || int2send(j.cycle)
        || j.rest || int4send(j.n::integer) || j.bytes;
    insert into paycore.audit_entry (journal_id, at, login, xid, row_hash)
    values (new.journal_id, entered, session_user, pg_current_xact_id(),
        sha256('\x43'::bytea || int8send(new.journal_id) || xid8send(pg_current_xact_id())
            || timestamptz_send(entered) || desk.audit_field(session_user) || body))
    on conflict (journal_id) do nothing;
    if not found and not exists (
        select from paycore.audit_entry a where a.journal_id = new.journal_id
            and a.row_hash = sha256('\x43'::bytea || int8send(a.journal_id) || xid8send(a.xid)
                || timestamptz_send(a.at) || desk.audit_field(a.login) || body)) then
        raise exception using errcode = 'DB405', message = 'rows-stay',
            detail = 'table=journal';
    end if;
    return null;
end
$$;
comment on function paycore.journal_balanced() is
    'Balanced, on an open day, of a payout that stands where it says, entered (B3.2, B17 I1).';
grant execute on function paycore.refuse(text, text, text) to def_audit;

create function paycore.suspense_move(p_account text, p_exception text, p_currency text,
    p_amount bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if p_amount > 0 then
        insert into paycore.suspense as s (exception, account, currency, amount, left_amount)
        values (p_exception, p_account, p_currency, p_amount, p_amount)
        on conflict (exception) do update set left_amount = s.left_amount + p_amount
        where s.account = p_account and s.currency = p_currency
            and s.left_amount + p_amount <= s.amount; -- what is taken back comes back, no more
    elsif p_amount < 0 then
        update paycore.suspense s set left_amount = s.left_amount + p_amount
        where s.exception = p_exception and s.account = p_account and s.currency = p_currency
            and s.left_amount + p_amount >= 0;
    else
        return;
    end if;
    if not found then
        perform paycore.refuse('DB409', 'suspense-short',
            format('account=%s id=%s amount=%s', p_account, p_exception, p_amount));
    end if;
end
$$;
comment on function paycore.suspense_move(text, text, text, bigint) is
    'Suspense of an exception follows a posting: never below zero, never above what it was.';

-- Customers' balances and what stands in suspense follow their postings, and never below zero: once
-- for all that a statement posts on an account, or a batch of one customer would pass over its own
-- changes again and again. Accounts come in order, so that two batches never wait for each other in
-- a ring.
create function paycore.balance_follows() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    m record;
begin
    for m in select a.account, a.sub, a.currency, sum(a.amount)::bigint as amount from added a
             where a.account in ('2010', '2220', '1310', '2310')
             group by a.account, a.sub, a.currency order by a.account, a.sub, a.currency
    loop
        if m.account in ('1310', '2310') then
            perform paycore.suspense_move(m.account, m.sub, m.currency,
                case m.account when '1310' then m.amount else - m.amount end);
            continue;
        end if;
        update paycore.balance b set balance = b.balance - m.amount
        where b.account = m.account and b.sub = m.sub and b.currency = m.currency
            and b.balance >= m.amount;
        continue when found;
        if exists (select from paycore.balance b where b.account = m.account
                   and b.sub = m.sub and b.currency = m.currency) then
            perform paycore.refuse('DB409', 'insufficient-funds',
                format('account=%s customer=%s amount=%s', m.account, m.sub, m.amount));
        end if;
        perform paycore.refuse('DB404', 'account-unknown',
            format('account=%s customer=%s currency=%s', m.account, m.sub, m.currency));
    end loop;
    return null;
end
$$;
comment on function paycore.balance_follows() is
    'Customers'' balances and suspense follow their postings.';
reset role;

grant execute on function paycore.journal_balanced(), paycore.balance_follows() to own_core;
grant usage on schema paycore to own_core;
set local role own_core;
-- A posting past the second is checked as well: it could be one more for an old journal.
create constraint trigger journal_balanced after insert on core.journal
    deferrable initially deferred for each row execute function paycore.journal_balanced();
create constraint trigger posting_balanced after insert on core.posting
    deferrable initially deferred for each row when (new.posting_no > 2)
    execute function paycore.journal_balanced();
create trigger balance_follows after insert on core.posting
    referencing new table as added for each statement
    execute function paycore.balance_follows();
reset role;
revoke usage on schema paycore from own_core;
revoke execute on function paycore.journal_balanced(), paycore.balance_follows() from own_core;
-- It alone writes entries of journals; what posts them cannot.
alter function paycore.journal_balanced() owner to def_audit;

set local role def_core;
create function paycore.ledger_day(p_now timestamptz) returns date
language sql stable set search_path = pg_catalog, pg_temp
return (p_now at time zone (select s.utc_offset from paycore.setting s))::date;
comment on function paycore.ledger_day(timestamptz) is 'The ledger''s day of a time (rule B18).';

-- One journal of two postings.
create function paycore.post(p_event text, p_payment bigint, p_batch text, p_sha bytea,
    p_line bigint, p_cause text, p_debit text, p_debit_sub text, p_credit text, p_credit_sub text,
    p_amount bigint, p_currency text, p_now timestamptz) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    id bigint;
begin
    with j as (
        insert into core.journal (business_date, event, payment_id, batch_no, file_sha256, line_no,
            cause, posted_at)
        select (p_now at time zone s.utc_offset)::date, p_event, p_payment, p_batch, p_sha, p_line,
            p_cause, p_now
        from paycore.setting s
        returning journal_id),
    p as (
        insert into core.posting (journal_id, posting_no, account, sub, currency, amount)
        select j.journal_id, v.no, v.account, v.sub, p_currency, v.amount
        from j, (values (1::smallint, p_debit, p_debit_sub, p_amount),
            (2::smallint, p_credit, p_credit_sub, - p_amount)) as v (no, account, sub, amount))
    select j.journal_id into id from j;
    return id;
end
$$;
comment on function paycore.post(text, bigint, text, bytea, bigint, text, text, text, text, text,
    bigint, text, timestamptz) is 'Posts one journal: an event, an account debited, one credited.';

-- The signed balance of an account, debit positive: the last snapshot and what came since.
create function paycore.account_balance(p_account text, p_sub text, p_currency text)
returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    kept bigint := 0;
    since bigint := 0;
begin
    select s.balance, s.last_journal into kept, since from paycore.snapshot s
    where s.account = p_account and s.sub = p_sub and s.currency = p_currency
    order by s.day desc limit 1;
    return coalesce(kept, 0) + coalesce((
        select sum(p.amount) from core.posting p
        where p.account = p_account and p.sub = p_sub and p.currency = p_currency
            and p.journal_id > coalesce(since, 0)), 0);
end
$$;
comment on function paycore.account_balance(text, text, text) is
    'The balance of an account, debit positive.';

-- Ends the ledger's days before p_day: they take no postings any more, and each account keeps its
-- balance at their end. Postings under way end first, new ones wait.
create function paycore.days_end(p_day date, p_now timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    before date;
    before_journal bigint;
    last bigint;
    ended integer;
begin
    select s.day, s.last_journal into before, before_journal from paycore.snapshot s
    order by s.day desc limit 1;
    if not exists (select from core.journal j where j.journal_id > coalesce(before_journal, 0)
                   and j.business_date < p_day) then
        return 0;
    end if;
    perform core.journal_hold();
    insert into paycore.business_day as b (day, state, closed_at)
    select j.business_date, 'CLOSED', p_now from core.journal j
    where j.journal_id > coalesce(before_journal, 0) and j.business_date < p_day
    union select p_day - 1, 'CLOSED', p_now
    on conflict (day) do update set state = 'CLOSED', closed_at = p_now where b.state = 'OPEN';
    get diagnostics ended = row_count;
    -- Days end in order, so the last journal of these days is the last that the balances hold.
    select max(j.journal_id) into last from core.journal j where j.business_date < p_day;
    insert into paycore.snapshot (account, sub, currency, day, balance, last_journal)
    select x.account, x.sub, x.currency, p_day - 1, sum(x.amount), last
    from (select s.account, s.sub, s.currency, s.balance as amount from paycore.snapshot s
          where s.day = before
          union all
          select p.account, p.sub, p.currency, p.amount from core.posting p
          where p.journal_id > coalesce(before_journal, 0) and p.journal_id <= last) x
    group by x.account, x.sub, x.currency;
    return ended;
end
$$;
comment on function paycore.days_end(date, timestamptz) is
    'Closes the ledger''s days before a day and keeps the balances.';
reset role;
revoke create on schema paycore from def_core;
