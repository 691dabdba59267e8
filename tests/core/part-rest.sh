# Real paycore over real TLS, asked with curl: who comes in, what is refused and how, keys,
# versions, pages, slow clients, a database that goes away, and the end by SIGTERM.

packaging/certificates service "$CERTIFICATES" maker desk_client clerk9 reader nobody
packaging/certificates authority "$work/other"
packaging/certificates service "$work/other" maker
super -c "select paycore.client_put(name, rights::text[], now()) from (values
    ('maker', '{payouts,admin}'), ('desk_client', '{desk}'), ('clerk9', '{operator}'),
    ('reader', '{read}')) c (name, rights)" -o /dev/null
core_start core request_ms 1500 idle_ms 60000 statement_ms 2000 threads 4 workers 0 || {
    not_ok 'the core starts'
    sum
    return 0
}

# code: the status and code of the last problem
code() { echo "$status $(field code)"; }
# post PATH KEY BODY [curl arguments]: as maker
post() {
    path=$1 key=$2 text=$3
    shift 3
    status=$(ask maker POST "$path" -H "Idempotency-Key: $key" \
        -H 'Content-Type: application/json' --data-binary "$text" "$@")
}
# act ID WORD VERSION KEY: as maker
act() {
    status=$(ask maker POST "/v1/payouts/$1:$2" -H "Idempotency-Key: $4" -H "If-Match: \"$3\"")
}
get() { status=$(ask "${2:-maker}" GET "$1"); }
payout() {
    printf '{"order_no":"%s","customer":"C1","channel":"ICBC","amount":%s,' "$1" "$2"
    printf '"currency":"CNY","payee":{"name":"林晓红","account":"6222020200112233"}}'
}

# --- who comes in

refused() {
    sentence=$1
    shift
    got=$(curl -sS -m 10 --noproxy '*' -o /dev/null -w '%{http_code}' "$@" \
        "https://127.0.0.1:$port/health" 2> /dev/null)
    same "$sentence" "$got" 000
}
root=$ROOT_CERTIFICATE
get /health
same 'a client with a certificate comes in' "$status" 200
same 'health tells how far behind the core is' "$(field status) $(field oldest_due_s)" 'ok 0'
refused 'no certificate' --cacert "$root"
refused 'a certificate of another authority' --cacert "$root" --cert "$work/other/maker.crt" \
    --key "$work/other/maker.key"
refused 'a certificate for servers' --cacert "$root" --cert "$CERTIFICATES/server.crt" \
    --key "$CERTIFICATES/server.key"
refused 'TLS 1.2' --tls-max 1.2 --cacert "$root" --cert "$CERTIFICATES/maker.crt" \
    --key "$CERTIFICATES/maker.key"
passphrase=$(sed -n 's/^clerk1 [^ ]* //p' "$SECRETS")
refused 'a signing key' --cacert "$root" --cert "$CERTIFICATES/clerk1.sign.crt" \
    --key "$CERTIFICATES/clerk1.sign.key" --pass "$passphrase"
same 'a login key of a person comes in' "$(curl -sS -m 10 --noproxy '*' -o /dev/null \
    -w '%{http_code}' --cacert "$root" --cert "$CERTIFICATES/clerk1.login.crt" \
    --key "$CERTIFICATES/clerk1.login.key" --pass "$passphrase" \
    "https://127.0.0.1:$port/health" 2> /dev/null)" 200
openssl req -new -key "$CERTIFICATES/maker.key" -subj '/CN=maker' -out "$work/request" 2> /dev/null
printf 'extendedKeyUsage = clientAuth\n' > "$work/usage"
cat > "$work/ca.cnf" <<END
[ca]
default_ca = d
[d]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = p
[p]
commonName = supplied
END
: > "$work/index"
openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/request" \
    -cert "$CERTIFICATES/root.crt" -keyfile "$CERTIFICATES/root.key" -startdate 20260101000000Z \
    -enddate 20260102000000Z -extfile "$work/usage" -out "$work/expired.crt" 2> "$work/ca.log" ||
    cat "$work/ca.log"
refused 'an expired certificate' --cacert "$root" --cert "$work/expired.crt" \
    --key "$CERTIFICATES/maker.key"
same 'no TLS at all' "$(curl -sS -m 10 --noproxy '*' -o /dev/null -w '%{http_code}' \
    "http://127.0.0.1:$port/health" 2> /dev/null)" 000

# --- paths, methods, rights

get /v1/nothing
same 'an unknown path' "$(code)" '404 path-unknown'
status=$(ask maker DELETE /v1/payouts)
same 'a wrong method' "$(code)" '405 wrong-method'
same 'what the path has' "$(header Allow)" 'POST, GET'
get /v1/openapi.yaml
same 'the contract is served' "$status" 200
check 'the contract is the file, byte for byte' cmp -s "$work/body" src/core/openapi.yaml
get /v1/payouts nobody
same 'a client that was never entered' "$(code)" '403 client-unknown'
status=$(ask reader POST /v1/payouts -H 'Idempotency-Key: reader-1' \
    -H 'Content-Type: application/json' -d "$(payout R-1 5)")
same 'a client without the right' "$(code)" '403 not-allowed'

# --- customers, channels, the way of a payout

status=$(ask maker PUT /v1/channels/ICBC -H 'Idempotency-Key: channel-1' -H 'If-Match: "0"' \
    -H 'Content-Type: application/json' -d '{"currency":"CNY","url":"http://127.0.0.1:9"}')
same 'without its accounts' "$(code) $(field detail)" '400 bad-channel field=accounts'
status=$(ask maker PUT /v1/channels/ICBC -H 'Idempotency-Key: channel-1' -H 'If-Match: "0"' \
    -H 'Content-Type: application/json' \
    -d '{"currency":"CNY","url":"http://127.0.0.1:9","accounts":[]}')
same 'a channel is made' "$status $(field version)" '201 1'
status=$(ask maker PUT /v1/channels/ICBC -H 'Idempotency-Key: channel-2' -H 'If-Match: "1"' \
    -H 'Content-Type: application/json' -d '{"ladder_count":3,"follow_up_s":[60,120]}')
same 'a channel is changed' "$status $(field ladder_count) $(field follow_up_s)" '200 3 ?60,120?'
status=$(ask maker PUT /v1/channels/ICBC -H 'Idempotency-Key: channel-3' -H 'If-Match: "2"' \
    -H 'Content-Type: application/json' -d '{"accounts":["62220201","62220202"]}')
same 'its accounts' "$status $(field accounts)" '200 ?"62220201","62220202"?'
status=$(ask maker PUT /v1/channels/CCB -H 'Idempotency-Key: channel-4' -H 'If-Match: "0"' \
    -H 'Content-Type: application/json' \
    -d '{"currency":"CNY","url":"http://127.0.0.1:9","accounts":["62220202"]}')
same 'one that is another channel'"'"'s' "$(code)" '409 account-taken'
post /v1/customers customer-1 '{"id":"C1","name":"One","kind":"CUSTOMER","currency":"CNY"}'
same 'a customer is made' "$status $(field balance)" '201 0'
post /v1/customers/C1:fund-in fund-in-1 \
    '{"channel":"ICBC","amount":100000,"currency":"CNY","reference":"IN-1"}'
same 'money comes in' "$status $(field event)" '201 E1'
cp "$work/body" "$work/first"
post /v1/customers/C1:fund-in fund-in-2 \
    '{"channel":"ICBC","amount":100000,"currency":"CNY","reference":"IN-1"}'
check 'the same reference under another key: the same answer' cmp -s "$work/body" "$work/first"
post /v1/customers/C1:fund-in fund-in-3 \
    '{"channel":"ICBC","amount":100001,"currency":"CNY","reference":"IN-1"}'
same 'with another amount it is refused' "$(code)" '409 reference-exists'
post /v1/customers/C1:fund-in fund-in-4 '{"channel":"ICBC","amount":1,"currency":"CNY"}'
same 'no reference' "$(code)" '400 member-missing'

post /v1/payouts create-1 "$(payout O-1 2500)"
id=$(field id)
same 'a payout is created' "$status $(field state) $(field amount)" '201 CREATED 2500'
same 'its version is its tag' "$(header ETag)" '"1"'
cp "$work/body" "$work/first"
post /v1/payouts create-1 "$(payout O-1 2500)"
same 'the same key and body: replayed' "$status $(header Idempotency-Replayed)" '201 true'
check 'the same answer, byte for byte' cmp -s "$work/body" "$work/first"
post /v1/payouts create-1 '{"currency":"CNY", "customer":"C1","order_no":"O-1",
    "payee":{"account":"6222020200112233","name":"林晓红"},"channel":"ICBC","amount":2500}'
same 'the same content in another order: replayed' "$status $(header Idempotency-Replayed)" \
    '201 true'
post /v1/payouts create-1 "$(payout O-1 2501)"
same 'the same key, another body' "$(code)" '409 key-reused'
post /v1/payouts create-2 "$(payout O-1 2500)"
same 'another key, the same order' "$(code)" '409 order-exists'
act "$id" approve 7 approve-0
same 'a stale version' "$(code)" '412 version-stale'
act "$id" approve 1 approve-1
same 'approved' "$status $(field state) $(header ETag)" '200 APPROVED "2"'
act "$id" approve 2 approve-2
same 'approved twice' "$(code)" '409 illegal-edge'
act "$id" submit 2 submit-1
same 'submitted' "$status $(field state)" '200 SUBMITTED'
act "$id" submit 2 submit-1
same 'submitted under the same key: replayed' "$status $(header Idempotency-Replayed)" '200 true'
act "$id" cancel 3 cancel-1
same 'never cancelled once submitted' "$(code)" '409 illegal-edge'
get "/v1/payouts/$id" reader
same 'a reader reads it' "$status $(field state) $(field payee.name)" '200 SUBMITTED 林晓红'
get "/v1/payouts/$id/events" reader
same 'its events' "$status $(field items.0.state) $(field items.2.state)" '200 CREATED SUBMITTED'
get /v1/customers/C1
same 'the money left the customer' "$(field balance)" 97500
get /v1/accounts/2210/ICBC.SENT/CNY
same 'it lies in clearing' "$(field balance)" -2500
post /v1/payouts create-3 "$(payout O-3 9999999)"
big=$(field id)
act "$big" approve 1 approve-3
act "$big" submit 2 submit-3
same 'more than there is' "$(code)" '409 insufficient-funds'
act "$big" cancel 2 cancel-3
same 'what was not sent is cancelled' "$status $(field state)" '200 CANCELLED'
post /v1/payouts create-4 "$(payout O-4 2500 | sed "s/^{/{\"repays\":\"$big\",/")"
same 'paying again needs a signed request' "$(code)" '403 request-needed'
get /v1/payouts/P2026112099999
same 'a payout that is not there' "$(code)" '404 payout-unknown'

# --- bodies

post /v1/payouts body-0001 '{"a":'
same 'no JSON' "$(code)" '400 json-malformed'
post /v1/payouts body-0002 '{"amount":1,"amount":2}'
same 'a key twice' "$(code)" '400 json-key-twice'
post /v1/payouts body-0003 "$(payout O-4 1.5)"
same 'a fraction' "$(code)" '400 json-number'
post /v1/payouts body-0004 '[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]'
same 'too deep' "$(code)" '400 json-too-deep'
printf '{"order_no":"\303"}' > "$work/latin"
post /v1/payouts body-0005 "@$work/latin"
same 'no UTF-8' "$(code)" '400 json-not-utf8'
post /v1/payouts body-0006 "$(payout O-4 5 | sed 's/^{/{"state":"PAID",/')"
same 'an unknown member' "$(code)" '400 member-unknown'
head -c 2200000 /dev/zero | tr '\0' ' ' > "$work/large"
post /v1/payouts body-0007 "@$work/large" -H 'Expect:'
same 'a large body that says so' "$(code)" '413 body-too-large'
post /v1/payouts body-0008 "@$work/large" -H 'Expect:' -H 'Transfer-Encoding: chunked'
same 'a large body in chunks' "$(code)" '413 body-too-large'
status=$(ask maker POST /v1/payouts -H 'Content-Type: application/json' -d "$(payout O-4 5)")
same 'no key' "$(code)" '400 key-needed'
status=$(ask maker POST "/v1/payouts/$id:submit" -H 'Idempotency-Key: submit-9')
same 'no version' "$(code)" '428 if-match-needed'
status=$(ask maker POST /v1/payouts -H 'Idempotency-Key: body-0009' -d 'a=b')
same 'a form' "$(code)" '415 content-type'
status=$(ask maker GET /health -H 'X-Request-Id: mine-1.2')
same 'a request id comes back' "$(header X-Request-Id)" mine-1.2
status=$(ask maker HEAD /health -I)
same 'a head without a body is sent at once' "$status" 405
status=$(ask maker GET /health -H 'X-Request-Id: bad id')
same 'a request id that is none' "$(code)" '400 request-id-malformed'
status=$(ask maker POST /v1/payouts -H 'Idempotency-Key: twice-01' -H 'Idempotency-Key: twice-02' \
    -H 'Content-Type: application/json' -d "$(payout O-4 5)")
same 'two keys' "$(code)" '400 header-twice'

# --- pages

for n in 1 2 3 4 5; do
    post /v1/payouts "page-000$n" "$(payout "PAGE-$n" "$n")"
done
: > "$work/seen"
cursor='' pages=0
while [ $pages -lt 9 ]; do
    get "/v1/payouts?channel=ICBC&state=CREATED&limit=2$cursor"
    for n in 0 1; do field "items.$n.order_no" >> "$work/seen"; done
    pages=$((pages + 1))
    next=$(field next)
    [ -n "$next" ] && [ "$next" != null ] || break
    cursor="&cursor=$next"
done
same 'five in pages of two, each once' "$(sort -u "$work/seen" | tr '\n' ' ')" \
    'PAGE-1 PAGE-2 PAGE-3 PAGE-4 PAGE-5 '
same 'and none twice' "$(grep -c . "$work/seen")" 5
get '/v1/payouts?cursor=rubbish'
same 'a cursor of no list' "$(code)" '400 bad-cursor'
get '/v1/payouts?colour=red'
same 'an unknown parameter' "$(code)" '400 query-unknown'

# --- slow clients

mkfifo "$work/hold"
# dribble TEXT: a connection that sends this and then nothing; ends when it is cut
dribble() {
    printf "$1" > "$work/begun"
    { cat "$work/begun" && cat "$work/hold"; } |
        timeout 20 openssl s_client -quiet -connect "127.0.0.1:$port" -CAfile "$root" \
            -cert "$CERTIFICATES/maker.crt" -key "$CERTIFICATES/maker.key" > "$work/dribbled" 2>&1
}
cuts=$(grep -c ' peer.timeout ' "$work/core.log")
dribble 'GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ' &
slow=$!
exec 9> "$work/hold"
check 'half a head: cut off' within 15 sh -c "
    [ \$(grep -c ' peer.timeout ' '$work/core.log') -gt $cuts ]"
exec 9>&-
wait $slow
cuts=$(grep -c ' peer.timeout ' "$work/core.log")
head -c 4000 "$work/large" > "$work/some"
status=$(ask maker POST /v1/payouts -H 'Idempotency-Key: slow-0001' -H 'Expect:' \
    -H 'Content-Type: application/json' --limit-rate 200 --data-binary "@$work/some")
same 'a body of a few bytes a second: cut off' \
    "$status $(($(grep -c ' peer.timeout ' "$work/core.log") - cuts))" '000 1'

# --- a database that goes away

super -o /dev/null -c "select count(pg_terminate_backend(pid)) from pg_stat_activity
    where usename = 'paycore' and datname = '$database'"
get "/v1/payouts/$id"
same 'connections that were ended are made anew' "$status" 200
post /v1/payouts lost-0001 "$(payout O-6 600)"
lost=$(field id)
act "$lost" approve 1 lost-0002

# hold_row: another session holds the customer's balance until fd 8 is closed
mkfifo "$work/session"
hold_row() {
    super -o /dev/null -f - < "$work/session" &
    holder=$!
    exec 8> "$work/session"
    echo "begin; select from paycore.balance where sub = 'C1' for update;" >&8
    within 10 sh -c "[ \"\$(packaging/cluster psql '$dir/cluster' -d '$database' -At -c \"
        select count(*) from pg_locks l join pg_stat_activity a using (pid)
        where a.state = 'idle in transaction' and a.usename = 'postgres'
            and l.locktype = 'relation' and l.relation = 'paycore.balance'::regclass\")\" -gt 0 ]"
}
release_row() {
    echo 'commit;' >&8
    exec 8>&-
    wait "$holder"
}
waiting() {
    [ "$(super -At -c "select count(*) from pg_stat_activity where usename = 'paycore'
        and datname = '$database' and wait_event_type = 'Lock'")" = 1 ]
}
# submit_behind ID VERSION KEY: in the background; its status in $work/late
submit_behind() {
    (
        work=$work/behind && mkdir -p "$work"
        act "$1" submit "$2" "$3"
        echo "$status $(field state)$(field code)" > "$work/../late"
    ) &
    behind=$!
    within 10 waiting
}

hold_row
submit_behind "$lost" 2 lost-0003
super -o /dev/null -c "select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'paycore' and datname = '$database' and wait_event_type = 'Lock'"
within 10 waiting
release_row
wait $behind
same 'a backend killed in mid-submit: asked again under its key' "$(cat "$work/late")" \
    '200 SUBMITTED'
same 'and done once' "$(super -At -c "select count(*) from core.journal
    where payment_id = (select payment_id from core.payment_key where order_no = 'O-6')")" 1

# A lock that stays: nothing is written, and that is said.
post /v1/payouts lock-0001 "$(payout O-7 700)"
locked=$(field id)
act "$locked" approve 1 lock-0002
hold_row
act "$locked" submit 2 lock-0003
same 'a lock that stays' "$(code)" '503 database-busy'
check 'says when to come back' test -n "$(header Retry-After)"
release_row
act "$locked" submit 2 lock-0003
same 'the same key later does it' "$status $(field state)" '200 SUBMITTED'

# A server process that answers nothing: the outcome is not known, and that is said.
post /v1/payouts stop-0001 "$(payout O-8 800)"
stopped=$(field id)
act "$stopped" approve 1 stop-0002
hold_row
submit_behind "$stopped" 2 stop-0003
frozen=$(super -At -c "select pid from pg_stat_activity where usename = 'paycore'
    and datname = '$database' and wait_event_type = 'Lock'")
kill -STOP "$frozen"
wait $behind
same 'a frozen backend' "$(cat "$work/late")" '504 outcome-unknown'
kill -CONT "$frozen"
release_row
act "$stopped" submit 2 stop-0003
same 'the same key tells, or does it' "$status $(field state)" '200 SUBMITTED'
same 'exactly once' "$(super -At -c "select count(*) from core.journal
    where payment_id = (select payment_id from core.payment_key where order_no = 'O-8')")" 1

# --- metrics and log

get /metrics
check 'requests are counted' grep -q \
    '^paycore_requests_total{operation="payout-create",status="201"} [1-9]' "$work/body"
check 'with their time' grep -q \
    '^paycore_request_seconds_bucket{operation="payout-create",le="+Inf"} [1-9]' "$work/body"
check 'the database is up' grep -q '^paycore_database_up 1$' "$work/body"
check 'payouts by state' grep -q '^paycore_payouts{state="SUBMITTED"} [1-9]' "$work/body"
check 'lines of the log are key=value' grep -q \
    ' info request id=[^ ]* actor=maker operation=payout-create status=201 code=- ' \
    "$work/core.log"
same 'no key of a client stands in the log' "$(grep -c 'PRIVATE' "$work/core.log")" 0

# --- the end

post /v1/payouts end-00001 "$(payout O-9 900)"
last=$(field id)
act "$last" approve 1 end-00002
hold_row
submit_behind "$last" 2 end-00003
kill "$core_pid"
check 'it says that it stops' within 10 grep -q ' core.stopping ' "$work/core.log"
same 'no new connection' "$(ask maker GET /health)" 000
release_row
wait $behind
same 'a running request is finished' "$(cat "$work/late")" '200 SUBMITTED'
wait "$core_pid"
same 'and the program ends well' $? 0
check 'all of it' grep -q ' core.stopped ' "$work/core.log"
sum
