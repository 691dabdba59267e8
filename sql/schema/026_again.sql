-- Paying again what failed or came back (rule B3.2). Only a signed request may: no client can call
-- this, and a client that names `repays` is refused.
grant create on schema paycore to def_core;
set local role def_core;

-- A new payout of the same customer, amount and currency, linked to the one that it pays again,
-- once for ever; channel and payee may be others. Gives its id; it is CREATED.
create function paycore.payout_again(p_old bigint, p_order_no text, p_channel text,
    p_payee_name text, p_payee_account text, p_request text, p_actor text, p_now timestamptz)
returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    o core.payment;
    p core.payment;
    c core.channel;
begin
    select * into o from core.payment d where d.payment_id = p_old and d.customer_id is not null
    for update;
    if not found then
        perform paycore.refuse('DB404', 'payout-unknown',
            'id=' || coalesce(core.payment_no(p_old), ''));
    elsif o.sent_at is null or o.state not in ('FAILED', 'NOT_PAID', 'RETURNED')
        and not (o.state = 'REPAID' and exists ( -- this request has just moved it there
            select from paycore.signed_move m where m.request_id = p_request
                and m.payment_id = p_old and m.to_state = 'REPAID')) then
        perform paycore.refuse('DB409', 'not-repayable',
            format('id=%s state=%s', core.payment_no(p_old), o.state));
    end if;
    select * into c from core.channel d where d.channel_id = p_channel;
    p := o;
    p.channel_id := p_channel;
    p.order_no := p_order_no;
    p.mode := 'REALTIME';
    p.batch_no := null;
    p.payee_name := p_payee_name;
    p.payee_account := p_payee_account;
    perform paycore.payout_check(p, c.currency, o.currency);
    p.business_date := (p_now at time zone c.utc_offset)::date
        + ((p_now at time zone c.utc_offset)::time >= c.cutoff)::integer;
    p.payment_id := paycore.payout_number(p.business_date);
    insert into paycore.repaid (payment_id, by_payment_id, request_id)
    values (p_old, p.payment_id, p_request)
    on conflict (payment_id) do nothing;
    if not found then
        perform paycore.refuse('DB409', 'repaid-already', 'id=' || core.payment_no(p_old));
    end if;
    insert into core.payment_key (order_no, payment_id) values (p_order_no, p.payment_id)
    on conflict (order_no) do nothing;
    if not found then
        perform paycore.refuse('DB409', 'order-exists', 'order_no=' || p_order_no);
    end if;
    insert into core.payment (payment_id, channel_id, order_no, amount, currency, payee_name,
        payee_account, state, bank_ref, business_date, customer_id, repays, created_at)
    values (p.payment_id, p_channel, p_order_no, o.amount, o.currency, p_payee_name,
        p_payee_account, 'CREATED', core.payment_no(p.payment_id), p.business_date, o.customer_id,
        p_old, p_now);
    perform paycore.event(p.payment_id, 'state', null, 'CREATED',
        format('again of %s by %s', core.payment_no(p_old), p_request), null, p_actor, p_now);
    return p.payment_id;
end
$$;
comment on function paycore.payout_again(bigint, text, text, text, text, text, text, timestamptz)
    is 'A payout that pays another again; signed requests alone call this (rule B3.2).';

reset role;
revoke create on schema paycore from def_core;
