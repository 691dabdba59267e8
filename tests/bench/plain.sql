-- What COPY and the single statement work on: logged tables without any index. The columns are
-- those that the statement file and the feed give.
create schema bench;
create table bench.line (
    line_no bigint,
    account text,
    value_date date,
    booking_date date,
    amount bigint,
    currency text,
    status text,
    ref text,
    bank_ref text,
    type text,
    party_name text,
    party_account text,
    text text
);
create table bench.payment (
    payment_id bigint,
    direction text,
    channel_id text,
    order_no text,
    mode text,
    amount bigint,
    currency text,
    payee_name text,
    payee_account text,
    state text,
    bank_ref text,
    business_date date,
    sent_at timestamptz
);
grant usage, create on schema bench to clerk1;
grant select, insert on bench.line, bench.payment to clerk1;
