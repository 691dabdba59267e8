# Many at once: what is taken is taken by one, what comes twice is done once, and how many commits a
# payout costs.
super -At -o /dev/null <<'END'
select paycore.client_put('app', '{payouts,operator,admin,desk,read}', now());
select paycore.channel_set('ICBC', '{"currency":"CNY","url":"http://127.0.0.1:1/",
    "accounts":["ACC"]}', now());
select paycore.customer_create('app', 'c1', sha256('1'), 'C1', 'One', 'CUSTOMER', 'CNY', now());
select paycore.fund_in('app', 'f1', sha256('1'), 'C1', 'ICBC', 1000000, 'CNY', 'IN', now());
create function make(n integer) returns void language sql as $$
select paycore.payout_create('app', 'c-' || n, sha256('x'), 'O-' || n, 'C1', 'ICBC', 'REALTIME',
    null, 100, 'CNY', 'P', '6', null, now());
select paycore.payout_approve('app', 'a-' || n, sha256('x'), payment_id, 1, now())
from core.payment_key where order_no = 'O-' || n;
select paycore.payout_submit('app', 's-' || n, sha256('x'), payment_id, 2, now())
from core.payment_key where order_no = 'O-' || n $$;
create table taken (worker integer, payment_id bigint, epoch integer);
END

# together N SQL: the same at once on N connections, :worker is its number; waits for all of them
together() {
    pids=''
    worker=0
    while [ $worker -lt "$1" ]; do
        super -At -o /dev/null -v "worker=$worker" -f "$2" > "$work/$(basename "$2").$worker" 2>&1 &
        pids="$pids $!"
        worker=$((worker + 1))
    done
    wait $pids || true
}

super -At -o /dev/null -c 'select count(make(n)) from generate_series(1, 400) n'
for n in 1 2 3 4 5 6 7 8; do
    echo 'insert into taken select :worker, payment_id, epoch
        from paycore.sends_take(:worker::text, now(), 20, 15);'
done > "$work/take.sql"
together 4 "$work/take.sql"
same 'each payout is taken, by one' \
    "$(super -At -c 'select count(*), count(distinct payment_id) from taken')" '400|400'
super -At -o /dev/null -c 'truncate taken' -c "update paycore.work set due_at = '-infinity'"
sed 's/sends_take/queries_take/' "$work/take.sql" > "$work/ask.sql"
together 4 "$work/ask.sql"
same 'each is asked about by one' \
    "$(super -At -c 'select count(*), count(distinct payment_id), max(epoch) from taken')" \
    '400|400|2'

# However many days there are, taking and showing touch the day that is meant, in the ninth call as
# in the first.
super -At -o /dev/null -c "select core.payment_partition(d::date)
    from generate_series(current_date - 90, current_date - 31, interval '1 day') d" \
    -c "update paycore.work set due_at = '-infinity'" \
    -c 'select count(make(n)) from generate_series(1001, 1012) n'
days_touched() { # CALL
    super -At <<END
\o /dev/null
select $1 from generate_series(1, 8);
begin;
select $1;
\o
select count(distinct l.relation) from pg_locks l join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and c.relname ~ '^payment_[0-9]{8}\$';
END
}
for call in "paycore.sends_take('w', now(), 1, 15)" "paycore.queries_take('w', now(), 1, 15)" \
    "paycore.payout_get('app', (select min(payment_id) from core.payment_key))"; do
    same "$call touches one day" "$(days_touched "$call")" 1
done
super -At -o /dev/null -c "update paycore.work set due_at = now() where due_at = '-infinity'"

# The same key from eight at once: one does it, all get the same answer.
cat > "$work/same.sql" <<'END'
select body from paycore.payout_create('app', 'same', sha256('x'), 'O-same', 'C1', 'ICBC',
    'REALTIME', null, 100, 'CNY', 'P', '6', null, now()) \gset
\o :answer
select :'body';
END
sed -i "s|:answer|$work/answer.:worker|" "$work/same.sql"
together 8 "$work/same.sql"
same 'one order, one answer' \
    "$(ls "$work"/answer.* | wc -l) $(sort -u "$work"/answer.* | grep -c .)" '8 1'
same 'made once' "$(super -At -c "select count(*) from core.payment where order_no = 'O-same'")" 1

# The same reference under eight keys at once: booked once. Whoever loses is told to ask again.
echo "select paycore.own_funds_in('app', 'ref-' || :worker, sha256('x'), 'ACC', 7, 'CNY', 'REF',
    now());" > "$work/reference.sql"
together 8 "$work/reference.sql"
same 'a reference is booked once' "$(super -At -c "select count(*), sum(amount) from core.posting
    where account = '1010'")" '1|7'
super -At -o /dev/null -v worker=9 -f "$work/reference.sql"
same 'also later' "$(super -At -c "select count(*) from core.journal where event = 'E0'")" 1

# Eight submit what one of them has money for.
super -At -o /dev/null <<'END'
select paycore.customer_create('app', 'c2', sha256('1'), 'C2', 'Two', 'CUSTOMER', 'CNY', now());
select paycore.fund_in('app', 'f2', sha256('1'), 'C2', 'ICBC', 250, 'CNY', 'IN', now());
select paycore.payout_create('app', 'z-' || n, sha256('x'), 'Z-' || n, 'C2', 'ICBC', 'REALTIME',
    null, 100, 'CNY', 'P', '6', null, now()) from generate_series(0, 7) n;
select paycore.payout_approve('app', 'za-' || order_no, sha256('x'), payment_id, 1, now())
from core.payment_key where order_no like 'Z-%';
END
echo "select paycore.payout_submit('app', 'zs-' || :worker, sha256('x'), payment_id, 2, now())
from core.payment_key where order_no = 'Z-' || :worker;" > "$work/submit.sql"
together 8 "$work/submit.sql"
same 'no more than there is' "$(super -At -c "select count(*) filter (where state = 'SUBMITTED'),
    count(*) filter (where state = 'APPROVED') from core.payment where order_no like 'Z-%'")" '2|6'
same 'fifty are left' "$(super -At -c "select balance from paycore.balance where sub = 'C2'")" 50

# Commits: an id of a transaction is given to each that writes.
before=$(super -At -c 'select pg_current_xact_id()')
super -At -o /dev/null <<'END'
select paycore.payout_create('app', 'n1', sha256('x'), 'N-1', 'C1', 'ICBC', 'REALTIME', null, 100,
    'CNY', 'P', '6', null, now());
select payment_id as id from core.payment_key where order_no = 'N-1' \gset
select paycore.payout_approve('app', 'n2', sha256('x'), :id, 1, now());
select paycore.payout_submit('app', 'n3', sha256('x'), :id, 2, now());
END
after=$(super -At -c 'select pg_current_xact_id()')
same 'three commits from created to submitted' $((after - before - 1)) 3
super -At -o /dev/null <<'END'
select count(*) from paycore.sends_take('w', now(), 100, 15);
select payment_id as id from core.payment_key where order_no = 'N-1' \gset
select paycore.payout_record(:id, 1, 4, 'PAID', 'send', null, 'paid', '', null, '', null, null,
    now(), null, null, now());
END
last=$(super -At -c 'select pg_current_xact_id()')
same 'the answer is one more, beside one of the worker for all it takes at once' \
    $((last - after - 1)) 2
same 'every invariant holds' "$(super -At -c 'select count(*) from
    paycore.invariant_faults(now())')" 0
sum
