-- What operators read of payouts: any of them by any of its ids, those whose result is not known,
-- the bank's answers, the ledger's postings, batches and what is at risk (rules B3, B16). The core
-- publishes all of it; nothing here is written.
set local role own_core;
-- Lists of what is in doubt read this and nothing else: few rows among all that ever were.
create index payment_doubt on core.payment (payment_id) where rests = 1;
create index payment_payee on core.payment (payee_name collate "C", payment_id);
create index payment_repays on core.payment (repays) where repays is not null;
create index payment_query_decided on core.payment_query (payment_id)
    where answer in ('paid', 'failed');
create index batch_created on core.batch (created_at, batch_no);
reset role;
-- What lists walk carries the scope itself, as payments do.
do $$
declare
    t text;
begin
    foreach t in array array['batch', 'channel'] loop
        execute format('alter table core.%I enable row level security', t);
        execute format('create policy scope on core.%I for select to def_read using ('
            '(select desk.sees_all()) or channel_id = any ((select desk.my_channels())::text[]))',
            t);
        execute format('create policy work on core.%I to def_core, def_match, def_case, def_feed '
            'using (true) with check (true)', t);
    end loop;
end
$$;

-- When the statement that tells of a business day is due: as the desk owes it, else by the
-- channel's calendar. NULL for channels without files.
create function desk.statement_due_at(p_channel text, p_day date) returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
return coalesce(
    (select d.due_at from desk.file_due d
     where d.channel_id = p_channel and d.business_date = p_day),
    (select (desk.business_day_add(c.calendar_id, p_day, 1) + c.statement_due)
        at time zone c.utc_offset
     from desk.channel c where c.channel_id = p_channel and c.has_statement <> 'NO'));
comment on function desk.statement_due_at(text, date) is
    'When the statement of a channel''s business day is due, of channels in sight.';

create view desk.payouts as
select p.payment_id, core.payment_no(p.payment_id) as payment_no, p.direction, p.channel_id,
    p.order_no, p.mode, coalesce(p.batch_no, '') as batch_no, p.amount, p.currency, p.payee_name,
    desk.account_masked(p.payee_account) as payee_account, p.state,
    coalesce(p.bank_ref, '') as bank_ref, p.business_date, p.created_at,
    p.sent_at, p.accepted_at, p.moved_at, p.not_after, p.presumed_at, p.queries, p.next_query_at,
    p.ladder_stopped, coalesce(p.customer_id, '') as customer_id, p.repays,
    coalesce(p.reason_class, '') as reason_class, coalesce(p.reason_code, '') as reason_code,
    coalesce(p.reason_text, '') as reason_text, p.expected_fee, p.epoch, p.version, p.published_at,
    p.rests, coalesce(c.ladder_base_s, 2) as ladder_base_s,
    coalesce(c.ladder_count, 8) as ladder_count
from core.payment p
left join core.channel c on c.channel_id = p.channel_id;

-- The result is not known: asked about, presumed, or silent for longer than the ladder lasts. A
-- statement line that is matched with a payout has told it, whatever the core still says; it is
-- looked up one payout at a time, near its day, however many days there are.
create view desk.payouts_in_doubt as
select p.*
from desk.payouts p
left join lateral (
    select true as told from desk.line l
    where l.payment_id = p.payment_id
        and l.value_date between p.business_date - 7 and p.business_date + 30
        and not exists (select from desk.match_end e where e.line_id = l.line_id)
        and not exists (select from desk.statement s
                        where s.statement_id = l.statement_id and s.superseded)
    limit 1) one on true
left join lateral (
    select true as told from desk.match_item i
    where i.payment_id = p.payment_id
        and not exists (select from desk.match_end e where e.match_id = i.match_id)
    limit 1) many on true
where p.rests = 1 and p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID')
    and one.told is null and many.told is null
    and (p.state in ('UNKNOWN', 'PRESUMED_PAID')
        or p.sent_at < desk.now() - make_interval(secs =>
            p.ladder_base_s * ((1 << p.ladder_count) - 1)));

create view desk.payment_events as
select e.event_id, e.payment_id, e.at, e.kind, coalesce(e.from_state, '') as from_state, e.state,
    e.cause, e.as_of, e.actor, encode(e.hash, 'hex') as hash
from core.payment_event e
join core.payment p on p.payment_id = e.payment_id;

create view desk.payment_queries as
select q.payment_id, q.query_no, q.kind, q.asked_at, q.answered_at, q.answer, q.code, q.text,
    q.actor
from core.payment_query q
join core.payment p on p.payment_id = q.payment_id;

create view desk.payment_postings as
select j.payment_id, j.journal_id, g.posting_no, j.business_date, j.event, j.cause, j.posted_at,
    g.account, g.sub, g.currency, g.amount
from core.journal j
join core.posting g on g.journal_id = j.journal_id
join core.payment p on p.payment_id = j.payment_id;

create view desk.batches as
select b.batch_no, b.channel_id, b.items, b.total, b.currency, b.state, b.created_at, b.sent_at,
    coalesce(b.message_id, '') as message_id
from core.batch b;

create view desk.channel_ladders with (security_barrier) as
select c.channel_id, c.ladder_base_s, c.ladder_count, c.follow_up_s, c.not_after_s,
    c.not_after_enforced, c.idempotent, c.not_found_final_s, c.answer_timeout_ms, c.version
from core.channel c
where (select desk.sees_all()) or c.channel_id = any ((select desk.my_channels())::text[]);

-- What is at risk, a row a channel and currency, counted up to 10,000 payouts.
create view desk.exposures as
select x.channel_id, x.currency, x.doubtful, x.presumed, x.amount, x.oldest_at,
    coalesce(
        (select min(d.due_at) from desk.file_due d
         where d.channel_id = x.channel_id and d.business_date between x.first_day and x.last_day
             and d.due_at > desk.now()),
        (select t.due_at from desk.statement_due_at(x.channel_id, x.last_day) as t (due_at)
         where t.due_at > desk.now())) as due_at
from (
    select p.channel_id, p.currency, count(*) as doubtful,
        count(*) filter (where p.state = 'PRESUMED_PAID') as presumed,
        coalesce(sum(p.amount) filter (where p.state = 'PRESUMED_PAID'), 0)::bigint as amount,
        min(coalesce(p.presumed_at, p.sent_at)) filter (where p.state = 'PRESUMED_PAID')
            as oldest_at,
        min(p.business_date) as first_day, max(p.business_date) as last_day
    from (select q.channel_id, q.currency, q.state, q.amount, q.presumed_at, q.sent_at,
              q.business_date
          from desk.payouts_in_doubt q
          order by q.payment_id limit 10000) p
    group by p.channel_id, p.currency) x;

-- After how many questions the bank gave its last word, of the last 2,000 payouts it did so for.
create view desk.queries_resolved as
select q.after, count(*) as count
from (
    select (select count(*) from core.payment_query a
            where a.payment_id = d.payment_id and a.query_no <= d.query_no
                and a.kind <> 'asked')::integer as after
    from core.payment_query d
    join core.payment p on p.payment_id = d.payment_id
    where d.answer in ('paid', 'failed')
    order by d.payment_id desc limit 2000) q
group by q.after;

-- Payouts by whatever a caller or a letter calls them: number, order, bank's reference, payee (its
-- beginning), amount. The newest 1,000 of each.
create function desk.payout_find(p_text text) returns setof bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    word constant text := btrim(p_text);
    figure numeric;
begin
    if word = '' then
        return;
    end if;
    -- Of an amount it is not said in which currency: with two digits after the point, or none.
    if word ~ '^[0-9][0-9,]{0,20}([.][0-9]{1,2})?$' then
        figure := replace(word, ',', '')::numeric;
    end if;
    if word ~ '^P[0-9]{13,17}$' then
        return query select p.payment_id from core.payment p
        where p.payment_id = substr(word, 2, 8)::bigint * 1000000000 + substr(word, 10)::bigint;
    end if;
    return query
    select p.payment_id from core.payment p where p.order_no = word
    union
    (select p.payment_id from core.payment p where p.bank_ref = word
     order by p.payment_id desc limit 1000)
    union
    (select p.payment_id from core.payment p
     where p.payee_name collate "C" >= word
         and p.payee_name collate "C" < word || chr(1114109)
     order by p.payment_id desc limit 1000)
    union
    (select p.payment_id from core.payment p
     where p.amount in (least(figure * 100, 1e18)::bigint,
         case when figure = trunc(figure) then least(figure, 1e18)::bigint end)
     order by p.payment_id desc limit 1000);
end
$$;
comment on function desk.payout_find(text) is
    'Payouts in sight by number, order, bank reference, payee or amount.';

-- The statement lines that a payout is matched with.
create function desk.payout_lines(p_id bigint) returns table (value_date date, line_id bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set jit = off as $$
begin
    return query
    select i.value_date, i.line_id from desk.match_item i
    where i.payment_id = p_id
        and not exists (select from desk.match_end e where e.match_id = i.match_id)
    union
    select l.value_date, l.line_id
    from core.payment p
    join desk.line l on l.value_date between p.business_date - 1 and p.business_date + 6
        and l.ref = p.bank_ref and l.ref <> '' and l.payment_id = p.payment_id
    where p.payment_id = p_id
        and not exists (select from desk.match_end e where e.line_id = l.line_id);
end
$$;
comment on function desk.payout_lines(bigint) is 'Statement lines matched with a payout.';

do $$
declare
    v text;
begin
    foreach v in array array['payouts', 'payouts_in_doubt', 'payment_events', 'payment_queries',
        'payment_postings', 'batches', 'channel_ladders', 'exposures', 'queries_resolved'] loop
        execute format('alter view desk.%I owner to def_read', v);
        execute format('revoke all on desk.%I from public', v);
        execute format('grant select on desk.%I to g_operator, g_service', v);
    end loop;
    foreach v in array array['statement_due_at(text, date)', 'payout_find(text)',
        'payout_lines(bigint)'] loop
        execute format('alter function desk.%s owner to def_read', v);
        execute format('revoke all on function desk.%s from public', v);
        execute format('grant execute on function desk.%s to g_operator, g_service', v);
    end loop;
end
$$;
comment on view desk.payouts is 'Payouts in any state, with their channel''s ladder (rule B3).';
comment on view desk.payouts_in_doubt is 'Payouts whose result is not known (rule B3).';
comment on view desk.payment_events is 'What happened to payouts, each with its cause (rule B3.7).';
comment on view desk.payment_queries is 'What the core asked the bank, its answers (rule B3.3).';
comment on view desk.payment_postings is 'The ledger''s postings of payouts (rule B16).';
comment on view desk.batches is 'Batches of payouts.';
comment on view desk.channel_ladders is 'How the core asks a channel''s bank (rule B3.3).';
comment on view desk.exposures is 'What is not known of payouts, by channel and currency (S6).';
comment on view desk.queries_resolved is 'After how many questions the bank gave its last word.';
