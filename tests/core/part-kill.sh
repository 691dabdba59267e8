# Random SIGKILLs of core, bank and database backends under load: the bank's truth, the ledger, the
# payouts and, with the statements matched, the desk agree in the end; nothing was paid twice.
# KILLS=300 of them; KILL_SEED chooses.
. tests/core/banks.sh

kills=${KILLS:-300}
banks_prepare
start_bank() { bank_start ICBC --faults "$1" --late 20 --enforce yes; }
faults=slow=20,silent=60,lost=30,reset=60,reset-lost=30,processing=80,late=60,hidden=60
faults=$faults,accepted=100,refused=20,ask-silent=80,ask-reset=40
start_bank "$faults"
channel ICBC '{"answer_timeout_ms": 400, "ladder_base_s": 1, "ladder_count": 5,
    "follow_up_s": [60], "not_after_s": 60, "not_after_enforced": true, "not_found_final_s": 60,
    "idempotent": true}'
super -o /dev/null -c 'select test.fund()'
start_core() { # NAME
    core_start "$1" workers 2 worker "$1" clock "$work/clock" lease_ms 4000
}
start_core one && one_pid=$core_pid
start_core two && two_pid=$core_pid

# A seeded choice for each kill: what, and after how many more lines of the bank's truth.
awk -v n="$kills" -v seed="${KILL_SEED:-1}" 'BEGIN {
    srand(seed)
    for (i = 0; i < n; i++) {
        dice = int(rand() * 100)
        print dice < 35 ? "one" : dice < 70 ? "two" : dice < 90 ? "bank" : "backend", \
            int(rand() * 8)
    }
}' > "$work/plan"

lines() { wc -l < "$work/ICBC/truth.tsv"; }
grown() { [ "$(lines)" -ge "$1" ]; }
gone() { ! kill -0 "$1" 2> /dev/null; }
# A backend that ends so ends them all; the server comes back by itself.
kill_backend() {
    backend=$(super -At -c "select pid from pg_stat_activity where usename = 'paycore'
        and datname = current_database() order by random() limit 1" 2> /dev/null)
    [ -n "$backend" ] || return 0
    kill -9 "$backend"
    backends=$((backends + 1))
    within 20 super -o /dev/null -c 'select 1' 2> /dev/null
}
killed=0
backends=0
started_s=$(date +%s)
while read -r what more; do
    pay ICBC 3 > "$work/paid" 2> /dev/null
    within 1 grown $(($(lines) + more))
    move 2
    case $what in
    one)
        kill -9 "$one_pid"
        wait "$one_pid" 2> /dev/null
        start_core one && one_pid=$core_pid
        ;;
    two)
        kill -9 "$two_pid"
        wait "$two_pid" 2> /dev/null
        start_core two && two_pid=$core_pid
        ;;
    bank)
        kill -9 "$bank_pid"
        wait "$bank_pid" 2> /dev/null
        start_bank "$faults"
        ;;
    backend) kill_backend ;;
    esac
    killed=$((killed + 1))
done < "$work/plan"
same 'as many were killed as planned' "$killed" "$kills"
echo "    $killed kills, $backends of backends, in $(($(date +%s) - started_s)) s"

# --- peace: the bank answers well, time passes, every payout comes to its end
kill "$bank_pid"
wait "$bank_pid" 2> /dev/null
start_bank none
at_rest() {
    move 30
    [ "$(super -At -c "select count(*) from core.payment where customer_id is not null
        and state not in ('PAID', 'FAILED')")" = 0 ]
}
check 'every payout has come to its end' within 60 at_rest
same 'bank, ledger and core agree' "$(truth_agrees ICBC)" ''
super -At -F ' ' -c "select state, count(*) from core.payment where customer_id is not null
    group by 1 order by 1" | sed 's/^/    /'
same 'most were paid' "$(super -At -c "select count(*) filter (where state = 'PAID') * 2 > count(*)
    from core.payment where customer_id is not null")" t
same 'every line of the truth is whole' "$(awk -F '\t' 'NF != 20' "$work/ICBC/truth.tsv")" ''

# --- the desk: the bank's statements are taken in, read twice, matched and told; then what the desk
# says of each payout is what the bank did, and every booking has its match
start_core last
kill "$one_pid" "$two_pid"
wait "$one_pid" "$two_pid" 2> /dev/null
super -o /dev/null -c "select paycore.client_put('daybookd', '{desk}', now())"
channel ICBC '{"accounts": ["1001200300400500601"]}'
mkdir "$work/inbox" "$work/out"
awk -F '\t' '$2 == "EXECUTED" { print $1 }' "$work/ICBC/truth.tsv" |
    while read -r at; do booking_day "$at"; done | sort -u > "$work/days"
for day in $(cat "$work/days"); do
    "$build/town" bank statement --channel ICBC --state "$work/ICBC" --day "$day" \
        --out "$work/inbox" > "$work/statement"
done
service daybookd
service daybook_second
service daybookd
service daybookd
sed -n 's/^[^\t]*\t\(EXECUTED\)\t\([^\t]*\)\t.*/\2/p' "$work/ICBC/truth.tsv" > "$work/executed"
same 'bank, ledger and desk agree' "$(super -At <<END
create temporary table executed (no text);
\\copy executed from '$work/executed'
select 'the desk says ' || d.state || ', the bank paid', d.payment_id from executed e
join desk.payouts d on d.payment_no = e.no where d.state <> 'RECONCILED'
union all select 'the desk says ' || d.state || ', the bank did not pay', d.payment_id
from desk.payouts d where d.payment_no not in (select no from executed)
    and d.state not in ('FAILED')
union all select 'not matched with one line', p.payment_id from core.payment p
join executed e on e.no = core.payment_no(p.payment_id)
where (select count(*) from desk.match_now m where m.payment_id = p.payment_id) <> 1
union all select 'the line is of another amount', m.payment_id from desk.match_now m
join desk.line l on l.line_id = m.line_id and l.value_date = m.value_date
join core.payment p on p.payment_id = m.payment_id where l.amount <> - p.amount
union all select 'posted otherwise', j.payment_id from core.journal j
join core.posting s on s.journal_id = j.journal_id and s.account = '1010'
join desk.match_now m on m.payment_id = j.payment_id
join desk.line l on l.line_id = m.line_id and l.value_date = m.value_date
where j.event = 'E14' and s.amount <> l.amount
union all select 'exception ' || x.code || ' ' || x.reason, x.payment_id from desk.exception x
where x.open and x.code <> 'FILE_MISSING'
union all select 'an invariant fails', paycore.invariants_refresh($(moved_now))
    from (select) one where paycore.invariants_refresh($(moved_now)) <> 0;
END
)" ''
same 'every execution was seen' "$(super -At -c "select count(*) from core.journal
    where event = 'E14'")" "$(grep -c . "$work/executed")"
kill "$core_pid" "$bank_pid"
wait "$core_pid" "$bank_pid" 2> /dev/null
sum
