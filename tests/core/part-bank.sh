# The town's banks by themselves: each fault shows as what it is, the truth survives any end, and
# the statement of the day after says the same as the truth.
. tests/core/banks.sh

# The banks' clock stands at a local noon: no cut-off is near.
now_s=$(date +%s)
echo $((((now_s / 86400 + 1) * 86400 + 4 * 3600 - now_s) * 1000)) > "$work/clock"

# bank CHANNEL [options]: a new bank without a past
bank() {
    rm -rf "$work/$1"
    bank_start "$@"
}
bank_end() {
    kill "$bank_pid"
    wait "$bank_pid" 2> /dev/null
}
# order REF [NOT_AFTER]: asks the bank to pay; prints curl's exit status and the answer
order() {
    curl -sS -m 1 --noproxy '*' -H 'Content-Type: application/json' --data-binary \
        "{\"ref\":\"$1\",\"epoch\":1,\"not_after\":\"${2:-2099-01-01T00:00:00Z}\",\"amount\":1250,
        \"currency\":\"CNY\",\"payee_name\":\"林晓红\",\"payee_account\":\"6222020200112233\"}" \
        "http://127.0.0.1:$bank_port/pay" 2> /dev/null
    echo " $?"
}
question() {
    curl -sS -m 1 --noproxy '*' "http://127.0.0.1:$bank_port/pay/$1" 2> /dev/null
    echo " $?"
}
say() { "$build/town" bank "$1" "$2" --state "$work/$bank_channel"; }

bank ICBC --faults none
same 'an order is paid' "$(order R1)" '*"ref":"R1","result":"paid"*"bank_ref":"BI*} 0'
same 'and known' "$(question R1)" '*"result":"paid"* 0'
same 'another is not' "$(question R2)" '*"ref":"R2","result":"not-found"* 0'
same 'the same reference is paid once' "$(order R1)$(told R1 EXECUTED ICBC)" '*"paid"* 01'
same 'nothing is executed after not-after' "$(order R3 2020-01-01T00:00:00Z)" \
    '*"refused","code":"EXPIRED"* 0'
same 'a hold is silent' "$(say hold R4)$(order R4)$(question R4)" 'R4 *held*28 28'
same 'and released' "$(say release R4) $(question R4)" 'R4 is paid*"paid"* 0'
same 'an order may fail by command' "$(say fail R5) $(order R5)" '*"refused","code":"AC04"* 0'
same 'what is no order is refused' "$(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' \
    -d '{"ref":"../x","amount":1}' "http://127.0.0.1:$bank_port/pay")" 400
kill -9 "$bank_pid"
wait "$bank_pid" 2> /dev/null
bank_start ICBC --faults none
same 'after any end it knows what it knew' "$(question R4)$(question R5)$(question R3)" \
    '*"paid"*"AC04"*"EXPIRED"* 0'
bank_end

# fault NAME RESULT [FOLLOWING]: with nothing but that fault
fault() {
    bank ABC --faults "$1=1000" --late 2
    same "$1" "$(order R1)" "$2"
    same "$1, later" "$(question R1)" "$3"
    same "$1 leaves its truth" "$(told R1 "$4" ABC)" "$5"
    bank_end
}
fault slow ' 28' '*"paid"* 0' EXECUTED 1
fault silent ' 28' '*"paid"* 0' EXECUTED 1
fault lost ' 28' '*"not-found"* 0' EXECUTED 0
fault reset ' 5[26]' '*"paid"* 0' EXECUTED 1
fault reset-lost ' 5[26]' '*"not-found"* 0' EXECUTED 0
fault processing '*"processing"* 0' '*"processing"* 0' REQUEST 1
fault late ' 28' '*"p[ar]*"* 0' REQUEST 1
fault hidden ' 28' '*"result":"*"* 0' REQUEST 1
fault accepted '*"accepted"* 0' '*"accepted"* 0' REQUEST 1
fault refused '*"refused","code":"*"* 0' '*"refused"* 0' REFUSED 1
bank ABC --faults none --idempotent no --enforce no
same 'a bank that is not idempotent pays twice' "$(order R1) $(order R1) $(told R1 EXECUTED ABC)" \
    '*"paid"*"paid"* 0 2'
bank_end
bank ABC --faults none --maintenance 00:00-24:00
same 'in its maintenance it answers 503' "$(order R1)" '*"maintenance"* 0'
same 'and does nothing' "$(grep -c . "$work/ABC/truth.tsv")" 0
bank_end

# --- the statement in each bank's format
mkdir "$work/out"
for one in 'ICBC camt' 'CCB mt940' 'ABC csv:daybook-gbk'; do
    name=${one% *}
    format=${one#* }
    bank "$name" --faults returned=300 --return 1
    for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
        order "R$n" > /dev/null
    done
    returned() { grep -q RETURNED "$work/$name/truth.tsv"; }
    check "$name: some come back" within 10 returned
    bank_end
    day=$(awk -F '\t' '$2 == "EXECUTED" { print $1; exit }' "$work/$name/truth.tsv")
    day=$(booking_day "$day")
    file=$("$build/town" bank statement --channel "$name" --state "$work/$name" --day "$day" \
        --out "$work/out")
    "$build/daybook" parse --format "$format" "$file" > "$work/parsed" 2> "$work/parse"
    same "$name: the statement has every booking" "$(grep -c '^E\|代付\|退票' "$work/parsed")" \
        "$(grep -c 'EXECUTED\|RETURNED' "$work/$name/truth.tsv")"
    same "$name: no fault in it" "$(grep -c '^X' "$work/parsed")" 0
done
sum
