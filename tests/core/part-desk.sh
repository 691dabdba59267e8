# What the desk and its operators ask of the core over REST: the ladder stopped and resumed, a
# question now, batches with their totals, and what matched on a statement, told in chunks.

packaging/certificates service "$CERTIFICATES" maker desk_client clerk9
super -c "select paycore.client_put(name, rights::text[], now()) from (values
    ('maker', '{payouts,admin}'), ('desk_client', '{desk}'), ('clerk9', '{operator}'))
    c (name, rights)" -o /dev/null
core_start core workers 0 || {
    not_ok 'the core starts'
    sum
    return 0
}

code() { echo "$status $(field code)"; }
# send CLIENT METHOD PATH KEY BODY [curl arguments]
send() {
    who=$1 method=$2 path=$3 key=$4 text=$5
    shift 5
    status=$(ask "$who" "$method" "$path" -H "Idempotency-Key: $key" \
        -H 'Content-Type: application/json' --data-binary "$text" "$@")
}
payout() {
    printf '{"order_no":"%s","customer":"C1","channel":"ICBC","amount":%s,' "$1" "$2"
    printf '"currency":"CNY","payee":{"name":"Li","account":"6222"}}'
}
item() {
    printf '{"order_no":"%s","customer":"C1","amount":%s,' "$1" "$2"
    printf '"payee":{"name":"Li","account":"6222"}}'
}
# pay ORDER AMOUNT: created, approved, submitted; $id
pay() {
    send maker POST /v1/payouts "create-$1" "$(payout "$1" "$2")"
    id=$(field id)
    send maker POST "/v1/payouts/$id:approve" "approve-$1" '{}' -H 'If-Match: "1"'
    send maker POST "/v1/payouts/$id:submit" "submit-$1" '{}' -H 'If-Match: "2"'
}

# --- set up by the owner's commands

owner() {
    PAYCORE_HOST=$PGHOST PAYCORE_USER=postgres "$build/paycore" --config "$work/core.conf" "$@" \
        2>> "$work/owner.log"
}
check 'channel put makes a channel' owner channel put ICBC currency=CNY \
    url=http://127.0.0.1:9 accounts=ACC-1 ladder_count=3 follow_up_s=60,600 idempotent=true
check 'channel put refuses a word' sh -c '! "$@"' sh env PAYCORE_HOST="$PGHOST" \
    PAYCORE_USER=postgres "$build/paycore" --config "$work/core.conf" channel put ICBC colour=red \
    2> /dev/null
owner channel put CCB currency=CNY url=http://127.0.0.1:9
same 'a new channel without its accounts is told so' "$(tail -n 1 "$work/owner.log")" \
    "*A channel's setting is not as it must be: bad-channel field=accounts*"
check 'one whose bank writes no statements says that' owner channel put CCB currency=CNY \
    url=http://127.0.0.1:9 accounts=
check 'client add enters a client' owner client add auditor9 read
same 'with its rights' "$(super -At -c "select rights from paycore.client
    where name = 'auditor9'")" '{read}'
check 'the core itself may not' sh -c '! "$@"' sh "$build/paycore" --config "$work/core.conf" \
    client add mallory admin 2> /dev/null
check 'check says that all is well' "$build/paycore" --config "$work/core.conf" check \
    2> /dev/null
same 'the channel over REST' "$(ask clerk9 GET /v1/channels/ICBC) $(field follow_up_s)" \
    '200 ?60,600?'
send maker POST /v1/customers customer-1 \
    '{"id":"C1","name":"One","kind":"CUSTOMER","currency":"CNY"}'
send maker POST /v1/customers/C1:fund-in fund-in-1 \
    '{"channel":"ICBC","amount":100000,"currency":"CNY","reference":"IN-1"}'
send maker POST /v1/own-funds own-00001 \
    '{"account":"ACC-1","amount":500,"currency":"CNY","reference":"IN-1"}'
same 'own funds' "$status $(field event)" '201 E0'

# --- the ladder, and a question now

pay O-1 100
first=$id
# As if the worker had sent it and the bank had kept silent.
super -o /dev/null -c "select paycore.payout_record(t.payment_id, t.epoch, t.version, 'UNKNOWN',
    'send', null, 'silence', '', null, '', null, null, null, null, now() + interval '1 minute',
    now()) from paycore.sends_take('test', now(), 9, 60) t"
status=$(ask clerk9 GET "/v1/payouts/$first")
same 'silence' "$(field state) $(field ladder.asked)" 'UNKNOWN 0'
tag=$(header ETag)
send maker POST "/v1/payouts/$first:stop-ladder" stop-0001 '' -H "If-Match: $tag"
same 'who pays may not stop the ladder' "$(code)" '403 not-allowed'
send clerk9 POST "/v1/payouts/$first:stop-ladder" stop-0002 '' -H "If-Match: $tag"
same 'the ladder is stopped' "$status $(field ladder.stopped)" '200 true'
tag=$(header ETag)
send clerk9 POST "/v1/payouts/$first:resume-ladder" resume-01 '' -H "If-Match: $tag"
same 'and resumed' "$status $(field ladder.stopped)" '200 false'
send clerk9 POST "/v1/payouts/$first:ask" ask-00001 ''
same 'asked now' "$status" '20[02]'
send clerk9 POST "/v1/payouts/$first:ask" ask-00001 ''
same 'under the same key: replayed' "$(header Idempotency-Replayed)" true
send clerk9 POST "/v1/payouts/$first:ask" ask-00002 ''
same 'asked again at once' "$(code)" '429 too-soon'
check 'says when' test -n "$(header Retry-After)"
send maker POST "/v1/payouts/$first:submit" again-001 '' -H "If-Match: $(header ETag)\"99\""
send maker POST "/v1/payouts/$first:cancel" cancel-01 '' -H 'If-Match: "99"'
same 'a stale version' "$(code)" '412 version-stale'

# --- batches

send maker POST /v1/batches batch-001 "{\"batch_no\":\"B1\",\"channel\":\"ICBC\",\"count\":2,
    \"total\":301,\"currency\":\"CNY\",\"items\":[$(item BO-1 100),$(item BO-2 200)]}"
same 'totals that are not those of the items' "$(code)" '400 batch-totals'
send maker POST /v1/batches batch-002 "{\"batch_no\":\"B1\",\"channel\":\"ICBC\",\"count\":2,
    \"total\":300,\"currency\":\"CNY\",\"items\":[$(item BO-1 100),$(item BO-2 200)]}"
same 'a batch' "$status $(field state) $(field count)" '201 CREATED 2'
status=$(ask maker GET /v1/batches/B1)
same 'its items' "$status $(field items.0.mode) $(field items.1.amount)" '200 BATCH 200'
of_batch=$(field items.0.id)
send maker POST "/v1/payouts/$of_batch:approve" item-0001 '' -H 'If-Match: "1"'
same 'an item moves with its batch' "$(code)" '409 batch-item'
send maker POST /v1/batches/B1:submit batch-003 ''
same 'submitted as one' "$status $(field state) $(field items.1.state)" '200 SUBMITTED SUBMITTED'
send maker POST /v1/batches/B1:submit batch-003 ''
same 'replayed' "$(header Idempotency-Replayed)" true
status=$(ask maker GET /v1/batches/B9)
same 'no such batch' "$(code)" '404 batch-unknown'

# As many items as the contract has room for, each as long as they are, within a statement's usual
# time; what is checked of each journal, and written to the audit, is part of it.
awk 'BEGIN {
    printf "{\"batch_no\":\"B-2000\",\"channel\":\"ICBC\",\"count\":2000,\"total\":2001000,"
    printf "\"currency\":\"CNY\",\"items\":["
    for (n = 1; n <= 2000; n++) {
        printf "{\"order_no\":\"SALARY-2026-11-%05d\",\"customer\":\"C1\",", n
        printf "\"amount\":%d,\"payee\":{\"name\":\"林晓红\",", n
        printf "\"account\":\"62220202001122%05d\"}}%s", n, (n == 2000 ? "]}" : ",")
    }
}' > "$work/whole-batch"
send maker POST /v1/customers/C1:fund-in fund-in-2 \
    '{"channel":"ICBC","amount":2001000,"currency":"CNY","reference":"IN-2"}'
send maker POST /v1/batches batch-004 "@$work/whole-batch"
same 'a batch of two thousand' "$status $(field count) $(field items.1999.amount)" \
    '201 2000 2000'
send maker POST /v1/batches/B-2000:submit batch-005 ''
same 'submitted' "$status $(field items.1999.state)" '200 SUBMITTED'
same 'each with its posting and events' "$(super -At -c "select count(distinct j.payment_id),
    count(e.*), count(distinct e.payment_id) from core.journal j
    join core.payment_event e on e.payment_id = j.payment_id where j.batch_no = 'B-2000'")" \
    '2000|6000|2000'
same 'and every chain holds' "$(super -At -c "select count(*) from core.payment p
    where p.batch_no = 'B-2000' and paycore.chain_broken(p.payment_id) is not null")" 0
sed -i 's/SALARY-2026-11-01999/SALARY-2026-11-00001/; s/B-2000/B-2001/' "$work/whole-batch"
send maker POST /v1/batches batch-006 "@$work/whole-batch"
same 'an order that stands twice' "$(code)" '409 order-exists'
grep -o 'operation=batch-[a-z]* .* us=[0-9]*' "$work/core.log" |
    sed 's/.*=\(batch-[a-z]*\) .*us=/\1 /' | sort -k2n | tail -n 2 | sed 's/^/    /; s/$/ us/'

# --- what matched

sha=$(printf 'a file' | sha256sum | cut -d' ' -f1)
# told CHUNK LINES
told() {
    printf '{"channel":"ICBC","chunk":%s,"chunks":%s,"lines":[%s]}' "$1" "$1" "$2"
}
# line NUMBER AMOUNT KIND PAYOUT
line() {
    printf '{"line":"%s","line_no":%s,"account":"ACC-1","value_date":"2026-11-20",' "20000$1" "$1"
    printf '"amount":%s,"currency":"CNY","kind":"%s","payouts":[%s]}' "$2" "$3" "$4"
}
send maker POST "/v1/statement-files/$sha/lines" told-0001 \
    "$(told 1 "$(line 1 -100 MATCH "\"$first\"")")"
same 'who pays may not tell' "$(code)" '403 not-allowed'
send desk_client POST "/v1/statement-files/$sha/lines" told-0002 \
    "$(told 1 "$(line 1 -100 MATCH "\"$first\""),$(line 2 -7 FEE '')")"
same 'a chunk is taken' "$status $(field posted) $(field refused)" '201 2 ??'
cp "$work/body" "$work/receipt"
status=$(ask clerk9 GET "/v1/payouts/$first")
same 'the payout is reconciled' "$(field state)" RECONCILED
status=$(ask clerk9 GET /v1/accounts/1010/ACC-1/CNY)
same 'the bank account moved' "$(field balance)" 393
send desk_client POST "/v1/statement-files/$sha/lines" told-0003 \
    "$(told 1 "$(line 1 -100 MATCH "\"$first\""),$(line 2 -7 FEE '')")"
check 'the same chunk, the same receipt' cmp -s "$work/body" "$work/receipt"
status=$(ask clerk9 GET /v1/accounts/1010/ACC-1/CNY)
same 'and moves nothing' "$(field balance)" 393
send desk_client POST "/v1/statement-files/$sha/lines" told-0004 \
    "$(told 1 "$(line 1 -101 MATCH "\"$first\"")")"
same 'other lines in the same chunk' "$(code)" '409 chunk-differs'
send desk_client POST "/v1/statement-files/$sha/lines" told-0005 \
    "$(told 2 "$(line 3 -5 MATCH '"P2026112099999"')")"
same 'a line nobody knows is told in the receipt' "$status $(field posted) \
$(field refused.0.code)" '201 0 payout-unknown'
send desk_client POST "/v1/statement-files/$sha/lines" told-0006 \
    "$(told 3 "$(line 4 -7 FEE '' | sed 's/ACC-1/ACC-2/')")"
same 'an account that is not the channel'"'"'s' "$status $(field refused.0.code)" \
    '201 account-differs'
status=$(ask desk_client GET "/v1/statement-files/$sha/receipt")
same 'the receipts of the file' "$status $(field chunks.1.chunk)" '200 2'
status=$(ask desk_client GET "/v1/statement-files/$(printf x | sha256sum | cut -d' ' -f1)/receipt")
same 'of a file that was never told' "$(code)" '404 file-unknown'
same 'the ledger is balanced' "$(super -At -c 'select count(*) from (select from core.posting
    group by journal_id, currency having sum(amount) <> 0) x')" 0
check 'it ends well' core_stop
sum
