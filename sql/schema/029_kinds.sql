-- The kinds of requests (rules B4, B16) that post money: each gives its postings for all of its
-- items, and plans its moves.
grant create on schema paycore to def_core;
set local role def_core;

-- Whether an item is a payout that was debited with another amount (rule B2 AMOUNT).
create function paycore.is_amount(f paycore.fact) returns boolean
language sql immutable
return coalesce(f.words ->> 'code' = 'AMOUNT', false) and f.line_amount < 0;
comment on function paycore.is_amount(paycore.fact) is 'A debit of another amount than its payout.';

-- E17 or E18: a line that nobody knows stands in suspense.
create function paycore.line_entries(f paycore.fact) returns setof paycore.entry
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select e.* from paycore.pair(f.item_no, 1,
        case when f.line_amount < 0 then 'E17' else 'E18' end, null,
        case when f.line_amount < 0 then '1310' else '1010' end,
        case when f.line_amount < 0 then f.object else f.account end,
        case when f.line_amount < 0 then '1010' else '2310' end,
        case when f.line_amount < 0 then f.account else f.object end,
        f.line_currency, abs(f.line_amount), f.sha256, f.line_no) e;
end;
comment on function paycore.line_entries(paycore.fact) is 'E17 or E18 of a line.';

-- E19: the payout leaves clearing with its own amount, the bank account with the bank's; what is
-- between them stands in suspense.
create function paycore.amount_entries(f paycore.fact) returns setof paycore.entry
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select f.item_no, 1, row_number() over (order by v.n)::smallint, 'E19', f.payment_id,
        f.batch_no, f.sha256, f.line_no, null::bigint, v.account, v.sub, f.currency, v.amount
    from (values (1, '2210', f.clearing, f.amount),
        (2, '1310', f.object, greatest(- f.line_amount - f.amount, 0)),
        (3, '1010', f.account, f.line_amount),
        (4, '2310', f.object, least(- f.line_amount - f.amount, 0))) v (n, account, sub, amount)
    where v.amount <> 0;
end;
comment on function paycore.amount_entries(paycore.fact) is 'E19 of a payout and its line.';

-- Why a payout that should be under way cannot be settled.
create function paycore.settle_fault(f paycore.fact) returns text[]
language sql immutable
return case when f.settled then array['DB409', 'told-already', format('id=%s line=', f.no)]
    when not f.under_way or not f.sent or f.state not in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN',
        'PRESUMED_PAID', 'PAID')
    then array['DB409', 'illegal-edge', format('kind=payment from=%s to=RECONCILED', f.state)] end;
comment on function paycore.settle_fault(paycore.fact) is 'Why a line cannot settle a payout.';

create function paycore.effect_suspend(p_request text, p_channel text, p_facts paycore.fact[],
    p_actor text, p_now timestamptz) returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, coalesce(
            case when f.susp_account is not null
                then array['DB409', 'suspended-already', 'id=' || f.object] end,
            paycore.fact_fault(f, p_channel, array['line']),
            case when paycore.is_amount(f) then coalesce(
                paycore.fact_fault(f, p_channel, array['payout']), paycore.settle_fault(f),
                case when f.currency <> f.line_currency
                    then array['DB400', 'currency-differs',
                        format('currency=%s other=%s', f.currency, f.line_currency)] end) end)
            as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts,
        array(select abs(f.line_amount) from unnest(p_facts) f order by f.item_no), false);
    perform paycore.words_keep(p_request, 'basis', f.item_no, 1, f.no || ' ' || f.version),
        paycore.moves_plan(p_request, f.item_no, f.payment_id, f.state, f.version,
            array['RECONCILED'], f.value_date::timestamptz)
    from unnest(p_facts) f where paycore.is_amount(f);
    perform paycore.moves_make(p_request, p_actor, p_now);
    perform paycore.lines_take(p_request, p_facts);
    return array(
        select e from unnest(p_facts) f, lateral paycore.line_entries(f) e
        where not paycore.is_amount(f)
        union all
        select e from unnest(p_facts) f, lateral paycore.amount_entries(f) e
        where paycore.is_amount(f));
end
$$;
comment on function paycore.effect_suspend(text, text, paycore.fact[], text, timestamptz) is
    'SUSPEND: E17, E18, E19.';

-- What is left in suspense, or a line that was not yet posted, becomes a loss or a gain.
create function paycore.effect_write_off(p_request text, p_channel text, p_facts paycore.fact[],
    p_kind text) returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    loss constant boolean := p_kind = 'WRITE_OFF_LOSS';
    side constant text := case when loss then '1310' else '2310' end;
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, paycore.fact_fault(f, p_channel, array[
            case when f.susp_account is not null or f.sha256 is null or f.told <> '' then side
                when loss then 'debit' else 'credit' end]) as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select coalesce(f.susp_left, abs(f.line_amount)) from unnest(p_facts) f
        order by f.item_no), false);
    perform paycore.lines_take(p_request, array(
        select f from unnest(p_facts) f where f.susp_account is null));
    return array(
        select e from unnest(p_facts) f, lateral paycore.line_entries(f) e
        where f.susp_account is null
        union all
        select e from unnest(p_facts) f, lateral paycore.pair(f.item_no, 2, p_kind, null,
            case when loss then '5020' else side end, case when loss then '-' else f.object end,
            case when loss then side else '4090' end, case when loss then f.object else '-' end,
            coalesce(f.susp_currency, f.line_currency),
            coalesce(f.susp_left, abs(f.line_amount))) e);
end
$$;
comment on function paycore.effect_write_off(text, text, paycore.fact[], text) is
    'WRITE_OFF_LOSS and WRITE_OFF_GAIN.';

-- Suspense is settled by a line of the other direction: what was paid by mistake came back (1310),
-- or what came in by mistake was sent back (2310).
create function paycore.effect_recall(p_request text, p_channel text, p_facts paycore.fact[])
returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not((select x.fault from (
        select f.item_no, coalesce(paycore.fact_fault(f, p_channel, array['1310', '2310']),
            paycore.fact_fault(f, p_channel,
                array[case f.susp_account when '1310' then 'credit' else 'debit' end]),
            case when abs(f.line_amount) > f.susp_left or f.line_currency <> f.susp_currency
                then array['DB409', 'suspense-short', format('account=%s id=%s amount=%s',
                    f.susp_account, f.object, f.line_amount)] end) as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1));
    perform paycore.items_rest(p_request, p_facts, array(
        select abs(f.line_amount) from unnest(p_facts) f order by f.item_no), false);
    perform paycore.lines_take(p_request, p_facts);
    return array(
        select e from unnest(p_facts) f, lateral paycore.pair(f.item_no, 1, 'RECALL', null,
            case f.susp_account when '1310' then '1010' else '2310' end,
            case f.susp_account when '1310' then f.account else f.object end,
            case f.susp_account when '1310' then '1310' else '1010' end,
            case f.susp_account when '1310' then f.object else f.account end,
            f.line_currency, abs(f.line_amount), f.sha256, f.line_no) e);
end
$$;
comment on function paycore.effect_recall(text, text, paycore.fact[]) is
    'RECALL: a line settles suspense.';

-- Why what these payouts hold cannot be given on: nobody knows what became of them, there is no
-- evidence, or the money is not where it would be taken from. From UNKNOWN never (rule B3.2).
create function paycore.unpaid_fault(p_facts paycore.fact[], p_channel text, p_to text)
returns text[]
language sql stable set search_path = pg_catalog, pg_temp
return (
    select x.fault from (
        select f.item_no, coalesce(paycore.fact_fault(f, p_channel, array['payout']),
            case when f.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN')
                then array['DB409', 'not-definite', format('id=%s state=%s', f.no, f.state)]
            when f.state in ('PRESUMED_PAID', 'PAID')
                then coalesce(paycore.fact_fault(f, p_channel, array['evidence']),
                    paycore.settle_fault(f))
            when f.state not in ('FAILED', 'NOT_PAID', 'RETURNED')
                then array['DB409', 'illegal-edge',
                    format('kind=payment from=%s to=%s', f.state, p_to)]
            when paycore.account_balance(f.held, f.no, f.currency) <> - f.amount
                then array['DB409', 'nothing-held', 'id=' || f.no]
            end) as fault
        from unnest(p_facts) f) x
    where x.fault is not null order by x.item_no limit 1);
comment on function paycore.unpaid_fault(paycore.fact[], text, text) is
    'Why payouts cannot be credited back or paid again.';

-- E15 of a payout that was taken for paid and is not.
create function paycore.unpaid_entries(f paycore.fact) returns setof paycore.entry
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select e.* from paycore.pair(f.item_no, 1, 'E15', f.payment_id, '2210', f.clearing, '2240',
        f.no, f.currency, f.amount, null, null, f.batch_no) e
    where f.state in ('PRESUMED_PAID', 'PAID');
end;
comment on function paycore.unpaid_entries(paycore.fact) is 'E15 of a payout that was not paid.';

-- The way of a payout that is not paid to where its money goes on.
create function paycore.unpaid_path(f paycore.fact, p_to text) returns text[]
language sql immutable
return case when f.state in ('PRESUMED_PAID', 'PAID') then array['NOT_PAID', p_to]
    else array[p_to] end;
comment on function paycore.unpaid_path(paycore.fact, text) is 'By NOT_PAID where it counted paid.';

-- The customer gets back what failed, was not paid or came back.
create function paycore.effect_credit_back(p_request text, p_channel text, p_facts paycore.fact[],
    p_actor text, p_now timestamptz) returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not(paycore.unpaid_fault(p_facts, p_channel, 'CREDITED_BACK'));
    perform paycore.items_rest(p_request, p_facts, array(
        select f.amount from unnest(p_facts) f order by f.item_no), true);
    perform paycore.moves_plan(p_request, f.item_no, f.payment_id, f.state, f.version,
        paycore.unpaid_path(f, 'CREDITED_BACK'), null)
    from unnest(p_facts) f;
    perform paycore.moves_make(p_request, p_actor, p_now);
    return array(
        select e from unnest(p_facts) f, lateral paycore.unpaid_entries(f) e
        union all
        select e from unnest(p_facts) f, lateral paycore.pair(f.item_no, 2, 'CREDIT_BACK',
            f.payment_id, f.held, f.no, f.fund, f.customer_id, f.currency, f.amount, null, null,
            f.batch_no) e);
end
$$;
comment on function paycore.effect_credit_back(text, text, paycore.fact[], text, timestamptz) is
    'CREDIT_BACK: what was not paid is the customer''s again.';

-- A new payout of what failed or came back goes to the worker, with the request that says so.
create function paycore.pay_again(f paycore.fact, p_request text, p_actor text,
    p_now timestamptz) returns setof paycore.entry
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    o core.payment;
    id bigint;
begin
    select * into o from core.payment p where p.payment_id = f.payment_id;
    id := paycore.payout_again(f.payment_id, p_request || '/' || f.no, o.channel_id,
        coalesce(nullif(f.words ->> 'payee_name', ''), o.payee_name),
        coalesce(nullif(f.words ->> 'payee_account', ''), o.payee_account), p_request, p_actor,
        p_now);
    update core.payment p set state = 'APPROVED' where p.payment_id = id;
    perform paycore.event(id, 'state', 'CREATED', 'APPROVED', 'request ' || p_request, null,
        p_actor, p_now);
    update core.payment p set state = 'SUBMITTED' where p.payment_id = id;
    perform paycore.event(id, 'state', 'APPROVED', 'SUBMITTED', 'request ' || p_request, null,
        p_actor, p_now);
    insert into paycore.work (payment_id, channel_id, task, due_at, request_id)
    values (id, o.channel_id, 'SEND', p_now, p_request);
    -- Who is paid is part of what is signed; the new payout's number is not known before.
    perform paycore.words_keep(p_request, 'change', f.item_no, 1, format('again %s %s %s %s', f.no,
        o.channel_id, paycore.word(p.payee_account), paycore.word(p.payee_name)))
    from core.payment p where p.payment_id = id;
    return query select * from paycore.pair(f.item_no, 2, 'E12', id, f.held, f.no, '2210',
        o.channel_id || '.SENT', f.currency, f.amount);
end
$$;
comment on function paycore.pay_again(paycore.fact, text, text, timestamptz) is
    'One payout paid again: the new one is submitted (E12).';

create function paycore.effect_repay(p_request text, p_channel text, p_facts paycore.fact[],
    p_actor text, p_now timestamptz) returns paycore.entry[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform paycore.must_not(paycore.unpaid_fault(p_facts, p_channel, 'REPAID'));
    perform paycore.items_rest(p_request, p_facts, array(
        select f.amount from unnest(p_facts) f order by f.item_no), true);
    perform paycore.moves_plan(p_request, f.item_no, f.payment_id, f.state, f.version,
        paycore.unpaid_path(f, 'REPAID'), null)
    from unnest(p_facts) f;
    perform paycore.moves_make(p_request, p_actor, p_now);
    return array(
        select e from unnest(p_facts) f, lateral paycore.unpaid_entries(f) e
        union all
        select e from unnest(p_facts) f,
            lateral paycore.pay_again(f, p_request, p_actor, p_now) e);
end
$$;
comment on function paycore.effect_repay(text, text, paycore.fact[], text, timestamptz) is
    'REPAY: what was not paid is paid again.';
reset role;
revoke create on schema paycore from def_core;
