# Banks of the town for the parts of tests/core that need them. Sourced after lib.sh.
#
# The clock of cores and banks is moved by the file $work/clock: milliseconds from now.

# banks_prepare: the client, the customer and functions that make payouts, in the part's database
banks_prepare() {
    echo 0 > "$work/clock"
    ahead_s=0
    super -q -o /dev/null <<'END'
create schema test;
create sequence test.number;
select paycore.client_put('maker', '{payouts,admin,operator}', now());
select paycore.customer_create('maker', 'c', sha256('c'), 'C1', '林晓红', 'CUSTOMER', 'CNY', now());
create function test.id(p_no text) returns bigint language sql as $$
    select substr(p_no, 2, 8)::bigint * 1000000000 + substr(p_no, 10)::bigint
$$;
create function test.fund() returns void language sql as $$
    select paycore.fund_in('maker', 'f', sha256('f'), 'C1', 'ICBC', 100000000000, 'CNY', 'IN',
        now())
$$;
-- Makes payouts and submits them; their numbers.
create function test.pay(p_channel text, p_count integer, p_now timestamptz) returns setof text
language plpgsql as $$
declare
    n text;
    id bigint;
begin
    for i in 1 .. p_count loop
        n := nextval('test.number')::text;
        select test.id(r.body::json ->> 'id') into id from paycore.payout_create('maker',
            'c' || n, sha256(n::bytea), 'ORDER' || n, 'C1', p_channel, 'REALTIME', null,
            100 + n::bigint, 'CNY', '收款人' || n, '6222' || n, null, p_now) r;
        perform paycore.payout_approve('maker', 'a' || n, sha256(n::bytea), id, 1, p_now);
        perform paycore.payout_submit('maker', 's' || n, sha256(n::bytea), id, 2, p_now);
        return next core.payment_no(id);
    end loop;
end
$$;
END
}

# moved_now: the moved time, in SQL
moved_now() { echo "now() + interval '$ahead_s seconds'"; }

# pay CHANNEL COUNT: makes payouts and submits them; prints their numbers
pay() { super -At -c "select test.pay('$1', $2, $(moved_now))"; }

# bank_start CHANNEL [bank options]: $bank_pid; its truth is $work/CHANNEL/truth.tsv. The port is
# any free one the first time, then the same again.
bank_start() {
    bank_channel=$1
    shift
    bank_port=$(cat "$work/$bank_channel/port" 2> /dev/null || echo 0)
    rm -f "$work/$bank_channel/port" # it says anew that it listens
    "$build/town" bank serve --channel "$bank_channel" --state "$work/$bank_channel" \
        --port "$bank_port" --clock "$work/clock" --answer 10 "$@" 2> "$work/bank.log" &
    bank_pid=$!
    within 10 test -s "$work/$bank_channel/port"
    bank_port=$(cat "$work/$bank_channel/port")
}

# channel CHANNEL JSON: its settings, with the address of the bank
channel() {
    super -q -o /dev/null -c "select paycore.channel_set('$1', '{\"url\":
        \"http://127.0.0.1:$(cat "$work/$1/port")\", \"currency\": \"CNY\",
        \"accounts\": []}'::jsonb || '$2', now())"
}

# move SECONDS: cores and banks are that much further on
move() {
    ahead_s=$((ahead_s + $1))
    echo "${ahead_s}000" > "$work/clock.new"
    mv "$work/clock.new" "$work/clock"
}

# of PAYOUT COLUMNS
of() {
    [ -z "$1" ] || super -At -c "select $2 from core.payment where payment_id = test.id('$1')"
}
is() { [ "$(of "$1" "$2")" = "$3" ]; }

# reaches SENTENCE PAYOUT COLUMNS WANTED
reaches() {
    within 15 is "$2" "$3" "$4" && ok "$1" && return
    same "$1" "$(of "$2" "$3")" "$4"
}

# told PAYOUT EVENT CHANNEL: how often the bank's truth says so
told() {
    awk -F '\t' -v no="$1" -v what="$2" '$3 == no && $2 == what' "$work/$3/truth.tsv" | grep -c .
}

# truth_agrees CHANNEL...: prints what is wrong between the banks' truth and core.payment; rule B17
truth_agrees() {
    for one in "$@"; do
        awk -F '\t' -v OFS='\t' -v channel="$one" '{ print channel, $2, $3, $6 }' \
            "$work/$one/truth.tsv"
    done > "$work/truth"
    super -At <<END
create temporary table truth (channel text, what text, no text, amount bigint);
\\copy truth from '$work/truth'
create temporary table fact as
select p.payment_id, p.state, p.amount, p.channel_id, coalesce(t.requests, 0) as requests,
    coalesce(t.executions, 0) as executions
from core.payment p
left join (select no, count(*) filter (where what = 'REQUEST') as requests,
               count(*) filter (where what = 'EXECUTED') as executions
           from truth group by no) t on t.no = core.payment_no(p.payment_id)
where p.customer_id is not null;
select 'sent twice', payment_id, requests from fact where requests > 1
union all select 'paid twice', payment_id, executions from fact where executions > 1
union all select 'held for paid, never paid', payment_id, 0 from fact
    where state = 'PAID' and executions = 0
union all select 'paid, and failed', payment_id, executions from fact
    where state = 'FAILED' and executions > 0
union all select 'not balanced', journal_id, sum(amount) from core.posting
    group by journal_id having sum(amount) <> 0
union all select '2210 is not what is open', 0, a.sum from
    (select -coalesce(sum(amount), 0) as sum from core.posting where account = '2210') a,
    (select coalesce(sum(amount), 0) as sum from fact
     where state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PRESUMED_PAID', 'PAID')) b
    where a.sum <> b.sum
union all select 'sent without a customer''s money', payment_id, 0 from fact f where requests > 0
    and not exists (select from core.journal j where j.payment_id = f.payment_id
                    and j.event = 'E12')
union all select 'a broken chain of events', payment_id, paycore.chain_broken(payment_id)
    from fact where paycore.chain_broken(payment_id) is not null;
END
}
