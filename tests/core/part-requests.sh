# Signed requests in the core's database: what each kind posts, what is refused, what happens once.
# Files of tests/core/sql are transactions that are undone; what two sessions do comes after them.
for file in requests requests-kinds requests-rest; do
    super -At -o /dev/null -c begin -f tests/core/sql/begin.sql \
        -f tests/core/sql/requests.begin.sql -f "tests/core/sql/$file.sql" \
        -c "\\o $work/$file" -c "select case when coalesce(got, '-') like coalesce(wanted, '-')
            then 'ok' else format('not ok: %s: got %s, wanted %s', name, got, wanted) end
            from t.result order by n" -c rollback > "$work/$file.log" 2>&1 ||
        { not_ok "$file runs"; sed 's/^/    /' "$work/$file.log"; }
    [ -f "$work/$file" ] || continue
    good=$((good + $(grep -c '^ok$' "$work/$file")))
    bad=$((bad + $(grep -c '^not ok' "$work/$file")))
    grep '^not ok' "$work/$file"
done

# Two sessions, two documents, one payout (two refunds of more than was paid; two reversals with
# keys of their own): the second finds the payout where the first left it.
super -At -o /dev/null -f tests/core/sql/begin.sql -f tests/core/sql/requests.begin.sql -f - <<'END'
select t.sent('D-1', 1000, 'FAILED'), t.sent('D-2', 1000, 'FAILED'), t.sent('D-3', 900, 'FAILED');
select t.propose('one', 'CREDIT_BACK', t.item('X-1', 'D-1'));
select t.propose('two', 'CREDIT_BACK', t.item('X-2', 'D-1'));
select t.propose('back', 'CREDIT_BACK', t.item('X-3', 'D-2'));
select t.propose('again', 'REPAY', t.item('X-4', 'D-2'));
select t.propose('same', 'CREDIT_BACK', t.item('X-5', 'D-3'));
END
# at_once NAME...: the first document's transaction stays open until the others, each on a
# connection of its own, wait for it; what each was answered
at_once() {
    first=$1
    shift
    pids=''
    {
        echo "begin; select t.execute('$first');"
        echo "do \$\$ begin while (select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock') < $#
            loop perform pg_stat_clear_snapshot(); end loop; end \$\$; commit;"
    } > "$work/first.sql"
    super -At -q -f "$work/first.sql" > "$work/answers.first" 2>&1 &
    pids="$pids $!"
    within 20 grep -q . "$work/answers.first"
    n=0
    for name in "$@"; do
        n=$((n + 1))
        super -At -c "select t.execute('$name')" > "$work/answers.$n" 2>&1 &
        pids="$pids $!"
    done
    wait $pids || true
    cat "$work/answers.first" $(seq -f "$work/answers.%g" 1 $n) | grep . | tr '\n' ' '
}
same 'two documents, one payout' "$(at_once one two)" '201 false DB412 stale '
same 'credited once' "$(super -At -c "select count(*), sum(amount) from core.posting
    where account = '2240' and sub = t.no('D-1') and amount > 0")" '1|1000'
same 'credited back or paid again' "$(at_once back again)" '201 false DB412 stale '
same 'one document from three' "$(at_once same same same)" '201 false 200 true 200 true '
same 'the balance is what was posted' "$(super -At -c "select k.balance
    + paycore.account_balance(k.account, k.sub, k.currency) from paycore.balance k
    where k.sub = 'C1'")" 0
same 'every invariant holds' "$(super -At -c 'select t.faults()')" ''
sum
