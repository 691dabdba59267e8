# The core and the desk in two databases (packaging/two-databases), logical replication in between.
# A cluster of its own: the others write no WAL for it.
rdir=$work/cluster
packaging/cluster start "$rdir" --authority "$CERTIFICATES" || exit 1
trap 'packaging/cluster destroy "$rdir"' EXIT
. "$rdir/env"
PATH=$PGBIN:$PATH
rsuper() {
    db=$1
    shift
    packaging/cluster psql "$rdir" -d "$db" -v ON_ERROR_STOP=1 -At "$@"
}
for one in pay settle; do
    rsuper postgres -c "create database $one"
    "$build/daybook" schema install --admin "host=$PGHOST port=$PORT user=postgres dbname=$one" \
        > "$work/$one.log" 2>&1 || { cat "$work/$one.log"; exit 1; }
done
pay="host=$PGHOST port=$PORT user=postgres dbname=pay"
settle="host=$PGHOST port=$PORT user=postgres dbname=settle"

# payout ORDER: from nothing to submitted
payout() {
    rsuper pay -o /dev/null <<END
select paycore.payout_create('app', 'c-$1', sha256('x'), '$1', 'C1', 'ICBC', 'REALTIME', null, 100,
    'CNY', 'P', '6', null, now());
select payment_id as id from core.payment_key where order_no = '$1' \gset
select paycore.payout_approve('app', 'a-$1', sha256('x'), :id, 1, now());
select paycore.payout_submit('app', 's-$1', sha256('x'), :id, 2, now());
END
}

# paid: takes all that is to be sent and has it paid
paid() {
    rsuper pay -o /dev/null -c "select paycore.payout_record(t.payment_id, t.epoch, t.version,
        'PAID', 'send', null, 'paid', '', null, '', null, null, now(), null, null, now())
        from paycore.sends_take('w', now(), 100, 15) t"
}

# arrived QUERY WANTED: the desk answers so
arrived() {
    [ "$(rsuper settle -c "$1")" = "$2" ]
}

same 'a server that writes too little is told so' \
    "$(packaging/two-databases publish "$pay" 2>&1)" '*wal_level is replica*'
rsuper postgres -c "alter system set wal_level = 'logical'"
packaging/cluster stop "$rdir"
packaging/cluster start "$rdir"
rsuper pay -o /dev/null <<'END'
select paycore.client_put('app', '{payouts,operator,admin,desk,read}', now());
select paycore.channel_set('ICBC', '{"currency":"CNY","url":"http://127.0.0.1:1/",
    "accounts":[]}', now());
select paycore.customer_create('app', 'c1', sha256('1'), 'C1', 'One', 'CUSTOMER', 'CNY', now());
select paycore.fund_in('app', 'f1', sha256('1'), 'C1', 'ICBC', 1000000, 'CNY', 'IN', now());
END
payout before
check 'the core publishes' packaging/two-databases publish "$pay"
check 'the desk subscribes' packaging/two-databases subscribe "$settle" "$pay"
check 'what was there comes' within 60 arrived \
    "select order_no || ' ' || state from core.payment" 'before SUBMITTED'
payout after
paid
check 'what happens comes' within 60 arrived \
    "select string_agg(order_no || ' ' || state, ', ' order by payment_id) from core.payment" \
    'before PAID, after PAID'
all="select concat_ws(' ', (select count(*) from core.payment_event),
    (select md5(string_agg(e::text, '' order by event_id)) from core.payment_event e),
    (select md5(string_agg(p::text, '' order by journal_id, posting_no)) from core.posting p),
    (select md5(string_agg(j::text, '' order by journal_id)) from core.journal j),
    (select md5(string_agg(c::text, '' order by channel_id)) from core.channel c),
    (select md5(string_agg(e::text, '' order by from_state, to_state)) from core.state_edge e),
    (select md5(string_agg(p::text, '' order by payment_id)) from core.payment p))"
check 'all of it is the same' within 60 arrived "$all" "$(rsuper pay -c "$all")"
same 'nothing of the core itself comes' \
    "$(rsuper settle -c 'select count(*) from paycore.customer')" 0

# A day that the desk has no partition for waits until it has one.
rsuper settle -o /dev/null <<'END'
select format('drop table core.%I', relname) from pg_class
where relname = to_char(current_date + 2, '"payment_"YYYYMMDD') \gexec
select format('drop sequence core.%I', relname) from pg_class
where relname = to_char(current_date + 2, '"payment_number_"YYYYMMDD') \gexec
END
rsuper pay -o /dev/null -c "select paycore.payout_create('app', 'late', sha256('x'), 'late', 'C1',
    'ICBC', 'REALTIME', null, 100, 'CNY', 'P', '6', null, (current_date + 2) + time '01:00')"
waits() {
    [ "$(rsuper settle -c 'select apply_error_count > 0 from pg_stat_subscription_stats')" = t ]
}
check 'a row without its day waits' within 60 waits
same 'and is not lost' "$(rsuper settle -c 'select count(*) from core.payment')" 2
check 'its day is made' packaging/two-databases days "$settle" 5
check 'then it comes' within 60 arrived "select count(*) from core.payment" 3
same 'the subscription is told' "$(packaging/two-databases status "$settle")" \
    'daybook_core [0-9]* * 0 tables to copy'
same 'the desk does not write what the core owns' "$(rsuper settle -c "update core.payment
    set state = 'CREATED' where order_no = 'before'" 2>&1)" '*illegal-edge*'
sum
