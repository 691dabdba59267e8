-- What others had, each as one writes it who has not met its bug: beside the real thing, so that
-- the test of the real thing can show that it would notice.
create schema naive;
-- Blnk #238, #239: what is read is not locked.
create table naive.account (sub text primary key, balance bigint not null);
create function naive.fund(p_sub text, p_amount bigint) returns text language plpgsql as $$
declare
    before constant bigint := (select balance from naive.account where sub = p_sub);
begin
    update naive.account set balance = before + p_amount where sub = p_sub;
    return '201 false';
end
$$;
create table naive.payout (id bigint primary key, state text not null, version integer not null);
create function naive.approve(p_id bigint, p_version integer) returns text language plpgsql as $$
begin
    if (select version from naive.payout where id = p_id) <> p_version then
        raise exception using errcode = 'DB412', message = 'version-stale';
    end if;
    update naive.payout set state = 'APPROVED', version = p_version + 1 where id = p_id;
    return '200 APPROVED f';
end
$$;
-- Hyperswitch #13182: the sum is asked, then the row is written.
create table naive.refund (id bigint generated always as identity, payout text, amount bigint);
create function naive.refund(p_payout text, p_captured bigint, p_amount bigint) returns text
language plpgsql as $$
begin
    if (select coalesce(sum(amount), 0) + p_amount from naive.refund where payout = p_payout)
        > p_captured then
        raise exception using errcode = 'DB409', message = 'more-than-captured';
    end if;
    insert into naive.refund (payout, amount) values (p_payout, p_amount);
    return '201 false';
end
$$;
-- Formance #364: the next id is one more than the last.
create table naive.transaction (id bigint primary key);
create function naive.number() returns text language sql as $$
    insert into naive.transaction select coalesce(max(id), 0) + 1 from naive.transaction
    returning id::text
$$;
-- open-bank #528, #579: a key keeps the same call from coming twice, and nothing else does.
create table naive.reversal (key text primary key, original text not null);
create function naive.reverse(p_key text, p_original text) returns text language plpgsql as $$
begin
    if exists (select from naive.reversal where original = p_original) then
        raise exception using errcode = 'DB409', message = 'reversed-already';
    end if;
    insert into naive.reversal values (p_key, p_original);
    return '201 false';
end
$$;
-- runvendo #1297: the key is looked at after the write.
create table naive.sale (order_no text);
create table naive.key (key text primary key, sha bytea);
insert into naive.key values ('K-1', sha256('one'));
create function naive.create(p_key text, p_sha bytea, p_order text) returns text
language plpgsql as $$
begin
    insert into naive.sale values (p_order);
    if (select sha from naive.key where key = p_key) <> p_sha then
        return 'DB409 key-reused';
    end if;
    return '201';
end
$$;
-- Blnk #240: the row is there for good before the balance is asked.
create table naive.submitted (sub text, amount bigint);
create procedure naive.submit(p_sub text, p_amount bigint) language plpgsql as $$
begin
    insert into naive.submitted values (p_sub, p_amount);
    commit;
    if (select balance from naive.account where sub = p_sub) < p_amount then
        raise exception using errcode = 'DB409', message = 'insufficient-funds';
    end if;
    update naive.account set balance = balance - p_amount where sub = p_sub;
end
$$;
-- Outboxes that are read from the last number on.
create table naive.outbox (id bigint generated always as identity primary key);
create table naive.cursor (last bigint not null);
insert into naive.cursor values (0);
create function naive.poll() returns bigint language sql as $$
    with new as (select id from naive.outbox, naive.cursor where id > last),
    moved as (update naive.cursor set last = greatest(last, (select max(id) from new)))
    select count(*) from new
$$;
