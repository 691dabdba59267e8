-- Requests: what one person proposes, others sign, the core executes once (rule B13, DESIGN.md 4).
-- A request is its document's bytes: every other column is read out of them as the row comes in, so
-- that nothing can stand here that nobody signed. Its state follows the votes, and its exceptions
-- follow it, by triggers: no function decides any of that.
set local role own_desk;
-- about: what the items are. params: what the maker may say of each item beside it. leaves: where
-- an exception stands afterwards; POSTED is in suspense.
create table desk.request_kind (
    kind text primary key,
    name text not null,
    about text not null check (about in ('exception', 'request', 'payout', 'day', 'operator',
        'tier')),
    params text[] not null,
    makers text[] not null,            -- groups that propose it (rule B19)
    least_tier integer not null check (least_tier between 0 and 2),
    leaves text check (leaves in ('POSTED', 'CLOSED')),
    check ((leaves is null) = (about <> 'exception'))
);
insert into desk.request_kind (kind, name, about, params, makers, least_tier, leaves)
select k, n, a, p::text[], m::text[], t, l
from (values
    ('SUSPEND', 'Into suspense', 'exception', '{}', '{g_clearing,g_supervisor}', 0, 'POSTED'),
    ('BOOK_LATE', 'Book late', 'exception', '{payout,customer}', '{g_clearing,g_supervisor}', 0,
        'CLOSED'),
    ('CORRECT_STATUS', 'Correct the status', 'exception', '{to,evidence}',
        '{g_clearing,g_supervisor}', 0, 'CLOSED'),
    ('CREDIT_BACK', 'Credit back', 'exception', '{evidence}',
        '{g_clearing,g_supervisor,g_support}', 0, 'CLOSED'),
    ('REPAY', 'Pay again', 'exception', '{evidence,payee_name,payee_account}',
        '{g_clearing,g_supervisor}', 0, 'CLOSED'),
    ('LINK_RETURN', 'Link the return', 'exception', '{payout}', '{g_clearing,g_supervisor}', 0,
        'CLOSED'),
    ('WRITE_OFF_LOSS', 'Write off: loss', 'exception', '{}', '{g_clearing,g_supervisor}', 0,
        'CLOSED'),
    ('WRITE_OFF_GAIN', 'Write off: gain', 'exception', '{}', '{g_clearing,g_supervisor}', 0,
        'CLOSED'),
    ('RECALL', 'Recalled from the payee', 'exception', '{line}', '{g_clearing,g_supervisor}', 0,
        'CLOSED'),
    ('ACCEPT_FEE', 'Accept the fee', 'exception', '{}', '{g_clearing,g_supervisor}', 0, 'CLOSED'),
    ('CLAIM_FEE', 'Claim the fee', 'exception', '{}', '{g_clearing,g_supervisor}', 0, 'POSTED'),
    ('REVERSE', 'Reverse', 'request', '{request}', '{g_clearing,g_supervisor}', 1, null),
    ('DAY_CLOSE', 'Close the day', 'day', '{day}', '{g_clearing,g_supervisor}', 1, null),
    ('EVIDENCE_CLOSE', 'Close by evidence', 'payout', '{payout}', '{g_clearing,g_supervisor}', 1,
        null),
    ('TIER_CHANGE', 'Change a limit', 'tier', '{kind,currency,from,checkers,cap,limit}',
        '{g_supervisor,g_sysadmin}', 2, null),
    ('OPERATOR_ENROL', 'Enrol an operator', 'operator', '{login,person,name,roles,channels,key}',
        '{g_sysadmin,g_supervisor}', 2, null),
    ('OPERATOR_CHANGE', 'Change an operator', 'operator', '{login,person,roles,channels,key}',
        '{g_sysadmin,g_supervisor}', 2, null),
    ('OPERATOR_REVOKE', 'End an operator', 'operator', '{login}', '{g_sysadmin,g_supervisor}', 2,
        null),
    ('OPERATOR_KEYS', 'Renew an operator''s keys', 'operator', '{login,key}',
        '{g_sysadmin,g_supervisor}', 2, null)) as v (k, n, a, p, m, t, l);

create table desk.request_reason (
    reason text primary key check (reason ~ '^[A-Z][A-Z_]{2,39}$'),
    name text not null
);
insert into desk.request_reason (reason, name) values
    ('AMOUNT_CORRECTION', 'Amount corrected'), ('DATE_CORRECTION', 'Date corrected'),
    ('POLICY_EXCEPTION', 'Exception from a rule'), ('CUSTOMER_DISPUTE', 'Customer disputes it'),
    ('DATA_CORRECTION', 'Data corrected'), ('BANK_FEE', 'Bank''s fee'),
    ('ROUNDING', 'Rounding'), ('WRITE_OFF', 'Not to be had'),
    ('NEXT_DAY_RETURN', 'Returned the next day'),
    ('CHARGED_THOUGH_FAILED', 'Charged though it failed'), ('OVERCHARGED', 'Charged too much'),
    ('SLIP_MISSING', 'Slip is missing'), ('OTHER', 'Other; say what'),
    ('ROUTINE', 'Part of the day''s work');

-- Which disposition fits which code (rule B4); usual: offered first.
create table desk.disposition (
    code text not null references desk.exception_code,
    kind text not null references desk.request_kind,
    usual boolean not null default false,
    primary key (code, kind)
);
insert into desk.disposition (code, kind, usual)
select c, k, n = 1
from (values
    ('BANK_ONLY_DR', '{SUSPEND,BOOK_LATE,WRITE_OFF_LOSS,RECALL}'::text[]),
    ('BANK_ONLY_CR', '{SUSPEND,LINK_RETURN,BOOK_LATE,WRITE_OFF_GAIN,RECALL}'),
    ('CORE_ONLY', '{CORRECT_STATUS,CREDIT_BACK,REPAY}'),
    ('AMOUNT', '{SUSPEND,BOOK_LATE,WRITE_OFF_LOSS,WRITE_OFF_GAIN,RECALL}'),
    ('STATUS_BANK_OK', '{CORRECT_STATUS,SUSPEND,BOOK_LATE,RECALL,WRITE_OFF_LOSS}'),
    ('STATUS_BANK_FAIL', '{CORRECT_STATUS,CREDIT_BACK,REPAY,LINK_RETURN}'),
    ('FEE', '{CLAIM_FEE,ACCEPT_FEE}'),
    ('DUP_BANK', '{SUSPEND,RECALL,WRITE_OFF_LOSS}'),
    ('DUP_CORE', '{CORRECT_STATUS,CREDIT_BACK}'),
    ('RETURN', '{CREDIT_BACK,REPAY,LINK_RETURN}'),
    ('LATE', '{BOOK_LATE,SUSPEND,LINK_RETURN}'),
    ('DETAILS', '{CREDIT_BACK,REPAY,RECALL,SUSPEND}'),
    ('CURRENCY', '{SUSPEND,WRITE_OFF_LOSS,WRITE_OFF_GAIN}'),
    ('SPLIT', '{SUSPEND,BOOK_LATE}'),
    ('AGE', '{CORRECT_STATUS,CREDIT_BACK,REPAY}')) as d (c, ks),
    unnest(ks) with ordinality as u (k, n);

create table desk.request (
    request_id text primary key check (request_id ~ '^R[0-9]{8}[0-9]{5,9}$'),
    kind text not null references desk.request_kind,
    channel_id text references desk.channel,
    currency text check (currency ~ '^[A-Z]{3}$'),
    amount bigint not null check (amount >= 0),  -- what decides the tier
    tier integer not null check (tier between 0 and 2),
    state text not null default 'PENDING' check (state in ('PENDING', 'PARTLY_APPROVED',
        'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'STALE', 'EXEC_FAILED')),
    version integer not null default 1,          -- of this row; the document's is always 1
    maker text not null,
    maker_person text not null,
    reason text not null references desk.request_reason,
    text text not null,
    items integer not null check (items between 1 and 10000),
    made_at timestamptz not null,
    approve_by timestamptz not null,
    execute_by timestamptz not null,
    proposed_at timestamptz not null,
    document bytea not null check (octet_length(document) between 1 and 1048576),
    document_sha256 bytea not null generated always as (sha256(document)) stored,
    core_signature text not null check (core_signature ~ '^[0-9a-f]{128}$'),
    core_certificate text not null               -- DER, base64
        check (core_certificate ~ '^[A-Za-z0-9+/]+={0,2}$' and length(core_certificate) <= 8192),
    unique (request_id, document_sha256),
    foreign key (maker, maker_person) references desk.operator (login, person_id),
    check (made_at <= approve_by and approve_by <= execute_by),
    check (currency is not null or amount = 0)
);
create index request_waiting on desk.request (approve_by, request_id)
    where state in ('PENDING', 'PARTLY_APPROVED', 'APPROVED');
create index request_made on desk.request (proposed_at, request_id);
create index request_maker on desk.request (maker_person, request_id);

-- What it is about. No object has two open requests of one kind, and no exception, payout or line
-- any two.
create table desk.request_item (
    request_id text not null references desk.request,
    item_no integer not null check (item_no > 0),
    kind text not null,
    object text not null check (object ~ '^[A-Z]-?[A-Za-z0-9_.:-]{1,64}$'),
    amount bigint not null check (amount >= 0),
    words jsonb not null,
    exception_id bigint references desk.exception,
    payout text,
    line text,                                   -- of a file: its SHA-256, ':', number in it
    open boolean not null default true,
    primary key (request_id, item_no)
);
create unique index request_item_object on desk.request_item (object, kind) where open;
create unique index request_item_exception on desk.request_item (exception_id) where open;
create unique index request_item_payout on desk.request_item (payout) where open;
create unique index request_item_line on desk.request_item (line) where open;
create index request_item_of on desk.request_item (exception_id, request_id);
create index request_item_of_payout on desk.request_item (payout, request_id);

-- One part a person. Who made it, claimed it or wrote on it has his part and gets no other: under
-- whatever login he comes, the key refuses him as a checker.
create table desk.request_person (
    request_id text not null references desk.request,
    person text not null check (person <> ''),
    part text not null check (part in ('maker', 'claimant', 'editor', 'checker')),
    primary key (request_id, person),
    unique (request_id, person, part)
);

-- One vote a person, for these bytes and no others.
create table desk.approval (
    request_id text not null,
    person text not null,
    login text not null default session_user,
    part text not null generated always as (case decision when 'propose' then 'maker'
        else 'checker' end) stored,
    document_sha256 bytea not null,
    decision text not null check (decision in ('propose', 'approve', 'reject')),
    reason text not null default '' check (length(reason) <= 1000),
    signature jsonb not null,
    at timestamptz not null default desk.now(),
    primary key (request_id, person),
    foreign key (request_id, document_sha256) references desk.request (request_id, document_sha256),
    foreign key (request_id, person, part)
        references desk.request_person (request_id, person, part),
    foreign key (login, person) references desk.operator (login, person_id),
    check (decision <> 'reject' or btrim(reason) <> ''),
    check (coalesce(signature ->> 'decision' = decision and signature ->> 'login' = login
        and signature ->> 'person' = person and signature ->> 'key' ~ '^[0-9a-f]{64}$'
        and signature ->> 'nonce' ~ '^[0-9a-f]{32}$'
        and signature ->> 'signature' ~ '^[0-9a-f]{128}$'
        and length(signature ->> 'certificate') between 1 and 8192
        and length(signature::text) <= 12288, false))
);
create unique index approval_nonce on desk.approval ((signature ->> 'nonce'));

-- What became of it: one row a step.
create table desk.request_event (
    event_id bigint generated always as identity primary key,
    request_id text not null references desk.request,
    at timestamptz not null default desk.now(),
    actor text not null default session_user,
    action text not null,
    from_state text not null,
    to_state text not null,
    text text not null default ''
);
create index request_event_of on desk.request_event (request_id, event_id);

-- The core's receipt: evidence. It is kept only where the core published the execution.
create table desk.request_receipt (
    request_id text primary key,
    document_sha256 bytea not null,
    receipt text not null check (length(receipt) between 1 and 1048576),
    signature text not null check (signature ~ '^[0-9a-f]{128}$'),
    at timestamptz not null default desk.now(),
    kept_by text not null default session_user,
    foreign key (request_id, document_sha256) references desk.request (request_id, document_sha256)
);

do $$
declare
    t text;
begin
    foreach t in array array['request_person', 'approval', 'request_event', 'request_receipt'] loop
        execute format('create trigger %I before update or delete on desk.%I '
            'for each row execute function desk.deny_change()', t || '_stays', t);
    end loop;
    foreach t in array array['request', 'request_item'] loop
        execute format('create trigger %I before delete on desk.%I '
            'for each row execute function desk.deny_change()', t || '_stays', t);
    end loop;
    foreach t in array array['request', 'request_item', 'request_person', 'approval',
        'request_event', 'request_receipt'] loop
        execute format('create trigger %I before truncate on desk.%I '
            'for each statement execute function desk.deny_change()', t || '_stays_whole', t);
    end loop;
    -- A request without a channel is about no money of a channel: whoever works here sees it.
    execute 'alter table desk.request enable row level security';
    execute 'create policy scope on desk.request for select to def_read using ('
        '(select desk.sees_all()) or channel_id = any ((select desk.my_channels())::text[]) '
        'or channel_id is null and cardinality((select desk.my_channels())) > 0)';
    execute 'create policy work on desk.request to def_match, def_case using (true) '
        'with check (true)';
end
$$;

grant select on desk.request_kind, desk.request_reason, desk.disposition, desk.request,
    desk.request_item, desk.request_person, desk.approval, desk.request_event,
    desk.request_receipt to def_read, def_match, def_case;
grant insert (document, core_signature, core_certificate), update (state) on desk.request
    to def_case;
grant insert (request_id, item_no, kind, object, amount, words, exception_id, payout, line),
    update (open) on desk.request_item to def_case;
grant insert on desk.request_person to def_case;
grant insert (request_id, person, document_sha256, decision, reason, signature) on desk.approval
    to def_case;
grant insert (request_id, action, from_state, to_state, text) on desk.request_event to def_case;
grant insert (request_id, document_sha256, receipt, signature) on desk.request_receipt to def_case;
grant update (state, closed_at) on desk.business_day to def_case;
reset role;
