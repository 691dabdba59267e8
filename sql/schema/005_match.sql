-- Matches, the rules that make them, and exceptions (rules B1, B2, B4).
set local role own_desk;

create table desk.rule_version (
    version integer primary key,
    note text not null,
    active boolean not null default false,
    created_at timestamptz not null default statement_timestamp()
);
create unique index rule_version_active on desk.rule_version (active) where active;
-- Rules are tried in the order of rule_no. kind says how, the columns say with what.
create table desk.match_rule (
    version integer not null references desk.rule_version,
    rule_no integer not null,
    name text not null,
    kind text not null check (kind in ('REFERENCE', 'PARTS', 'BATCH', 'RETURN',
        'DIFFERENCE', 'DUPLICATE', 'FIELDS', 'FEE')),
    line_field text not null check (line_field in ('ref', 'bank_ref', 'text', '')),
    payment_field text not null check (payment_field in ('bank_ref', 'order_no', 'batch_no', '')),
    days_before integer not null default 0 check (days_before between 0 and 60),
    days_after integer not null default 0 check (days_after between 0 and 60),
    tolerance bigint not null default 0 check (tolerance >= 0),
    needs_party boolean not null default false, -- name or account of the other side must agree
    only_alone boolean not null default true,   -- as many lines as payments under the same key
    primary key (version, rule_no)
);
comment on column desk.match_rule.days_before is
    'Days that the payment may be older than the line.';

create sequence desk.match_id;
create table desk.match (
    match_id bigint primary key,
    channel_id text not null references desk.channel,
    kind text not null check (kind in ('1:1', '1:n', 'n:1', 'RETURN', 'MANUAL', 'FEE')),
    rule_version integer,
    rule_no integer,
    reason text not null,
    difference bigint not null default 0,
    made_at timestamptz not null,
    made_by text not null
);
-- payment_id 0: the bank's own charge, of no payment.
create table desk.match_item (
    match_id bigint not null references desk.match,
    value_date date not null,
    line_id bigint not null,
    payment_id bigint not null,
    primary key (match_id, line_id, payment_id)
);
create index match_item_line on desk.match_item (line_id, value_date);
create index match_item_payment on desk.match_item (payment_id);
-- The end of a match: of a desk.match row, or of the match in a line's own row. Nothing is deleted.
create table desk.match_end (
    end_id bigint generated always as identity primary key,
    match_id bigint unique references desk.match,
    value_date date,
    line_id bigint unique,
    reason text not null,
    ended_at timestamptz not null,
    ended_by text not null,
    check ((match_id is null) <> (line_id is null)),
    check ((value_date is null) = (line_id is null))
);

-- All matches that hold, one row a pair.
create view desk.match_now as
select l.value_date, l.line_id, l.payment_id, null::bigint as match_id, '1:1' as kind,
    l.rule_version, l.rule_no
from desk.line l
where l.payment_id is not null
    and not exists (select from desk.match_end e where e.line_id = l.line_id)
    and not exists (select from desk.statement s
                    where s.statement_id = l.statement_id and s.superseded)
union all
select i.value_date, i.line_id, i.payment_id, m.match_id, m.kind, m.rule_version, m.rule_no
from desk.match_item i
join desk.match m on m.match_id = i.match_id
where not exists (select from desk.match_end e where e.match_id = i.match_id);

comment on view desk.match_now is 'Pairs that hold now (rule B4).';

create table desk.exception_code (
    code text primary key,
    name text not null,
    disposition text not null -- what is usually done (rule B2)
);
insert into desk.exception_code (code, name, disposition) values
    ('BANK_ONLY_DR', 'Bank debit without payout', 'SUSPEND'),
    ('BANK_ONLY_CR', 'Bank credit without expectation', 'SUSPEND'),
    ('CORE_ONLY', 'Booked, not on the statement', 'CORRECT_STATUS'),
    ('AMOUNT', 'Amounts differ', 'SUSPEND'),
    ('STATUS_BANK_OK', 'Bank paid, core failed or unknown', 'CORRECT_STATUS'),
    ('STATUS_BANK_FAIL', 'Bank failed, core paid', 'CORRECT_STATUS'),
    ('FEE', 'Bank fee differs', 'CLAIM_FEE'),
    ('DUP_BANK', 'Paid twice by the bank', 'RECALL_FROM_PAYEE'),
    ('DUP_CORE', 'Booked twice in the core', 'CORRECT_STATUS'),
    ('CUTOFF', 'Matched on another business day', 'IGNORE_CUTOFF'),
    ('RETURN', 'Returned payout', 'LINK_RETURN'),
    ('LATE', 'Line after its day was closed', 'BOOK_LATE'),
    ('DETAILS', 'Payee or reference differs', 'DEFER'),
    ('CURRENCY', 'Currency differs', 'DEFER'),
    ('SPLIT', 'Split or batch incomplete', 'DEFER'),
    ('FILE_MISSING', 'No statement file', 'DEFER'),
    ('FILE_BAD', 'Statement file unreadable', 'DEFER'),
    ('FILE_BALANCE', 'Statement does not add up', 'DEFER'),
    ('AGE', 'Rests longer than it may', 'DEFER');

-- One exception for each code and subject. The cash effect is cash - book, signed (rule B1).
create table desk.exception (
    exception_id bigint generated always as identity primary key,
    code text not null references desk.exception_code,
    subject text not null,             -- line:ID, payment:ID, file:ID, due:CHANNEL:DAY, match:...
    state text not null default 'OPEN' check (state in ('OPEN', 'CLAIMED', 'WAITING_BANK',
        'WAITING_MERCHANT', 'WAITING_CARD', 'PROPOSED', 'APPROVED', 'POSTED', 'CLOSED',
        'AUTO_CLOSED', 'REJECTED', 'REOPENED')),
    open boolean not null generated always as (state not in ('CLOSED', 'AUTO_CLOSED')) stored,
    channel_id text references desk.channel,
    business_date date not null,       -- of the line or payment it is about
    direction text not null default '' check (direction in ('OUT', 'IN', '')),
    currency text not null default '',
    amount bigint not null default 0,  -- money at risk, not signed
    cash_effect bigint not null default 0,
    severity text not null check (severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    value_date date,                   -- of the line
    line_id bigint,
    payment_id bigint,
    file_id bigint references desk.statement_file,
    party text not null default '',
    reason text not null default '',   -- what was seen, for people
    opened_at timestamptz not null,
    claimed_by text,
    due date,                          -- deferred or waiting until
    cycle integer not null default 1,
    version integer not null default 1,
    unique (code, subject),
    check (claimed_by is not null or state in ('OPEN', 'AUTO_CLOSED', 'REOPENED')),
    check ((value_date is null) = (line_id is null))
);
create index exception_open on desk.exception (opened_at, exception_id) where open;
create index exception_amount on desk.exception (amount, exception_id) where open;
create index exception_code_open on desk.exception (code, exception_id) where open;
create index exception_channel_open on desk.exception (channel_id, exception_id) where open;
create index exception_mine on desk.exception (claimed_by, exception_id) where open;
create index exception_day on desk.exception (business_date, exception_id);
create index exception_line on desk.exception (line_id) where line_id is not null;
create index exception_payment on desk.exception (payment_id) where payment_id is not null;

create table desk.exception_event (
    event_id bigint generated always as identity primary key,
    exception_id bigint not null references desk.exception,
    at timestamptz not null,
    actor text not null default session_user,
    action text not null,
    from_state text not null,
    to_state text not null,
    text text not null default '',
    until date
);
create index exception_event_of on desk.exception_event (exception_id, event_id);

do $$
declare
    t text;
begin
    foreach t in array array['match', 'match_item', 'match_end', 'exception_event',
                             'statement_bytes', 'statement_fault', 'statement_check'] loop
        execute format('create trigger %I before update or delete on desk.%I '
            'for each row execute function desk.deny_change()', t || '_stays', t);
        execute format('create trigger %I before truncate on desk.%I '
            'for each statement execute function desk.deny_change()', t || '_stays_whole', t);
    end loop;
end
$$;

-- What an exception is never changes, and the version counts every change of where it stands.
create function desk.exception_guard() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.exception_id, new.code, new.subject, new.opened_at)
        is distinct from (old.exception_id, old.code, old.subject, old.opened_at) then
        perform desk.refuse('DB405', 'rows-stay', 'table=exception');
    end if;
    new.version := old.version + 1;
    return new;
end
$$;
comment on function desk.exception_guard() is 'An exception keeps its subject (rule B4).';
create trigger exception_guard before update on desk.exception
    for each row execute function desk.exception_guard();
create trigger exception_edge before update on desk.exception
    for each row execute function desk.edge_guard('exception');
create trigger exception_stays before delete on desk.exception
    for each row execute function desk.deny_change();

-- One run of matching a channel at a time; only the functions that match can take this lock.
create table desk.channel_lock (
    channel_id text primary key references desk.channel
);
grant select, update on desk.channel_lock to def_match, def_import, def_case;
create function desk.channel_has_lock() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into desk.channel_lock (channel_id) values (new.channel_id);
    return null;
end
$$;
comment on function desk.channel_has_lock() is 'Every channel has its lock row.';
create trigger channel_has_lock after insert on desk.channel
    for each row execute function desk.channel_has_lock();

create table desk.reconcile_run (
    run_id bigint generated always as identity primary key,
    channel_id text not null references desk.channel,
    rule_version integer not null,
    as_of timestamptz not null,
    matched bigint not null,
    raised bigint not null,
    closed bigint not null,
    made_at timestamptz not null default clock_timestamp(),
    made_by text not null default session_user
);
create index reconcile_run_channel on desk.reconcile_run (channel_id, run_id);

grant select on desk.rule_version, desk.match_rule, desk.match, desk.match_item, desk.match_end,
    desk.match_now, desk.exception_code, desk.exception, desk.exception_event,
    desk.reconcile_run to def_read, def_import, def_match, def_case;
grant insert on desk.match, desk.match_item, desk.match_end, desk.exception,
    desk.exception_event to def_match, def_case;
grant insert on desk.exception, desk.exception_event to def_import;
grant insert on desk.reconcile_run to def_match;
grant usage on sequence desk.match_id to def_match, def_case;
grant update (state, claimed_by, due, cycle, version, amount, cash_effect, reason, severity)
    on desk.exception to def_match, def_case, def_import;

insert into desk.rule_version (version, note, active)
values (1, 'As shipped', true);
insert into desk.match_rule (version, rule_no, name, kind, line_field, payment_field, days_before,
    days_after, tolerance, needs_party, only_alone) values
    (1, 10, 'reference', 'REFERENCE', 'ref', 'bank_ref', 30, 5, 0, false, true),
    (1, 20, 'parts of one payment', 'PARTS', 'ref', 'bank_ref', 30, 5, 0, false, true),
    (1, 30, 'batch by its number', 'BATCH', 'ref', 'batch_no', 30, 5, 0, false, true),
    (1, 40, 'return by reference', 'RETURN', 'ref', 'bank_ref', 60, 0, 0, false, true),
    (1, 50, 'return by payee and amount', 'RETURN', '', '', 60, 0, 0, true, true),
    (1, 52, 'charge of the bank', 'FEE', '', '', 0, 0, 0, false, true),
    (1, 54, 'same reference, something differs', 'DIFFERENCE', 'ref', 'bank_ref', 30, 5, 0, false,
        true),
    (1, 56, 'reference of a payment already matched', 'DUPLICATE', 'ref', 'bank_ref', 30, 5, 0,
        false, true),
    (1, 60, 'order number', 'REFERENCE', 'ref', 'order_no', 30, 5, 0, false, true),
    (1, 70, 'reference in the text', 'REFERENCE', 'text', 'bank_ref', 5, 1, 0, false, true),
    (1, 80, 'amount, day and payee', 'FIELDS', '', '', 5, 1, 0, true, false),
    (1, 90, 'amount and day', 'FIELDS', '', '', 0, 0, 0, false, false);
reset role;
