-- The audit's seal (DESIGN.md 4): entries of the desk and of the ledger, written in the
-- transactions that they tell of, become one chain of SHA-256 a few times a second. A sealer of its
-- own does it, so nobody waits for it, and signs the chain's head for a witness outside.
set local role own_desk;

create table desk.audit_chain (
    seq bigint primary key check (seq > 0),
    source text collate "C" not null check (source in ('C', 'D')), -- the core's, the desk's
    entry_id bigint not null,
    hash bytea not null check (octet_length(hash) = 32),
    unique (source, entry_id)
);
create table desk.audit_head (
    seq bigint primary key references desk.audit_chain,
    hash bytea not null,
    at timestamptz not null,
    key text not null check (key ~ '^[0-9a-f]{64}$'), -- SHA-256 of the sealer's public key
    signature bytea not null check (octet_length(signature) = 64)
);
-- What the sealer saw when it sealed last: exactly the entries of transactions that had ended are
-- in the chain. So whoever commits late is neither skipped nor waited for. Its row is the sealer's
-- lock as well.
create table desk.audit_mark (
    single boolean primary key default true check (single),
    seen pg_snapshot not null default '1:1:'
);
insert into desk.audit_mark default values;
create table desk.audit_reader (
    login name primary key,
    at timestamptz not null
);
do $$
declare
    t text;
begin
    foreach t in array array['audit_chain', 'audit_head'] loop
        execute format('create trigger %I before update or delete on desk.%I '
            'for each row execute function desk.deny_change()', t || '_stays', t);
        execute format('create trigger %I before truncate on desk.%I '
            'for each statement execute function desk.deny_change()', t || '_stays_whole', t);
    end loop;
end
$$;
grant select, insert on desk.audit_chain, desk.audit_head to def_audit;
grant select, update (seen) on desk.audit_mark to def_audit;
grant select, insert, update (at) on desk.audit_reader to def_audit;
grant select on desk.audit_chain, desk.audit_head to def_read;
grant select on desk.approval to def_audit;
reset role;

grant create on schema desk to def_audit;
set local role def_audit;

create function desk.audit_link(p_last bigint, p_sources text[], p_entries bigint[],
    p_hashes bytea[]) returns void
language sql volatile set search_path = pg_catalog, pg_temp
begin atomic
    insert into desk.audit_chain (seq, source, entry_id, hash)
    select p_last - cardinality(p_sources) + l.n, l.source, l.entry_id, l.hash
    from unnest(p_sources, p_entries, p_hashes) with ordinality l (source, entry_id, hash, n);
end;
comment on function desk.audit_link(bigint, text[], bigint[], bytea[]) is
    'Links after the chain''s last, up to a number.';

-- Seals what has been committed since the last time; at once, however much it is. `sealed` is null
-- where another sealer is at it. Transaction numbers that went back mean another cluster, filled
-- from a dump: then all that is not in the chain is new.
create function desk.audit_seal(out sealed integer, out seq bigint, out hash bytea,
    out oldest timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off as $$
declare
    m pg_snapshot;
    now pg_snapshot;
    next_xid xid8;
    open_xids xid8[];
    rebased boolean;
    sources text[] := '{}';
    entries bigint[] := '{}';
    hashes bytea[] := '{}';
    e record;
begin
    select a.seen into m from desk.audit_mark a for update skip locked;
    if not found then
        return;
    end if;
    sealed := 0;
    select c.seq, c.hash into seq, hash from desk.audit_chain c order by c.seq desc limit 1;
    seq := coalesce(seq, 0);
    hash := coalesce(hash, '');
    next_xid := pg_snapshot_xmax(m);
    select coalesce(array_agg(x), '{}') into open_xids from pg_snapshot_xip(m) x;
    rebased := next_xid > pg_snapshot_xmax(pg_current_snapshot());
    if rebased then
        with t as materialized (select pg_current_snapshot() as seen)
        select pg_snapshot_xmax(t.seen), array(
            select a.xid from desk.audit_entry a where not exists (select from desk.audit_chain c
                where c.source = 'D' and c.entry_id = a.entry_id)
            union select a.xid from paycore.audit_entry a where not exists (
                select from desk.audit_chain c
                where c.source = 'C' and c.entry_id = a.journal_id)
            union select x from pg_snapshot_xip(t.seen) x)
        into next_xid, open_xids from t;
    end if;
    for e in
        -- One statement, one snapshot: what is found is what it says was there.
        with s as materialized (select pg_current_snapshot() as seen),
        d as (
            select 'D' as source, a.entry_id, a.xid, a.at, a.row_hash from desk.audit_entry a
            where a.xid >= next_xid and a.xid < (select pg_snapshot_xmax(s.seen) from s)
            union all select 'D', a.entry_id, a.xid, a.at, a.row_hash from desk.audit_entry a
            where a.xid = any (open_xids)
            union all select 'C', a.journal_id, a.xid, a.at, a.row_hash from paycore.audit_entry a
            where a.xid >= next_xid and a.xid < (select pg_snapshot_xmax(s.seen) from s)
            union all select 'C', a.journal_id, a.xid, a.at, a.row_hash from paycore.audit_entry a
            where a.xid = any (open_xids))
        select d.*, s.seen from d, s
        where (pg_visible_in_snapshot(d.xid, s.seen) or rebased) and not exists (
            select from desk.audit_chain c where c.source = d.source and c.entry_id = d.entry_id)
        order by d.xid, d.source, d.entry_id
    loop
        now := e.seen;
        seq := seq + 1;
        hash := sha256('\x01'::bytea || hash || int8send(seq) || e.row_hash);
        sealed := sealed + 1;
        sources := sources || e.source;
        entries := entries || e.entry_id;
        hashes := hashes || hash;
        oldest := least(oldest, e.at);
        continue when sealed % 1000 <> 0;
        perform desk.audit_link(seq, sources, entries, hashes);
        sources := '{}';
        entries := '{}';
        hashes := '{}';
    end loop;
    if now is not null then
        perform desk.audit_link(seq, sources, entries, hashes);
        update desk.audit_mark set seen = now;
    end if;
end
$$;
comment on function desk.audit_seal() is
    'Chains the audit''s new entries; the sealer calls it, one at a time.';

-- The last link of the chain, where no head is signed for it yet.
create function desk.audit_unsigned(out seq bigint, out hash bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select c.seq, c.hash
    from (select d.seq, d.hash from desk.audit_chain d order by d.seq desc limit 1) c
    where not exists (select from desk.audit_head h where h.seq = c.seq);
end;
comment on function desk.audit_unsigned() is 'The chain''s head, if nobody signed it yet.';

create function desk.audit_sign(p_seq bigint, p_hash bytea, p_at timestamptz, p_key text,
    p_signature bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from desk.audit_chain c where c.seq = p_seq and c.hash = p_hash) then
        perform desk.refuse('DB409', 'head-unknown', 'seq=' || coalesce(p_seq, 0));
    end if;
    insert into desk.audit_head (seq, hash, at, key, signature)
    values (p_seq, p_hash, p_at, p_key, p_signature);
end
$$;
comment on function desk.audit_sign(bigint, bytea, timestamptz, text, bytea) is
    'Keeps the sealer''s signature on a link of the chain.';

-- Heads after one, for the witness, and whether the chain still has what it saw last.
create function desk.audit_heads(p_after bigint)
returns table (seq bigint, hash bytea, at timestamptz, key text, signature bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select h.seq, h.hash, h.at, h.key, h.signature from desk.audit_head h
    where h.seq >= p_after order by h.seq limit 1000;
end;
comment on function desk.audit_heads(bigint) is 'Signed heads from one on, for the witness.';

create function desk.audit_us(p_at timestamptz) returns bigint
language sql immutable parallel safe
return (extract(epoch from p_at) * 1000000)::bigint - 946684800000000;
comment on function desk.audit_us(timestamptz) is 'Microseconds since 2000, as they are hashed.';

-- What a verification reads: links of the chain with the entries that they are of, and a row for
-- each posting of a journal. An entry that is gone leaves its columns null.
create function desk.audit_rows(p_after bigint, p_to bigint)
returns table (seq bigint, source text, entry_id bigint, hash text, row_hash text, xid text,
    at bigint, login text, actor text, action text, object text, detail text, day integer,
    event text, payment_id bigint, cycle integer, batch_no text, file_sha256 text, line_no bigint,
    cause text, posted_at bigint, request_id text, number integer, reverses bigint,
    posting_no integer, account text, sub text, currency text,
    amount bigint)
-- A few thousand links by their keys, whatever the planner thinks of tables that grow all day.
language sql stable security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
begin atomic
    select c.seq, c.source, c.entry_id, encode(c.hash, 'hex'),
        encode(coalesce(d.row_hash, a.row_hash), 'hex'), coalesce(d.xid, a.xid)::text,
        desk.audit_us(coalesce(d.at, a.at)), coalesce(d.login, a.login), d.actor, d.action,
        d.object, d.detail, j.business_date - date '2000-01-01', j.event, j.payment_id, j.cycle,
        j.batch_no, encode(j.file_sha256, 'hex'), j.line_no, j.cause, desk.audit_us(j.posted_at),
        j.request_id, j.number, j.reverses, p.posting_no, p.account, p.sub, p.currency, p.amount
    from desk.audit_chain c
    left join desk.audit_entry d on c.source = 'D' and d.entry_id = c.entry_id
    left join paycore.audit_entry a on c.source = 'C' and a.journal_id = c.entry_id
    left join core.journal j on j.journal_id = a.journal_id
    left join core.posting p on p.journal_id = j.journal_id
    where c.seq > p_after and c.seq <= p_to
    order by c.seq, p.posting_no;
end;
comment on function desk.audit_rows(bigint, bigint) is
    'Links of the chain with their entries, for a verification.';

-- Entries that are in no chain: late ones should be. Those of the last moments need not.
create function desk.audit_unsealed()
returns table (source text, entry_id bigint, late boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select u.source, u.entry_id, u.at < clock_timestamp() - interval '1 minute'
        and (select e.fixed_at is null from desk.environment e)
        or pg_visible_in_snapshot(u.xid, (select m.seen from desk.audit_mark m))
    from (select 'D' as source, a.entry_id, a.at, a.xid from desk.audit_entry a
          where not exists (select from desk.audit_chain c
                            where c.source = 'D' and c.entry_id = a.entry_id)
          union all
          select 'C', a.journal_id, a.at, a.xid from paycore.audit_entry a
          where not exists (select from desk.audit_chain c
                            where c.source = 'C' and c.entry_id = a.journal_id)) u
    order by 1, 2 limit 1000;
end;
comment on function desk.audit_unsealed() is 'Entries that are not in the chain.';

-- Where the books and the audit disagree. Journals that came by replication are entered where they
-- were made.
create function desk.audit_gaps() returns table (what text, object text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select * from (
        select 'journal-without-entry', j.journal_id::text from core.journal j
        where not exists (select from paycore.audit_entry a where a.journal_id = j.journal_id)
            and not exists (select from pg_catalog.pg_subscription s
                join pg_catalog.pg_database b on b.oid = s.subdbid
                where b.datname = current_database())
        union all
        select 'entry-without-journal', a.journal_id::text from paycore.audit_entry a
        where not exists (select from core.journal j where j.journal_id = a.journal_id)
        union all
        select 'posting-without-journal', p.journal_id || '/' || p.posting_no from core.posting p
        where not exists (select from core.journal j where j.journal_id = p.journal_id)
        union all
        select 'journal-by-stranger', a.journal_id || ' ' || a.login from paycore.audit_entry a
        where not exists (select from desk.operator o where o.login = a.login)
        union all
        select 'approval-without-entry', a.request_id || ' ' || a.login from desk.approval a
        where not exists (select from desk.audit_entry e where e.object = a.request_id
            and e.action = 'request-' || a.decision and e.actor = a.login and e.login = a.login)
        union all
        select 'entry-by-stranger', a.entry_id || ' ' || a.login from desk.audit_entry a
        where a.login <> a.actor
            or a.action <> 'operator-enrol'
            and not exists (select from desk.operator o where o.login = a.login)) g
    limit 1000;
end;
comment on function desk.audit_gaps() is 'Where the books and the audit disagree.';

-- Reading the audit is in it: each verification, and each reader once in five minutes. True, so
-- that a view can ask it.
create function desk.audit_noted() returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into desk.audit_reader as r (login, at) values (session_user, clock_timestamp())
    on conflict (login) do update set at = excluded.at
        where r.at < excluded.at - interval '5 minutes';
    if found then
        insert into desk.audit_entry (action) values ('audit-read');
    end if;
    return true;
end
$$;
comment on function desk.audit_noted() is 'Enters that the session reads the audit.';

create function desk.audit_begin() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into desk.audit_entry (action) values ('audit-verify');
    return coalesce((select max(c.seq) from desk.audit_chain c), 0);
end
$$;
comment on function desk.audit_begin() is 'Begins a verification: how far the chain goes.';
reset role;
revoke create on schema desk from def_audit;

grant execute on function desk.audit_seal(), desk.audit_unsigned(),
    desk.audit_sign(bigint, bytea, timestamptz, text, bytea) to g_sealer;
grant execute on function desk.audit_heads(bigint) to g_witness, g_auditor, g_supervisor,
    g_sysadmin;
grant execute on function desk.audit_begin(), desk.audit_rows(bigint, bigint),
    desk.audit_unsealed(), desk.audit_gaps() to g_auditor, g_supervisor, g_sysadmin;
grant execute on function desk.audit_noted() to def_read, g_operator, g_service;

-- The scope is a row policy, not a barrier: so the list walks its indexes in order.
create view desk.audit_entries as
select a.entry_id, a.at, a.actor, a.action, a.object, a.detail, c.seq
from desk.audit_entry a
left join desk.audit_chain c on c.source = 'D' and c.entry_id = a.entry_id
where (select desk.audit_noted());
alter table desk.audit_entry enable row level security;
create policy scope on desk.audit_entry for select to def_read using (
    (select pg_has_role(session_user, 'g_auditor', 'member')
        or pg_has_role(session_user, 'g_supervisor', 'member')) or actor = session_user);
create policy work on desk.audit_entry to def_import, def_match, def_case, def_feed, def_enrol,
    def_end, def_audit using (true) with check (true);
alter view desk.audit_entries owner to def_read;
revoke all on desk.audit_entries from public;
grant select on desk.audit_entries to g_operator, g_service;
comment on view desk.audit_entries is
    'Who did what: all of it for auditors and supervisors, else one''s own. Reading is entered.';
