# Public money bugs of close relatives: each is a test of ours, and the same test must fail on the
# naive variant of tests/orders/naive.sql. Two more are shown elsewhere: that ESC and \r in data do
# not reach a terminal (kubectl CVE-2021-25743) by tests/unit/test_text.c, that nothing hangs on a
# frozen connection (netdata #4988, pgcli #600) by tests/screen/flow_outage.t.
good=0
bad=0
super -At -o /dev/null -f tests/core/sql/begin.sql -f tests/core/sql/requests.begin.sql \
    -f tests/orders/naive.sql || { echo '0 passed, 1 failed' && exit; }

# value SQL: its only cell
value() {
    super -At -c "$1"
}

# together COUNT SQL...: the answers, and how many of each, on one line
together() {
    "$tools/together" "$PGHOST" "$PORT" "$database" "$@" | sort | uniq -c |
        awk '{ $1 = $1; print }' | paste -sd '|'
}

# holds SENTENCE GOT WANTED
holds() {
    if [ "$2" = "$3" ]; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        printf 'not ok: %s\n    got    %s\n    wanted %s\n' "$1" "$2" "$3"
    fi
}

# real_and_naive SENTENCE REAL NAIVE WANTED FAULTY: the naive variant does not hold what is wanted,
# and by its bug, not by another fault
real_and_naive() {
    holds "$1" "$2" "$4"
    holds "naive: $1" "$3" "$5"
    [ "$4" != "$5" ] || holds "naive: $1 is noticed" no yes
}

holds 'ESC and CR have their test' "$(grep -c 'cmocka_unit_test.*never_reach_the_terminal' \
    tests/unit/test_text.c)" 1
holds 'frozen connections have theirs' "$(grep -c 'desk freeze' tests/screen/flow_outage.t)" 1

name='two credits of one customer are both in the balance (Blnk #238)'
before=$(value "select balance from paycore.balance where sub = 'C1'")
value "insert into naive.account values ('C1', $before)" > /dev/null
real=$(together 2 "select status || ' ' || replayed from paycore.fund_in('app', 'two-:n',
    sha256(':n'), 'C1', 'ICBC', 100, 'CNY', 'TWO-:n', t.at())")
holds 'both are booked' "$real" '2 201 false'
together 2 "select naive.fund('C1', 100)" > /dev/null
real_and_naive "$name" "$(value "select balance from paycore.balance where sub = 'C1'")" \
    "$(value "select balance from naive.account where sub = 'C1'")" \
    $((before + 200)) $((before + 100))

name='a version is read where it is locked (Blnk #239)'
value "select t.create('V-1')" > /dev/null
value "insert into naive.payout values (1, 'CREATED', 1)" > /dev/null
real_and_naive "$name" \
    "$(together 2 "select t.act('approve', 'V-1', 1, 'version-:n')")" \
    "$(together 2 'select naive.approve(1, 1)')" \
    '1 200 APPROVED f|1 DB412 version-stale' '2 200 APPROVED f'

name='no more is refunded than was taken (Hyperswitch #13182)'
super -At -o /dev/null -c "select t.sent('R-1', 1000, 'FAILED')" \
    -c "select t.propose('r0', 'CREDIT_BACK', t.item('X-1', 'R-1')),
        t.propose('r1', 'CREDIT_BACK', t.item('X-2', 'R-1'))"
real_and_naive "$name" "$(together 2 "select t.execute('r:n')")" \
    "$(together 2 "select naive.refund('R-1', 1000, 600)")" \
    '1 201 false|1 DB412 stale' '2 201 false'
real_and_naive 'the sum' "$(value "select sum(g.amount) from core.posting g
    join core.journal j on j.journal_id = g.journal_id
    where j.payment_id = t.id('R-1') and j.event = 'CREDIT_BACK' and g.amount > 0")" \
    "$(value "select sum(amount) from naive.refund")" 1000 1200

name='fifty at once get fifty numbers (Formance #364)'
"$tools/together" "$PGHOST" "$PORT" "$database" 50 "select status from paycore.payout_create('app',
    'n-:n', sha256(':n'), 'N-:n', 'C1', 'ICBC', 'REALTIME', null, 10, 'CNY', 'P', '6', null,
    t.at())" > "$dir/fifty"
"$tools/together" "$PGHOST" "$PORT" "$database" 50 'select naive.number()' > "$dir/fifty-naive"
real_and_naive "$name" "$(grep -c '^201$' "$dir/fifty")" \
    "$(grep -c '^[0-9]*$' "$dir/fifty-naive")" 50 1
holds 'they differ' "$(value "select count(distinct payment_id) from core.payment_key
    where order_no like 'N-%'")" 50
holds 'requests as well' "$("$tools/together" "$PGHOST" "$PORT" "$database" 50 \
    'select paycore.request_new(t.at())' | sort -u | grep -c '^R')" 50

name='what is reversed is reversed once, whatever the key (open-bank #528, #579)'
super -At -o /dev/null -c "select t.do('s', 'SUSPEND', t.item('X-10', null, 10, -50))" \
    -c "select t.do('l', 'WRITE_OFF_LOSS', t.item('X-10'))" \
    -c "select t.propose('v' || n, 'REVERSE', jsonb_build_object('object', (select request
        from t.doc where name = 'l'))) from generate_series(0, 1) n"
real=$(together 2 "select t.execute('v:n')" | sed 's/DB... [a-z-]*$/refused/')
naive=$(together 2 "select naive.reverse('key-:n', 'l')" | sed 's/DB... [a-z-]*$/refused/')
real_and_naive "$name" "$real" "$naive" '1 201 false|1 refused' '2 201 false'
holds 'one counter-entry' \
    "$(value 'select count(*) from core.journal where reverses is not null')" 1

name='the same key with another body is refused and writes nothing (runvendo #1297)'
rows="select (select count(*) from core.payment) + (select count(*) from core.payment_key)
    + (select count(*) from core.payment_event) + (select count(*) from paycore.idempotency)"
value "select t.create('K-1', 'K-1')" > /dev/null
before=$(value "$rows")
holds 'it is refused' "$(value "select t.try(\$\$select t.create('K-2', 'K-1', 1000, 'C1', null,
    'two')\$\$)")" 'DB409 key-reused'
holds 'the naive one refuses, too' "$(value "select naive.create('K-1', sha256('two'), 'K-2')")" \
    'DB409 key-reused'
real_and_naive "$name" "$(($(value "$rows") - before))" \
    "$(value 'select count(*) from naive.sale')" 0 1

name='what is refused for want of money leaves no row (Blnk #240)'
rows="select (select count(*) from core.journal where payment_id = t.id('Z-1'))
    + (select count(*) from core.payment_event
       where payment_id = t.id('Z-1') and state = 'SUBMITTED')
    + (select count(*) from paycore.work where payment_id = t.id('Z-1'))"
value "select t.create('Z-1', null, 90000000); select t.act('approve', 'Z-1', 1)" > /dev/null
answer=$(value "select t.act('submit', 'Z-1', 2)" 2>&1)
holds 'it is refused' "$(echo "$answer" | sed -n 's/^ERROR: *//p')" insufficient-funds
answer=$(value "call naive.submit('C1', 90000000)" 2>&1)
holds 'the naive one refuses, too' "$(echo "$answer" | sed -n 's/^ERROR: *//p')" \
    insufficient-funds
real_and_naive "$name" "$(value "$rows")" "$(value 'select count(*) from naive.submitted')" 0 1

# outbox WRITE-1 WRITE-2 READ: the first is written before the second and commits after it, and
# between the two it is read; how many were read in the end
outbox() {
    rm -f "$dir/first"
    mkfifo "$dir/first"
    super -At -o /dev/null < "$dir/first" &
    first=$!
    exec 3> "$dir/first"
    echo "begin; set application_name = 'first'; $1;" >&3
    until [ "$(value "select count(*) from pg_stat_activity where application_name = 'first'
        and state = 'idle in transaction' and backend_xid is not null")" = 1 ]; do
        kill -0 $first || return
    done
    value "$2" > /dev/null
    early=$(value "$3")
    echo 'commit;' >&3
    exec 3>&-
    wait $first
    echo "$early then $(value "$3")"
}

name='nothing that commits late is skipped (outboxes read by number)'
value 'select sealed from desk.audit_seal()' > /dev/null
value "select count(*) from paycore.sends_take('w', t.at(), 1000, 15)" > /dev/null
naive=$(outbox 'insert into naive.outbox default values' \
    'insert into naive.outbox default values' 'select naive.poll()')
submit() { # ORDER CUSTOMER
    echo "select t.create('$1', null, 100, '$2'); select t.act('approve', '$1', 1);
        select t.act('submit', '$1', 2)"
}
real_and_naive "$name: payouts to send" "$(outbox "$(submit Q-1 M1)" "$(submit Q-2 C1)" \
    "select count(*) from paycore.sends_take('w', t.at(), 1000, 15)")" "$naive" \
    '1 then 1' '1 then 0'
entry="insert into desk.audit_entry (action, object, detail) values ('note', 'X', '')"
value 'select sealed from desk.audit_seal()' > /dev/null
real_and_naive "$name: the audit" "$(outbox "$entry" "$entry" \
    'select sealed from desk.audit_seal()')" "$naive" '1 then 1' '1 then 0'

holds 'every invariant holds' "$(value 'select t.faults()')" ''
echo "$good passed, $bad failed"
