-- Kinds of requests that bring a payout to where the bank has it, book what was late, and settle
-- fees; and the counter-entry of one that was executed (rules B4, B16).
grant create on schema paycore to def_core;
set local role def_core;

-- Where the money of an item comes from: suspense of that side, else a line that is not yet posted
-- and has exactly the amount. Null: nothing is wrong.
create function paycore.source_fault(f paycore.fact, p_channel text, p_side text)
returns text[]
language sql stable set search_path = pg_catalog, pg_temp
return case when f.susp_account is not null then coalesce(
        paycore.fact_fault(f, p_channel, array[p_side]),
        case when f.susp_currency is distinct from coalesce(f.currency, f.susp_currency)
            then array['DB400', 'currency-differs', format('currency=%s other=%s',
                f.susp_currency, f.currency)]
        when f.susp_left < f.amount then array['DB409', 'suspense-short',
            format('account=%s id=%s amount=%s', f.susp_account, f.object, f.amount)] end)
    else coalesce(
        paycore.fact_fault(f, p_channel,
            array[case p_side when '1310' then 'debit' else 'credit' end]),
        case when (abs(f.line_amount), f.line_currency) is distinct from (f.amount, f.currency)
                and f.payment_id is not null
            then array['DB409', 'amount-differs', format('id=%s amount=%s line=%s', f.no, f.amount,
                f.line_amount)] end) end;
comment on function paycore.source_fault(paycore.fact, text, text) is
    'Why neither suspense nor a line of an item can be taken.';

-- The account that the source of an item is, its sub account, and the line it posts, if any.
create function paycore.source_account(f paycore.fact) returns text
language sql immutable
return coalesce(f.susp_account, '1010');
comment on function paycore.source_account(paycore.fact) is 'Suspense of an item, else the bank.';
create function paycore.source_sub(f paycore.fact) returns text
language sql immutable
return case when f.susp_account is not null then f.object else f.account end;
comment on function paycore.source_sub(paycore.fact) is 'The sub account of an item''s source.';

-- Why a payout cannot be taken for paid: it may be in doubt, or have failed with its money still
-- there. One that came back, or went on since, may still owe its debit.
create function paycore.paid_fault(f paycore.fact) returns text[]
language sql stable set search_path = pg_catalog, pg_temp
return case
    when f.settled then array['DB409', 'told-already', format('id=%s line=', f.no)]
    when f.state in ('FAILED', 'NOT_PAID') and f.sent then
        case when paycore.account_balance('2240', f.no, f.currency) <> - f.amount
            then array['DB409', 'nothing-held', 'id=' || f.no] end
    when f.under_way and f.state in ('RETURNED', 'REPAID', 'CREDITED_BACK') then null
    else paycore.settle_fault(f) end;
comment on function paycore.paid_fault(paycore.fact) is 'Why a payout cannot be taken for paid.';

-- The E15 of a payout that is taken back, debit and credit turned.
create function paycore.paid_entries(f paycore.fact) returns setof paycore.entry
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select e.* from paycore.pair(f.item_no, 1, 'CORRECT_STATUS', f.payment_id, '2240', f.no,
        '2210', f.clearing, f.currency, f.amount, null, null, f.batch_no, (
            select max(j.journal_id) from core.journal j
            where j.payment_id = f.payment_id and j.event = 'E15' and not exists (
                select from core.journal r where r.reverses = j.journal_id))) e
    where f.state in ('FAILED', 'NOT_PAID');
end;
comment on function paycore.paid_entries(paycore.fact) is 'The counter-entry of a payout''s E15.';

-- E14 from suspense or from a line.
create function paycore.settle_entries(f paycore.fact) returns setof paycore.entry
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select e.* from paycore.pair(f.item_no, 2, 'E14', f.payment_id, '2210', f.clearing,
        paycore.source_account(f), paycore.source_sub(f), f.currency, f.amount,
        case when f.susp_account is null then f.sha256 end,
        case when f.susp_account is null then f.line_no end, f.batch_no) e;
end;
comment on function paycore.settle_entries(paycore.fact) is 'E14 of an item.';

-- A debit is its payout's after all; or a credit that nobody knew is a customer's late top-up.
create function paycore.effect_book_late(p_request text, p_channel text, p_facts paycore.fact[],
    p_actor text, p_now timestamptz) returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, case when f.words ? 'customer' then coalesce(
                paycore.source_fault(f, p_channel, '2310'),
                case when not exists (select from paycore.customer u
                        where u.customer_id = f.words ->> 'customer'
                            and u.currency = coalesce(f.susp_currency, f.line_currency))
                    then array['DB404', 'customer-unknown',
                        'customer=' || (f.words ->> 'customer')] end)
            else coalesce(paycore.fact_fault(f, p_channel, array['payout']),
                paycore.paid_fault(f), paycore.source_fault(f, p_channel, '1310')) end as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select coalesce(f.amount, f.susp_left, abs(f.line_amount)) from unnest(p_facts) f
        order by f.item_no), true);
    perform paycore.moves_plan(p_request, f.item_no, f.payment_id, f.state, f.version,
        case when f.state in ('FAILED', 'NOT_PAID') then array['PAID', 'RECONCILED']
            else array['RECONCILED'] end, coalesce(f.value_date::timestamptz, p_now))
    from unnest(p_facts) f
    where f.payment_id is not null and f.state not in ('RETURNED', 'REPAID', 'CREDITED_BACK');
    perform paycore.moves_make(p_request, p_actor, p_now);
    delete from paycore.work w using unnest(p_facts) f
    where w.payment_id = f.payment_id and f.state in ('RETURNED', 'REPAID', 'CREDITED_BACK');
    perform paycore.lines_take(p_request, array(
        select f from unnest(p_facts) f where f.susp_account is null));
    return array(
        select e from unnest(p_facts) f, lateral paycore.paid_entries(f) e
        union all
        select e from unnest(p_facts) f, lateral paycore.settle_entries(f) e
        where f.payment_id is not null
        union all
        select e from unnest(p_facts) f
        join paycore.customer u on u.customer_id = f.words ->> 'customer',
        lateral paycore.pair(f.item_no, 2, 'BOOK_LATE', null, paycore.source_account(f),
            paycore.source_sub(f), case u.kind when 'MERCHANT' then '2220' else '2010' end,
            u.customer_id, coalesce(f.susp_currency, f.line_currency),
            coalesce(f.susp_left, abs(f.line_amount)),
            case when f.susp_account is null then f.sha256 end,
            case when f.susp_account is null then f.line_no end) e);
end
$$;
comment on function paycore.effect_book_late(text, text, paycore.fact[], text, timestamptz) is
    'BOOK_LATE: a payout''s debit, or a customer''s top-up.';

-- A credit is a payout that came back (E16).
create function paycore.effect_link_return(p_request text, p_channel text, p_facts paycore.fact[],
    p_actor text, p_now timestamptz) returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, coalesce(paycore.fact_fault(f, p_channel, array['payout']),
            case when f.state not in ('PAID', 'RECONCILED', 'PRESUMED_PAID')
                then array['DB409', 'illegal-edge',
                    format('kind=payment from=%s to=RETURNED', f.state)] end,
            paycore.source_fault(f, p_channel, '2310')) as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select f.amount from unnest(p_facts) f order by f.item_no), true);
    perform paycore.moves_plan(p_request, f.item_no, f.payment_id, f.state, f.version,
        array['RETURNED'], coalesce(f.value_date::timestamptz, p_now))
    from unnest(p_facts) f;
    perform paycore.moves_make(p_request, p_actor, p_now);
    perform paycore.lines_take(p_request, array(
        select f from unnest(p_facts) f where f.susp_account is null));
    return array(
        select e from unnest(p_facts) f, lateral paycore.pair(f.item_no, 1, 'E16', f.payment_id,
            paycore.source_account(f), paycore.source_sub(f), '2230', f.no, f.currency, f.amount,
            case when f.susp_account is null then f.sha256 end,
            case when f.susp_account is null then f.line_no end, f.batch_no) e);
end
$$;
comment on function paycore.effect_link_return(text, text, paycore.fact[], text, timestamptz) is
    'LINK_RETURN: E16.';

-- What keeps a payout from being PAID or NOT_PAID by a request.
create function paycore.status_fault(f paycore.fact, p_channel text) returns text[]
language sql stable set search_path = pg_catalog, pg_temp
return coalesce(paycore.fact_fault(f, p_channel, array['payout']),
    case f.words ->> 'to'
        when 'NOT_PAID' then coalesce(
            case when f.state not in ('PRESUMED_PAID', 'PAID', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN')
                then array['DB409', 'illegal-edge',
                    format('kind=payment from=%s to=NOT_PAID', f.state)] end,
            paycore.unpaid_fault(array[f], p_channel, 'NOT_PAID'))
        when 'PAID' then
            case when f.state = 'RECONCILED' then
                case when f.susp_account is not null
                    then array['DB409', 'suspended-already', 'id=' || f.object]
                when not exists (select from core.journal j
                        where j.payment_id = f.payment_id and j.event = 'E14' and not exists (
                            select from core.journal r where r.reverses = j.journal_id))
                    then array['DB409', 'not-reversible', 'id=' || f.no] end
            when f.state in ('RETURNED', 'REPAID', 'CREDITED_BACK')
                or f.state = 'PAID' and f.sha256 is null
                then array['DB409', 'illegal-edge',
                    format('kind=payment from=%s to=PAID', f.state)]
            else coalesce(paycore.paid_fault(f),
                case when f.sha256 is not null or f.susp_account is not null
                    then paycore.source_fault(f, p_channel, '1310') end) end
        else array['DB400', 'bad-request', 'field=to'] end);
comment on function paycore.status_fault(paycore.fact, text) is
    'Why a payout cannot be made PAID or NOT_PAID.';

-- FAILED or in doubt but paid: to PAID, and with its line to RECONCILED. Taken for paid but not: to
-- NOT_PAID, with evidence. Settled by the wrong line: PAID again, and the line stands in suspense.
create function paycore.effect_correct_status(p_request text, p_channel text,
    p_facts paycore.fact[], p_actor text, p_now timestamptz) returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, paycore.status_fault(f, p_channel) as fault from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select f.amount from unnest(p_facts) f order by f.item_no), true);
    perform paycore.moves_plan(p_request, f.item_no, f.payment_id, f.state, f.version,
        case when f.words ->> 'to' = 'NOT_PAID' then array['NOT_PAID']
            when f.state = 'PAID' then array['RECONCILED']
            when f.state = 'RECONCILED' or not paycore.has_source(f) then array['PAID']
            else array['PAID', 'RECONCILED'] end, coalesce(f.value_date::timestamptz, p_now))
    from unnest(p_facts) f;
    perform paycore.moves_make(p_request, p_actor, p_now);
    perform paycore.lines_take(p_request, array(
        select f from unnest(p_facts) f
        where f.words ->> 'to' = 'PAID' and f.state <> 'RECONCILED' and f.sha256 is not null
            and f.susp_account is null));
    return array(
        select e from unnest(p_facts) f, lateral paycore.unpaid_entries(f) e
        where f.words ->> 'to' = 'NOT_PAID'
        union all
        select e from unnest(p_facts) f, lateral paycore.paid_entries(f) e
        where f.words ->> 'to' = 'PAID'
        union all
        select e from unnest(p_facts) f, lateral paycore.settle_entries(f) e
        where f.words ->> 'to' = 'PAID' and f.state <> 'RECONCILED' and paycore.has_source(f)
        union all
        select e from unnest(p_facts) f,
        lateral paycore.pair(f.item_no, 1, 'CORRECT_STATUS', f.payment_id, '1310', f.object,
            '2210', f.clearing, f.currency, f.amount, null, null, f.batch_no, (
                select max(j.journal_id) from core.journal j
                where j.payment_id = f.payment_id and j.event = 'E14')) e
        where f.words ->> 'to' = 'PAID' and f.state = 'RECONCILED');
end
$$;
comment on function paycore.effect_correct_status(text, text, paycore.fact[], text, timestamptz) is
    'CORRECT_STATUS: to PAID or NOT_PAID.';

create function paycore.has_source(f paycore.fact) returns boolean
language sql immutable
return f.susp_account is not null or f.sha256 is not null;
comment on function paycore.has_source(paycore.fact) is 'Whether an item has suspense or a line.';

-- The bank's charge is a cost: taken from suspense, by its line, or it was posted already and is
-- only agreed to.
create function paycore.effect_accept_fee(p_request text, p_channel text, p_facts paycore.fact[])
returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, case when f.susp_account is not null
                then paycore.fact_fault(f, p_channel, array['1310', '2310'])
            when f.told = 'E20' then case when not f.ours then array['DB409', 'account-differs',
                format('id=%s account=%s', f.object, f.account)] end
            else paycore.fact_fault(f, p_channel, array['line']) end as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select coalesce(f.susp_left, abs(f.line_amount)) from unnest(p_facts) f
        order by f.item_no), false);
    perform paycore.words_keep(p_request, 'change', f.item_no, 1,
        'fee-accepted ' || paycore.word(f.object))
    from unnest(p_facts) f where f.susp_account is null and f.told = 'E20';
    perform paycore.lines_take(p_request, array(
        select f from unnest(p_facts) f where f.susp_account is null and f.told = ''));
    return array(
        select e from unnest(p_facts) f,
        lateral (select coalesce(f.susp_account = '2310', f.line_amount > 0) as back) b,
        lateral paycore.pair(f.item_no, 1,
            case when f.susp_account is null then 'E20' else 'ACCEPT_FEE' end, null,
            case when b.back then paycore.source_account(f) else '5010' end,
            case when b.back then paycore.source_sub(f) else p_channel end,
            case when b.back then '5010' else paycore.source_account(f) end,
            case when b.back then p_channel else paycore.source_sub(f) end,
            coalesce(f.susp_currency, f.line_currency),
            coalesce(f.susp_left, abs(f.line_amount)),
            case when f.susp_account is null then f.sha256 end,
            case when f.susp_account is null then f.line_no end) e
        where f.susp_account is not null or f.told = '');
end
$$;
comment on function paycore.effect_accept_fee(text, text, paycore.fact[]) is
    'ACCEPT_FEE: E20, or out of suspense.';

-- The bank took too much and is asked for it: it stands in suspense until a line brings it back.
create function paycore.effect_claim_fee(p_request text, p_channel text, p_facts paycore.fact[])
returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, case when f.susp_account is not null
                then array['DB409', 'suspended-already', 'id=' || f.object]
            when f.told = 'E20' and f.line_amount < 0 then
                case when not f.ours then array['DB409', 'account-differs',
                        format('id=%s account=%s', f.object, f.account)]
                    when not exists (select from core.posting g
                            join core.journal j on j.journal_id = g.journal_id
                            where j.file_sha256 = f.sha256 and j.line_no = f.line_no
                                and g.account = '5010' and g.sub = p_channel
                                and g.amount = - f.line_amount)
                    then array['DB409', 'amount-differs', format('id=%s amount=%s line=%s',
                        f.object, - f.line_amount, f.line_no)] end
            else paycore.fact_fault(f, p_channel, array['debit']) end as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select abs(f.line_amount) from unnest(p_facts) f order by f.item_no), false);
    perform paycore.lines_take(p_request, array(
        select f from unnest(p_facts) f where f.told = ''));
    return array(
        select e from unnest(p_facts) f, lateral paycore.pair(f.item_no, 1, 'CLAIM_FEE', null,
            '1310', f.object, case f.told when '' then '1010' else '5010' end,
            case f.told when '' then f.account else p_channel end, f.line_currency,
            abs(f.line_amount), case f.told when '' then f.sha256 end,
            case f.told when '' then f.line_no end) e);
end
$$;
comment on function paycore.effect_claim_fee(text, text, paycore.fact[]) is
    'CLAIM_FEE: a charge stands in suspense.';

-- The journals of a request that no statement line is in.
create function paycore.reversible(p_request text) returns setof core.journal
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select j.* from core.journal j
    where j.request_id = p_request and not exists (
        select from core.posting g where g.journal_id = j.journal_id and g.account = '1010');
end;
comment on function paycore.reversible(text) is 'Journals of a request that can be taken back.';

-- Why an executed request cannot be taken back: it moved payouts, set something, or posted nothing
-- but lines of statements, which stay true.
create function paycore.reverse_fault(p_object text, p_channel text) returns text[]
language sql stable set search_path = pg_catalog, pg_temp
return (
    select case
        when r.request_id is null then array['DB404', 'request-unknown', 'request=' || p_object]
        when p_channel not in ('-', r.channel_id)
            then array['DB409', 'channel-differs',
                format('id=%s channel=%s', p_object, r.channel_id)]
        when r.kind = 'REVERSE'
            or exists (select from paycore.signed_move m where m.request_id = p_object)
            or exists (select from paycore.request_word w
                       where w.request_id = p_object and w.part = 'change')
            or not exists (select from paycore.reversible(p_object))
            then array['DB409', 'not-reversible', 'id=' || p_object]
        when exists (select from core.journal j join core.journal b on b.reverses = j.journal_id
                     where j.request_id = p_object)
            then array['DB409', 'reversed-already', 'id=' || p_object] end
    from (select) one left join paycore.request r on r.request_id = p_object);
comment on function paycore.reverse_fault(text, text) is 'Why a request cannot be taken back.';

-- Counter-entries of what a request posted; suspense that it closed is open again, where it still
-- holds what that needs.
create function paycore.effect_reverse(p_request text, p_channel text, p_facts paycore.fact[])
returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, paycore.reverse_fault(f.object, p_channel) as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select (select sum(g.amount)::bigint from paycore.reversible(f.object) j
                join core.posting g on g.journal_id = j.journal_id where g.amount > 0)
        from unnest(p_facts) f order by f.item_no), false);
    insert into paycore.request_word (request_id, part, item_no, seq, words)
    select p_request, 'basis', x.item_no, row_number() over (partition by x.item_no
        order by x.exception), paycore.word(x.exception) || ' ' || x.version
    from (select distinct f.item_no, s.exception, s.version
          from unnest(p_facts) f, lateral paycore.reversible(f.object) j
          join core.posting g on g.journal_id = j.journal_id and g.account in ('1310', '2310')
          join paycore.suspense s on s.exception = g.sub) x;
    return array(
        select row(f.item_no, j.number, g.posting_no, 'REVERSE', j.payment_id, j.batch_no, null,
            null, j.journal_id, g.account, g.sub, g.currency, - g.amount)::paycore.entry
        from unnest(p_facts) f, lateral paycore.reversible(f.object) j
        join core.posting g on g.journal_id = j.journal_id);
end
$$;
comment on function paycore.effect_reverse(text, text, paycore.fact[]) is
    'REVERSE: counter-entries with their links.';
reset role;
revoke create on schema paycore from def_core;
