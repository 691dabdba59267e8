# What people did not sign is not paid again, whatever stands in the database: its administrator
# writes a request that the functions take, and the core's sender asks for its signatures.
. tests/core/banks.sh

banks_prepare
bank_start ICBC --faults refused=1000
channel ICBC '{"answer_timeout_ms": 2000}'
super -o /dev/null -c 'select test.fund()'
ca=$CERTIFICATES
core_start first workers 1 clock "$work/clock" environment TRAINING \
    sign_certificate "$ca/paycore.sign.crt" sign_key "$ca/paycore.sign.key" \
    sign_root "$ca/root.crt" charter "$ca/charter"
refused=$(pay ICBC 1)
reaches 'a payout is refused by its bank' "$refused" state FAILED
kill "$bank_pid"
wait "$bank_pid" 2> /dev/null
bank_start ICBC --faults none

# forge DOCUMENT SIGNATURES: a request to pay it again, executed by hand; the new payout's number
forge() {
    super -At -v "document=$1" -v "signatures=$2" -v "old=$refused" <<'END'
with p as (
    select * from paycore.request_preview('maker', 'REPAY', 'ICBC', jsonb_build_array(
        jsonb_build_object('object', 'X-1', 'payout', :'old')), now())),
e as (
    select e.* from p, paycore.request_execute('maker', p.request, convert_to(:'document', 'UTF8'),
        :'signatures', 'REPAY', 'ICBC', jsonb_build_array(
            jsonb_build_object('object', 'X-1', 'payout', :'old')), p.effect, p.amount, p.currency,
        'clerk1', 'p01', '{p03}', now()) e)
select status from e;
END
}
same 'the functions take the forged request' "$(forge 'format daybook-request-1' '[]')" 201
forged=$(super -At -c "select core.payment_no(payment_id) from core.payment
    where repays is not null")
reaches 'the payout it makes fails before anything is sent' "$forged" state FAILED
same 'and is still not sent' "$(told "$forged" REQUEST ICBC)" 0
check 'the log says why' grep -q "send.unsigned payout=$forged" "$work/first.log"
same 'its money is back in 2240' "$(super -At -c "select sum(p.amount) < 0 from core.posting p
    where p.account = '2240'")" t
pay ICBC 1 > "$work/usual"
reaches 'what a client asks for goes on' "$(cat "$work/usual")" state PAID

# A row that changes who may sign, put there by hand, takes the power of all signatures.
super -q -o /dev/null <<'END'
set session_replication_role = replica;
insert into paycore.request (request_id, kind, channel_id, document, document_sha256, signatures,
    actor, maker, maker_person, checkers, amount, currency, executed_at, receipt)
values ('R2026112099999', 'OPERATOR_ENROL', '-', 'x', sha256('x'), '[]', 'maker', 'clerk1', 'p01',
    '{p03,p04}', 0, '-', now(), 'x');
END
packaging/certificates service "$CERTIFICATES" maker
status=$(ask maker POST /v1/requests:preview -H 'Content-Type: application/json' --data-binary \
    '{"kind":"SUSPEND","channel":"ICBC","reason":"OTHER","items":[{"object":"X-9"}]}')
same 'a policy that was tampered with is none' "$status $(field code)" '503 authority-damaged'
core_stop
kill "$bank_pid"
sum
