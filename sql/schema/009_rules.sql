-- The kinds of match rules. Each reads the work sets and adds to w_match or w_found; a row of
-- desk.match_rule says on which fields and how far apart the days may be.
-- The work sets are temporary tables, which do not exist yet when functions are made.
set local check_function_bodies = off;

create function desk.rule_keys(r desk.match_rule, out line_from text, out payment_key text)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
    -- A reference inside the text is any word of it that is long enough to be one.
    line_from := case r.line_field
        when 'text' then $sql$(select w.*, t.word as k from w_line w, lateral (
                select distinct word
                from regexp_split_to_table(w.text || ' ' || w.bank_ref, '[^[:alnum:]-]+') as word
                where length(word) between 8 and 64) t
            where not w.taken and not w.by_hand)$sql$
        else format('(select w.*, w.%I as k from w_line w '
            'where not w.taken and not w.by_hand and w.%I <> %L)', r.line_field, r.line_field, '')
        end;
    payment_key := 'p.' || quote_ident(r.payment_field);
end
$$;
comment on function desk.rule_keys(desk.match_rule) is 'The columns of a rule as SQL.';

-- Same reference, same amount: the n-th line with the n-th payment (rule B2, duplicates by count).
create function desk.rule_reference(r desk.match_rule) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' as $$
declare
    keys constant record := desk.rule_keys(r);
begin
    execute format($sql$
        with l as (
            select l.*, row_number() over (partition by l.k, l.amount, l.currency
                                           order by l.value_date, l.line_id) as n
            from %1$s l where l.status = 'BOOKED'
        ), p as (
            select p.*, %2$s as k, row_number() over (partition by %2$s, p.amount, p.currency
                                                      order by p.business_date, p.payment_id) as n
            from w_payment p where not p.taken and not p.by_hand and p.live and %2$s <> ''
        ), pair as (
            select l.value_date, l.line_id, p.payment_id,
                count(*) over (partition by l.line_id) as a,
                count(*) over (partition by p.payment_id) as b,
                concat_ws(', ', $2, 'amount', 'currency',
                    case when l.value_date = p.business_date then 'day'
                         else 'day ' || to_char(l.value_date - p.business_date, 'SG990') end,
                    case when l.party_name = '' and l.party_account = '' then null
                         when desk.party_differs(l.party_name, l.party_account, p.payee_name,
                              p.payee_account) then 'payee differs' else 'payee' end) as reason
            from l join p using (k, amount, currency, n)
            where p.business_date between l.value_date - $3 and l.value_date + $4)
        insert into w_match (match_id, kind, rule_no, value_date, line_id, payment_id, reason)
        select nextval('desk.match_id'), '1:1', $1, value_date, line_id, payment_id, reason
        from pair where a = 1 and b = 1$sql$, keys.line_from, keys.payment_key)
        using r.rule_no, r.name, r.days_before, r.days_after;
    perform desk.work_take();
end
$$;

-- Several lines pay one payment: same reference, their sum is its amount.
create function desk.rule_parts(r desk.match_rule) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    keys constant record := desk.rule_keys(r);
begin
    execute format($sql$
        with l as (
            select l.k, l.currency, sum(l.amount) as amount, count(*) as n
            from %1$s l where l.status = 'BOOKED' group by l.k, l.currency having count(*) > 1
        ), p as (
            select %2$s as k, p.currency, min(p.amount) as amount, min(p.payment_id) as payment_id
            from w_payment p where not p.taken and not p.by_hand and p.live and %2$s <> ''
            group by 1, 2 having count(*) = 1
        ), g as (
            select nextval('desk.match_id') as match_id, l.k, l.currency, p.payment_id, l.n
            from l join p using (k, currency, amount))
        insert into w_match (match_id, kind, rule_no, value_date, line_id, payment_id, reason)
        select g.match_id, 'n:1', $1, l.value_date, l.line_id, g.payment_id,
            concat_ws(', ', $2, 'sum of ' || g.n || ' lines', 'currency')
        from g join %1$s l on l.k = g.k and l.currency = g.currency and l.status = 'BOOKED'$sql$,
        keys.line_from, keys.payment_key)
        using r.rule_no, r.name;
    perform desk.work_take();
end
$$;

-- One line pays a batch: its reference is the batch, its amount the batch's sum.
create function desk.rule_batch(r desk.match_rule) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    keys constant record := desk.rule_keys(r);
begin
    execute format($sql$
        with l as (
            select l.k, l.currency, min(l.amount) as amount, min(l.line_id) as line_id,
                min(l.value_date) as value_date
            from %1$s l where l.status = 'BOOKED' group by l.k, l.currency having count(*) = 1
        ), b as (
            select %2$s as k, p.currency, sum(p.amount) as amount, count(*) as n
            from w_payment p where not p.taken and not p.by_hand and p.live and %2$s <> ''
            group by 1, 2
        ), g as (
            select nextval('desk.match_id') as match_id, l.*, b.n from l join b
            using (k, currency, amount))
        insert into w_match (match_id, kind, rule_no, value_date, line_id, payment_id, reason)
        select g.match_id, '1:n', $1, g.value_date, g.line_id, p.payment_id,
            concat_ws(', ', $2, case g.n when 1 then 'sum of 1 payment'
                else 'sum of ' || g.n || ' payments' end, 'currency')
        from g join w_payment p on %2$s = g.k and p.currency = g.currency
            and not p.taken and not p.by_hand and p.live$sql$, keys.line_from, keys.payment_key)
        using r.rule_no, r.name;
    perform desk.work_take();
end
$$;

-- A credit that returns an earlier payout, inside the channel's return window (rules B2, B3.6). By
-- reference, or by payee and amount where just one payout fits.
create function desk.rule_return(p_channel text, r desk.match_rule) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    keys constant record := desk.rule_keys(r);
begin
    execute format($sql$
        with pair as (
            select l.value_date, l.line_id, p.payment_id,
                count(*) over (partition by l.line_id) as a,
                row_number() over (partition by p.payment_id order by l.value_date, l.line_id) as b
            from w_line l
            join desk.channel c on c.channel_id = $3
            join core.payment p on %1$s and p.amount = l.amount and p.direction = 'OUT'
                and p.channel_id = $3 and p.currency = l.currency
                and p.payment_id >= core.first_id(l.value_date - $4)
                and p.payment_id < core.first_id(l.value_date + 1)
            where not l.taken and not l.by_hand and l.status = 'BOOKED' and l.amount > 0
                and p.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID', 'PAID',
                                'RECONCILED', 'RETURNED')
                and l.value_date <= desk.business_day_add(c.calendar_id, p.business_date,
                                                          c.return_window)
                and not exists (select from desk.match_item i
                    join desk.match m on m.match_id = i.match_id and m.kind = 'RETURN'
                    where i.payment_id = p.payment_id and not exists (
                        select from desk.match_end e where e.match_id = i.match_id)))
        insert into w_match (match_id, kind, rule_no, value_date, line_id, payment_id, reason)
        select nextval('desk.match_id'), 'RETURN', $1, value_date, line_id, payment_id,
            concat_ws(', ', $2, 'amount', 'inside the return window')
        from pair where a = 1 and b = 1$sql$,
        case when r.needs_party then
            '(l.party_account <> '''' and p.payee_account <> '''' '
            'and desk.account_agrees(l.party_account, p.payee_account) '
            'or (l.party_account = '''' or p.payee_account = '''') and l.party_name <> '''' '
            'and desk.fold(l.party_name) = desk.fold(p.payee_name))'
        else format('l.%I <> '''' and %s = l.%I', r.line_field, keys.payment_key, r.line_field) end)
        using r.rule_no, r.name, p_channel, r.days_before;
    perform desk.work_take();
end
$$;

-- Whether a bank's code of a line means its own charge: SWIFT's CHG and COM, ISO 20022's CHRG, COMM
-- and FEES, BAI2's 661 and 698, OFX's FEE and SRVCHG.
create function desk.is_charge(p_type text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp
return p_type ~ '^([NSF](CHG|COM)|[A-Z]{4}-[A-Z]{4}-(CHRG|COMM|FEES)|661|698|FEE|SRVCHG)$';
comment on function desk.is_charge(text) is 'Whether a line is the bank''s charge, by its code.';

-- What the bank charges by a line of its own, and what of that it gives back. Only where our own
-- core takes it into its books (E20); elsewhere people see it as a line without a payout.
create function desk.rule_fee(p_channel text, r desk.match_rule) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
begin
    insert into w_match (match_id, kind, rule_no, value_date, line_id, payment_id, reason)
    select nextval('desk.match_id'), 'FEE', r.rule_no, w.value_date, w.line_id, 0,
        concat_ws(', ', r.name, l.type)
    from w_line w
    join desk.line l on l.value_date = w.value_date and l.line_id = w.line_id
    where not w.taken and not w.by_hand and w.status = 'BOOKED' and w.amount <> 0
        and desk.is_charge(l.type) and desk.core_serves(p_channel, w.value_date);
    perform desk.work_take();
end
$$;
comment on function desk.rule_fee(text, desk.match_rule) is 'Charges of the bank (rule B16, E20).';

-- Amount and day, with the payee where the rule asks for it: by account first, then by name. The
-- n-th line with the n-th payment of equal ones; only_alone wants as many of one as of the other.
-- More payments than lines and no payee: how many were paid is sure, which of them is not, so that
-- such a match is doubtful and people are told.
create function desk.rule_fields(r desk.match_rule) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set jit = off set work_mem = '256MB' as $$
declare
    side text[];
begin
    foreach side slice 1 in array case when r.needs_party then array[
            ['l.party_account', 'p.payee_account'],
            ['desk.fold(l.party_name)', 'desk.fold(p.payee_name)']]
        else array[['l.value_date::text', 'p.business_date::text']] end
    loop
        execute format($sql$
            with l as (
                select l.*, %1$s as k, row_number() over w as n, count(*) over (partition by %1$s,
                    l.amount, l.currency) as many
                from w_line l
                where not l.taken and not l.by_hand and l.status = 'BOOKED' and %1$s <> ''
                    and ($5 or l.party_name = '' and l.party_account = '' and l.ref = '')
                window w as (partition by %1$s, l.amount, l.currency
                             order by l.value_date, l.line_id)
            ), p as (
                select p.*, %2$s as k, row_number() over w as n, count(*) over (partition by %2$s,
                    p.amount, p.currency) as many
                from w_payment p
                where not p.taken and not p.by_hand and p.live and %2$s <> ''
                window w as (partition by %2$s, p.amount, p.currency
                             order by p.business_date, p.payment_id))
            insert into w_match (match_id, kind, rule_no, value_date, line_id, payment_id, reason,
                doubtful)
            select nextval('desk.match_id'), '1:1', $1, l.value_date, l.line_id, p.payment_id,
                concat_ws(', ', $2, case when l.value_date <> p.business_date then
                    'day ' || to_char(l.value_date - p.business_date, 'SG990') end,
                    case when p.many > l.many then format(case l.many
                        when 1 then '1 line for %%2$s equal payments'
                        else '%%1$s lines for %%2$s equal payments' end, l.many, p.many) end),
                not $5 and p.many > l.many
            from l join p using (k, amount, currency, n)
            where p.business_date between l.value_date - $3 and l.value_date + $4
                and (not $6 or l.many = p.many)$sql$, side[1], side[2])
            using r.rule_no, r.name, r.days_before, r.days_after, r.needs_party, r.only_alone;
        perform desk.work_take();
    end loop;
end
$$;

-- Same reference, but something differs: what differs is the exception, and neither side may be
-- matched to anything else (rule B2).
create function desk.rule_difference(r desk.match_rule) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    keys constant record := desk.rule_keys(r);
begin
    execute format($sql$
        with l as (
            select l.*, row_number() over (partition by l.k order by l.value_date, l.line_id) as n,
                count(*) over (partition by l.k) as lines,
                sum(l.amount) over (partition by l.k) as total
            from %1$s l
        ), p as (
            select p.*, %2$s as k,
                row_number() over (partition by %2$s order by p.business_date, p.payment_id) as n,
                count(*) over (partition by %2$s) as payments
            from w_payment p where not p.taken and not p.by_hand and %2$s <> ''
        ), pair as (
            select l.*, p.payment_id, p.direction, p.amount as booked, p.state,
                p.currency as booked_currency, p.business_date as booked_date, p.live,
                p.payee_name,
                case when l.status = 'FAILED' and p.state in ('FAILED', 'NOT_PAID') then 'BOTH'
                     when l.status = 'FAILED' then 'STATUS_BANK_FAIL'
                     when sign(l.amount) <> sign(p.amount) then null
                     when l.currency <> p.currency then 'CURRENCY'
                     when not p.live and l.amount = p.amount then 'STATUS_BANK_OK'
                     when l.lines > 1 and p.payments = 1 and p.live and l.total <> p.amount
                         then 'SPLIT'
                     when p.live and l.amount <> p.amount then 'AMOUNT' end as code
            from l join p on p.k = l.k and (p.n = l.n or p.payments = 1 and l.lines > 1)
            where p.business_date between l.value_date - $2 and l.value_date + $3
        ), both_failed as (
            insert into w_match (match_id, kind, rule_no, value_date, line_id, payment_id, reason)
            select nextval('desk.match_id'), '1:1', $1, value_date, line_id, payment_id,
                'reference, failed on both sides'
            from pair where code = 'BOTH')
        insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
            value_date, line_id, payment_id, party, reason)
        select code, case when code = 'SPLIT' then 'payment:' || payment_id
                else 'line:' || line_id end,
            booked_date, direction, currency,
            case code when 'AMOUNT' then abs(amount - booked)
                 when 'SPLIT' then abs(total - booked) else abs(amount) end,
            case code when 'AMOUNT' then amount - booked when 'SPLIT' then total - booked
                 when 'STATUS_BANK_FAIL' then -booked else amount end,
            value_date, line_id, payment_id, coalesce(nullif(party_name, ''), payee_name),
            case code
                when 'AMOUNT' then 'Same reference, the amounts differ.'
                when 'CURRENCY' then format('Same reference, %%s and %%s.', currency,
                    booked_currency)
                when 'STATUS_BANK_OK' then format('The bank paid, the core says %%s.', state)
                when 'STATUS_BANK_FAIL' then format('The bank failed it, the core says %%s.', state)
                else format('%%s lines under one reference do not make up the payment.', lines) end
        from pair where code not in ('BOTH') and code is not null
            and (code <> 'SPLIT' or n = 1)$sql$, keys.line_from, keys.payment_key)
        using r.rule_no, r.days_before, r.days_after;
    -- The other lines of an incomplete split are part of it.
    update w_line l set taken = true
    from w_found f join w_line o on o.line_id = f.line_id
    where f.code = 'SPLIT' and l.ref = o.ref and l.ref <> '' and not l.taken;
    perform desk.rule_batch_difference(r);
    perform desk.work_take();
end
$$;

-- A line under a batch's number whose amount is not the batch's sum.
create function desk.rule_batch_difference(r desk.match_rule) returns void
language sql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
    with b as (
        select p.batch_no, p.currency, sum(p.amount) as amount, count(*) as n,
            min(p.business_date) as business_date, min(p.direction) as direction
        from w_payment p
        where not p.taken and not p.by_hand and p.live and p.batch_no <> ''
            and p.payment_id not in (select f.payment_id from w_found f
                                     where f.payment_id is not null)
        group by 1, 2)
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        value_date, line_id, party, reason)
    select 'SPLIT', 'line:' || l.line_id, b.business_date, b.direction, l.currency,
        abs(l.amount - b.amount), l.amount - b.amount, l.value_date, l.line_id, l.party_name,
        case b.n when 1 then format('The line does not make up the payment of batch %s.',
            b.batch_no)
        else format('The line does not make up the %s payments of batch %s.', b.n, b.batch_no) end
    from w_line l
    join b on b.batch_no = l.ref and b.currency = l.currency and sign(b.amount) = sign(l.amount)
    where not l.taken and not l.by_hand and l.status = 'BOOKED';
    update w_payment p set taken = true
    from w_found f join w_line l on l.line_id = f.line_id
    where f.code = 'SPLIT' and f.payment_id is null and p.batch_no = l.ref and p.batch_no <> ''
        and not p.taken;
$$;

-- The same payment twice: a line under the reference of a payment that is matched already, an equal
-- line beyond the first, a second booking under one reference (rule B2, by count).
create function desk.rule_duplicate(p_channel text, r desk.match_rule) returns void
language sql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        value_date, line_id, payment_id, party, reason)
    select distinct on (l.line_id) 'DUP_BANK', 'line:' || l.line_id, l.business_date, p.direction,
        l.currency, abs(l.amount), l.amount, l.value_date, l.line_id, p.payment_id,
        coalesce(nullif(l.party_name, ''), p.payee_name),
        'A second line under the reference of a payment that is matched.'
    from w_line l
    join core.payment p on p.bank_ref = l.ref and p.channel_id = p_channel
        and p.currency = l.currency
        and case p.direction when 'OUT' then -p.amount else p.amount end = l.amount
        and p.payment_id >= core.first_id(l.value_date - r.days_before)
        and p.payment_id < core.first_id(l.value_date + r.days_after + 1)
    where not l.taken and not l.by_hand and l.status = 'BOOKED' and l.ref <> ''
        and not exists (select from w_payment w where w.payment_id = p.payment_id and not w.taken)
    order by l.line_id, p.payment_id;
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        value_date, line_id, payment_id, party, reason)
    select distinct on (l.line_id) 'DUP_BANK', 'line:' || l.line_id, l.business_date,
        case when l.amount < 0 then 'OUT' else 'IN' end, l.currency, abs(l.amount), l.amount,
        l.value_date, l.line_id, null::bigint, l.party_name,
        'An equal line beyond those that are matched.'
    from w_line l
    join desk.line k on k.account = l.account and k.value_date = l.value_date
        and k.amount = l.amount and k.identity = l.identity and k.occurrence < l.occurrence
    where not l.taken and not l.by_hand and l.status = 'BOOKED'
        and (k.payment_id is not null
             or exists (select from w_match m where m.line_id = k.line_id)
             or exists (select from desk.match_item i where i.line_id = k.line_id))
        and not exists (select from w_found f where f.line_id = l.line_id)
        and not exists (select from w_payment p where not p.taken and p.live
                        and p.bank_ref = l.ref and p.amount = l.amount)
    order by l.line_id, k.line_id;
    insert into w_found (code, subject, business_date, direction, currency, amount, cash_effect,
        payment_id, party, reason)
    select 'DUP_CORE', 'payment:' || p.payment_id, p.business_date, p.direction, p.currency,
        abs(p.amount), -p.amount, p.payment_id, p.payee_name,
        'Booked again under the reference of ' || core.payment_no(min(o.payment_id)) || '.'
    from w_payment p
    join core.payment o on o.bank_ref = p.bank_ref and o.payment_id <> p.payment_id
        and o.channel_id = p_channel and o.currency = p.currency and o.amount = abs(p.amount)
        and o.payment_id between core.first_id(p.business_date - r.days_before)
            and core.first_id(p.business_date + r.days_after + 1)
    where not p.taken and not p.by_hand and p.live and p.bank_ref <> ''
        and not exists (select from w_payment w where w.payment_id = o.payment_id and not w.taken)
    group by p.payment_id, p.business_date, p.direction, p.currency, p.amount, p.payee_name;
    select desk.work_take();
$$;
comment on function desk.rule_reference(desk.match_rule) is 'Rule kind REFERENCE.';
comment on function desk.rule_parts(desk.match_rule) is 'Rule kind PARTS.';
comment on function desk.rule_batch(desk.match_rule) is 'Rule kind BATCH.';
comment on function desk.rule_return(text, desk.match_rule) is 'Rule kind RETURN (rule B3.6).';
comment on function desk.rule_fields(desk.match_rule) is 'Rule kind FIELDS.';
comment on function desk.rule_difference(desk.match_rule) is 'Rule kind DIFFERENCE (rule B2).';
comment on function desk.rule_batch_difference(desk.match_rule) is 'SPLIT of a batch (rule B2).';
comment on function desk.rule_duplicate(text, desk.match_rule) is 'Rule kind DUPLICATE (rule B2).';
