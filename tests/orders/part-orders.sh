# All orders of overlapping sessions. The same orders must be faulty where what holds them is away:
# the lock on the request and the guards behind it.
most=${ORDERS:-0}
super -o /dev/null -f tests/orders/fixture.sql
"$tools/orders" "$PGHOST" "$PORT" "$database" "$most" > "$dir/orders.out" 2>&1
sed '$d' "$dir/orders.out"
sum=$(tail -n 1 "$dir/orders.out")
case $sum in
*' passed, '*' failed') ;;
*) echo "$sum" && sum='0 passed, 1 failed' ;;
esac
good=${sum%% passed*}
bad=${sum##*, }
bad=${bad%% failed}

# none SENTENCE SQL: it finds nothing
none() {
    found=$(super -At -c "$2" 2>&1)
    if [ -z "$found" ]; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        printf 'not ok: %s: %s\n' "$1" "$(echo "$found" | head -n 3)"
    fi
}
none 'every invariant of the ledger holds' "set client_min_messages = error;
    do \$do\$ begin perform paycore.invariants_refresh(orders.now()); end \$do\$;
    select name, detail from core.invariant where not holds"
none 'each step of a request is in the audit, and the other way round' "
    select request_id, action, count(*) from desk.request_event group by 1, 2
    except select object, substr(action, 9), count(*) from desk.audit_entry
        where action like 'request-%' group by 1, 2
    union all (select object, substr(action, 9), count(*) from desk.audit_entry
        where action like 'request-%' group by 1, 2
        except select request_id, action, count(*) from desk.request_event group by 1, 2)"
none 'each journal has its entry' 'select j.journal_id from core.journal j
    where not exists (select from paycore.audit_entry a where a.journal_id = j.journal_id)'

# naive SENTENCE SCENARIO SQL...: the scenario must be faulty after it
naive() {
    sentence=$1
    scenario=$2
    shift 2
    database=orders_naive
    packaging/cluster psql "$dir" -d postgres -q -c 'set client_min_messages = error' \
        -c 'drop database if exists orders_naive' \
        -c 'create database orders_naive template base strategy file_copy'
    super -o /dev/null -c 'set client_min_messages = error' \
        -c 'select desk.grant_database()' -f tests/orders/fixture.sql -c "$1"
    "$tools/orders" "$PGHOST" "$PORT" "$database" -1 "$scenario" > "$dir/naive.out" 2>&1
    if grep -q '^not ok: ' "$dir/naive.out"; then
        good=$((good + 1))
        echo "$sentence: $(sed -n 's/^not ok: [^:]*: //p' "$dir/naive.out" | head -n 1)"
    else
        bad=$((bad + 1))
        echo "not ok: $sentence was not noticed: $(tail -n 2 "$dir/naive.out" | tr '\n' ' ')"
    fi
}
# without FUNCTION TEXT [INSTEAD]: SQL that takes a text out of a function's source
without() {
    echo "do \$do\$ begin assert strpos(pg_get_functiondef('$1'::regprocedure), \$t\$$2\$t\$) > 0;
        execute replace(pg_get_functiondef('$1'::regprocedure), \$t\$$2\$t\$, \$t\$${3:-}\$t\$);
        end \$do\$;"
}
loose='alter table desk.request disable trigger request_edge;
    alter table desk.request disable trigger request_guard;'
naive 'a request that is read before it is locked' one-checker "$loose
    $(without 'desk.request_seen(text)' 'for update')
    $(without 'desk.approval_fits()' 'for update')"
naive 'a relay that does not wait for the votes' two-checkers "
    $(without 'desk.request_bundle(text)' "r.state <> 'APPROVED'" false)
    $(without 'orders.execute(jsonb)' 'cardinality(checkers) < c.tier' false)"
naive 'a withdrawal of what was approved' one-checker "$loose
    $(without 'desk.request_withdraw(text,text)' \
        "r.state not in ('PENDING', 'PARTLY_APPROVED')" false)"
echo "$good passed, $bad failed"
