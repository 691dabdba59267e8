# The worker, real banks and the real database: the ladder, the fence, the truth. Time is moved.
. tests/core/banks.sh

banks_prepare
bank_start ICBC --faults none --enforce no
icbc_pid=$bank_pid
bank_start CCB --faults usual --late 300 --enforce no --seed 7
ccb_pid=$bank_pid
bank_start ABC --faults none --enforce no
abc_pid=$bank_pid
channel ICBC '{"answer_timeout_ms": 400}'
channel CCB '{"answer_timeout_ms": 400, "ladder_base_s": 1, "ladder_count": 4,
    "follow_up_s": [600, 3600]}'
channel ABC '{"answer_timeout_ms": 400, "ladder_base_s": 1, "ladder_count": 3}'
super -o /dev/null -c 'select test.fund()'
core_start first workers 1 worker first clock "$work/clock"
first_pid=$core_pid
bank() { "$build/town" bank "$1" "$2" --state "$work/$3" > "$work/said"; }

# --- paid at once
pay ICBC 20 > "$work/paid"
paid() { [ "$(super -At -c "select count(*) from core.payment where state = 'PAID'")" = 20 ]; }
check 'twenty payouts are paid' within 20 paid
same 'each was sent once' "$(grep -c REQUEST "$work/ICBC/truth.tsv")" 20
same 'money moved is a fact with a time' "$(super -At -c "select count(*) from core.payment
    where moved_at is not null and accepted_at is null and queries = 0")" 20

# --- held: the whole ladder, then the presumption, then the truth
bank hold next ICBC
held=$(pay ICBC 1)
reaches 'silence is unknown' "$held" 'state, queries' 'UNKNOWN|0'
for rung in 1 2 3 4 5 6 7; do
    move $((1 << rung))
    reaches "rung $rung" "$held" 'state, queries' "UNKNOWN|$rung"
done
move 256
reaches 'after eight it is presumed paid' "$held" 'state, queries' 'PRESUMED_PAID|8'
same 'the bank has the request' "$(told "$held" REQUEST ICBC) $(told "$held" EXECUTED ICBC)" '1 0'
same 'eight questions, each told' "$(super -At -c "select count(*), min(kind), max(rung),
    min(answer) from core.payment_query where payment_id = test.id('$held')")" '8|ladder|8|silence'
same 'it stands in the presumed account' "$(super -At -c "select sum(amount) from core.posting
    where account = '2210' and sub = 'ICBC.PRESUMED'")" "-$(of "$held" amount)"
move 3601
reaches 'an hour later it is asked again' "$held" 'state, queries' 'PRESUMED_PAID|9'
bank release "$held" ICBC
move 86400
reaches 'released it is paid' "$held" 'state, queries, moved_at is not null' 'PAID|10|t'

# --- a definite refusal ends the ladder
bank hold next ICBC
failed=$(pay ICBC 1)
reaches 'held again' "$failed" state UNKNOWN
bank fail "$failed" ICBC
move 2
reaches 'the bank says no' "$failed" 'state, reason_class, reason_code' \
    'FAILED|ACCOUNT_CLOSED|AC04'
same 'its money waits in 2240' "$(super -At -c "select sum(amount) from core.posting
    where account = '2240' and sub = '$failed'")" "-$(of "$failed" amount)"

# --- a stopped ladder asks nothing and is presumed all the same; "query now" asks
bank hold next ICBC
stopped=$(pay ICBC 1)
reaches 'held a third time' "$stopped" state UNKNOWN
super -o /dev/null -c "select paycore.payout_ladder('maker', 'stop', sha256('x'),
    test.id('$stopped'), $(of "$stopped" version), true, $(moved_now))"
move 400
super -o /dev/null -c "select paycore.payout_ask('maker', 'ask', sha256('x'),
    test.id('$stopped'), $(moved_now))"
asked() {
    [ "$(super -At -c "select kind, answer, actor from core.payment_query
        where payment_id = test.id('$stopped')")" = 'asked|silence|maker' ]
}
check 'only what a person asks is asked' within 10 asked
move 120
reaches 'the clock goes on' "$stopped" 'state, queries' 'PRESUMED_PAID|0'

# --- a batch is one message and one report; what that leaves open is asked for item by item
batch() { # NUMBER ITEMS
    super -o /dev/null -c "select paycore.batch_create('maker', 'bc$1', sha256('$1'), 'BATCH$1',
            'ABC', $2, 100 * $2, 'CNY', (select jsonb_agg(jsonb_build_object('order_no',
                'B$1-' || n, 'customer', 'C1', 'amount', 100, 'payee', jsonb_build_object('name',
                '批量' || n, 'account', '6222' || n))) from generate_series(1, $2) n), $(moved_now));
        select paycore.batch_submit('maker', 'bs$1', sha256('$1'), 'BATCH$1', $(moved_now))"
}
items() { # NUMBER: states and their counts
    super -At -c "select state, count(*) from core.payment where batch_no = 'BATCH$1'
        group by 1 order by 1" | tr '\n' ' '
}
items_are() { [ "$(items "$1")" = "$2" ]; }
batch 1 40
check 'a batch is paid' within 15 items_are 1 'PAID|40 '
same 'as one message' "$(grep -c MBATCH1 "$work/ABC/truth.tsv")" 80
bank hold next ABC
batch 2 5
check 'what the report leaves open is accepted' within 15 items_are 2 'ACCEPTED|1 PAID|4 '
bank release all ABC
move 20
check 'and asked for' within 15 items_are 2 'PAID|5 '
same 'each item was sent once' "$(truth_agrees ABC ICBC)" ''
kill "$abc_pid"
wait "$abc_pid" 2> /dev/null
batch 3 3
check 'a batch that was never sent fails' within 15 items_are 3 'FAILED|3 '
bank_start ABC --faults none --enforce no
abc_pid=$bank_pid

# --- nothing was sent: nothing can be paid
kill "$icbc_pid"
wait "$icbc_pid" 2> /dev/null
unsent=$(pay ICBC 1)
reaches 'no byte was sent' "$unsent" 'state, queries' 'FAILED|0'

# --- two cores; the sender is stopped on its way to the bank and continued after the presumption
core_start second workers 1 worker second clock "$work/clock"
second_pid=$core_pid
kill "$second_pid"
wait "$second_pid"
strace -qq -f -p "$first_pid" -e trace=connect -e signal=none \
    -e inject=connect:signal=SIGSTOP:when=1 -o "$work/strace" &
strace_pid=$!
attached() { grep -q "^TracerPid:.$strace_pid" "/proc/$first_pid/status"; }
check 'the sender is watched' within 10 attached
stalled=$(pay ABC 1)
halted() { grep -q '^State:.[tT]' "/proc/$first_pid/status"; }
check 'the sender is stopped in mid-send' within 10 halted
same 'its intent stands' "$(of "$stalled" 'state, epoch')" 'SUBMITTED|1'
core_start second workers 1 worker second clock "$work/clock"
second_pid=$core_pid
move 61 # the lease is over
reaches 'another core asks' "$stalled" 'state, queries > 0' 'PRESUMED_PAID|t'
kill -CONT "$first_pid"
kill "$strace_pid"
wait "$strace_pid" 2> /dev/null
kill -CONT "$first_pid"
fenced() {
    super -At -c "select cause from core.payment_event where kind = 'late'
        and payment_id = test.id('$stalled')" | grep -q 'not-sent fenced'
}
check 'continued, the first is fenced off' within 15 fenced
same 'and sends nothing' "$(grep -c "$stalled" "$work/ABC/truth.tsv")" 0
same 'the payout stays presumed' "$(of "$stalled" state)" PRESUMED_PAID

# --- odd answers by the hundred, two cores: what the core holds is what the bank did
pay CCB 150 > "$work/odd"
settled() {
    move 5
    [ "$(super -At -c "select count(*) from core.payment where channel_id = 'CCB'
        and state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN')")" = 0 ]
}
check 'every payout is settled or presumed' within 60 settled
same 'bank, ledger and core agree' "$(truth_agrees ICBC CCB ABC)" ''
same 'some were presumed' "$(super -At -c "select count(*) > 0 from core.payment
    where channel_id = 'CCB' and presumed_at is not null")" t
same 'both cores had their part' "$(super -At -c "select count(distinct actor) from
    core.payment_event where actor in ('first', 'second')")" 2

# --- while the database is away the log says so once, and once that it is back, with a count
before=$(grep -c . "$work/first.log")
packaging/cluster psql "$dir/cluster" -d postgres -q -c "alter database $database
    allow_connections false" -c "select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = '$database'" -o /dev/null
refusals() { grep -c 'not currently accepting connections' "$dir/cluster/pg/log"; }
turned_away=$(refusals)
many_turned_away() { [ "$(refusals)" -gt $((turned_away + 30)) ]; }
check 'it asks again and again' within 60 many_turned_away
packaging/cluster psql "$dir/cluster" -d postgres -q -c "alter database $database
    allow_connections true"
check 'it says when the database is back' within 20 grep -q ' database.back failed=[1-9]' \
    "$work/first.log"
same 'lost once, back once' "$(tail -n +$((before + 1)) "$work/first.log" |
    sed 's/.* \(database\.[a-z]*\) .*/\1/' | grep -o 'database\.[a-z]*\|worker.take' |
    tr '\n' ' ')" 'database.lost database.back '

# --- the end lets what was taken end
kill "$first_pid" "$second_pid"
wait "$first_pid"
same 'the first core ends well' $? 0
wait "$second_pid"
same 'the second core ends well' $? 0
kill "$ccb_pid" "$abc_pid"
wait "$ccb_pid" "$abc_pid" 2> /dev/null
sum
