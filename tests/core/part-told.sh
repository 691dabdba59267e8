# daybookd tells the core what matched: a statement is taken in, read a second time and matched;
# while the core is away nothing is lost, and afterwards the receipt is kept and the payouts stand
# reconciled.

packaging/certificates service "$CERTIFICATES" maker
super -o /dev/null -c "select paycore.client_put(name, rights::text[], now()) from (values
    ('maker', '{payouts,admin}'), ('daybookd', '{desk}')) c (name, rights)"
core_start core workers 0 || {
    not_ok 'the core starts'
    sum
    return 0
}
PAYCORE_HOST=$PGHOST PAYCORE_USER=postgres "$build/paycore" --config "$work/core.conf" \
    channel put CCB currency=CNY url=http://127.0.0.1:9 \
    accounts=33001616100050000001 2> "$work/owner.log"

# send PATH KEY BODY [curl arguments]
send() {
    path=$1 key=$2 text=$3
    shift 3
    status=$(ask maker POST "$path" -H "Idempotency-Key: $key" \
        -H 'Content-Type: application/json' --data-binary "$text" "$@")
}
# pay ORDER AMOUNT: sent and paid; $id
pay() {
    send /v1/payouts "create-$1" "{\"order_no\":\"$1\",\"customer\":\"C1\",\"channel\":\"CCB\",
        \"amount\":$2,\"currency\":\"CNY\",\"payee\":{\"name\":\"Li\",\"account\":\"6222\"}}"
    id=$(field id)
    send "/v1/payouts/$id:approve" "approve-$1" '{}' -H 'If-Match: "1"'
    send "/v1/payouts/$id:submit" "submit-$1" '{}' -H 'If-Match: "2"'
    super -o /dev/null -c "select paycore.payout_record(t.payment_id, t.epoch, t.version, 'PAID',
        'send', null, 'paid', '', null, '', null, null, now(), null, null, now())
        from paycore.sends_take('test', now(), 9, 60) t"
}
send /v1/customers customer-1 '{"id":"C1","name":"One","kind":"CUSTOMER","currency":"CNY"}'
send /v1/customers/C1:fund-in fund-in-1 \
    '{"channel":"CCB","amount":100000,"currency":"CNY","reference":"IN-1"}'
send /v1/own-funds own-funds-1 '{"account":"33001616100050000001","amount":100000,
    "currency":"CNY","reference":"IN-1"}'
pay O-1 10000
one=$id
pay O-2 2000
two=$id
same 'two payouts are paid' "$(super -At -c "select string_agg(state, ' ') from core.payment")" \
    'PAID PAID'

# --- the bank's statement of today, and daybookd
day=$(super -At -c "select to_char(business_date, 'YYMMDD') from core.payment limit 1")
mkdir "$work/inbox"
{
    printf ':20:T1\r\n:25:33001616100050000001\r\n:28C:1\r\n:60F:C%sCNY1000,00\r\n' "$day"
    printf ':61:%s%sD100,00NTRF%s\r\n:61:%s%sD20,00NTRF%s\r\n' "$day" "${day#??}" "$one" \
        "$day" "${day#??}" "$two"
    # Charges of the bank, one of them given back.
    printf ':61:%s%sD1,50NCHG\r\n:61:%s%sC0,40NCHG\r\n' "$day" "${day#??}" "$day" "${day#??}"
    printf ':62F:C%sCNY878,90\r\n' "$day"
} > "$work/inbox/ccb.sta"
receipts() {
    super -At -c 'select count(*), sum(c.lines), sum(r.refused) from desk.core_receipt r
        join desk.core_chunk c using (file_id, chunk_no)'
}
check 'daybookd takes it in' service daybookd
same 'read once it is told to nobody' "$(receipts)" '0||'
service daybook_second
check 'the core ends' core_stop
check 'daybookd goes on while the core is away' service daybookd
check 'and says so' grep -q 'core.refused\|core.unknown' "$work/daybookd.log"
same 'no receipt without an answer' "$(receipts)" '0||'
core_start again workers 0
check 'the core is back' service daybookd
same 'told once, nothing refused' "$(receipts)" '1|4|0'
same 'the payouts are reconciled' "$(super -At -c "select string_agg(state, ' ')
    from core.payment")" 'RECONCILED RECONCILED'
check 'daybookd again' service daybookd
same 'it is not told twice' "$(receipts)" '1|4|0'
same 'the receipt is the core'"'"'s' "$(super -At -c "select encode(r.receipt, 'escape') = s.body
    from desk.core_receipt r, paycore.statement_receipt s")" t
same 'charges are posted, and what came back of them' "$(super -At -c "select string_agg(p.amount
    || ' ' || p.account, ', ' order by j.journal_id, p.posting_no) from core.journal j
    join core.posting p using (journal_id) where j.event = 'E20'")" \
    '150 5010, -150 1010, 40 1010, -40 5010'
same 'nothing of the statement is left' "$(super -At -c "select count(*) from desk.exception
    where open and code <> 'FILE_MISSING'")" 0
same 'every invariant holds' "$(super -At -c 'select paycore.invariants_refresh(now())')" 0
same 'E14 stands for each' "$(super -At -c "select count(*) from core.journal
    where event = 'E14'")" 2
check 'it ends well' core_stop
sum
