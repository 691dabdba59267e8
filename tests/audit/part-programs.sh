# Read by tests/audit/run: the sealer, the witness and the command.

# --- once each
case_of 'the sealer seals what there is' seal_once
case_of 'the witness takes the head' watch_once
case_of 'an untouched database verifies' verify 0 ' 1 lines of the witness, 0 faults'
case_of 'verifying is in the audit' [ "$(super -d daybook -c "select count(*) from
    desk.audit_entry where actor = 'auditor1' and action = 'audit-verify'")" = 1 ]
case_of 'nobody else may verify' sh -c "! '$build/daybook' --config \
    '$dir/desk/profiles/daybookd.conf' audit verify > '$dir/nobody' 2>&1 && cat '$dir/nobody' &&
    ! grep -q faults '$dir/nobody'"

# --- a file
export_and_verify() {
    rm -f "$dir/exported"
    auditor audit export --file "$dir/exported" &&
        auditor audit verify --file "$dir/exported" --witness "$dir/witness"
}
file_is_short() {
    sed '$d' "$dir/exported" > "$dir/short"
    ! auditor audit verify --file "$dir/short"
}
file_is_changed() {
    sed 's/operator-enrol	clerk1/operator-enrol	clerk9/' "$dir/exported" > "$dir/changed"
    ! cmp -s "$dir/exported" "$dir/changed" || return 1
    ! auditor audit verify --file "$dir/changed"
}
case_of 'a file of it verifies without the database' export_and_verify
case_of 'a file that was cut is refused' file_is_short
case_of 'a file that was changed is found' file_is_changed

# --- a transaction open for long is neither waited for nor passed over
long_open() {
    mkfifo "$dir/long"
    super -d daybook < "$dir/long" > /dev/null &
    long=$!
    exec 4> "$dir/long"
    echo "set session authorization clerk2; begin; select test.act('late', 'X-1');" >&4
    until [ "$(super -d daybook -c "select count(*) from pg_stat_activity
        where state = 'idle in transaction'")" = 1 ]; do :; done
    act 5 && seal_once || return 1
    [ "$(super -d daybook -c "select count(*) from desk.audit_entry e where action = 'act'
        and exists (select from desk.audit_chain c where c.source = 'D'
            and c.entry_id = e.entry_id)")" = 5 ] || return 1
    act 5 && seal_once || return 1
    echo "commit;" >&4
    exec 4>&-
    wait $long
    seal_once || return 1
    super -d daybook -c "select count(*) from desk.audit_unsealed()" | grep -qx 0 || return 1
    super -d daybook -c "select action from desk.audit_chain c join desk.audit_entry e
        on e.entry_id = c.entry_id order by seq desc limit 1" | grep -qx late
}
case_of 'who commits late is sealed late, and nobody waits' long_open
case_of 'what rolled back is no entry' verify 0 ', 0 faults'

# --- two sealers, a sealer that dies
two_sealers() {
    act 3000
    "$build/daybookd" --config "$dir/desk/profiles/daybook_sealer.conf" --seal --once \
        > "$dir/other.log" 2>&1 &
    seal_once
    wait $!
    seal_once && verify 0 ', 0 faults'
}
# One that is killed at a random moment; the next one goes on where the database is.
killed_sealers() {
    round=0
    while [ $round -lt 30 ]; do
        round=$((round + 1))
        act 200
        "$build/daybookd" --config "$dir/desk/profiles/daybook_sealer.conf" --seal \
            > "$dir/killed.log" 2>&1 &
        sealer=$!
        # Between nothing and all of it: until so many lines of its log are there.
        turns=0
        until [ $turns -ge $((round * 20)) ] || grep -q 'seal.done' "$dir/killed.log"; do
            turns=$((turns + 1))
        done
        kill -9 $sealer
        wait $sealer
        sealer=''
    done 2> /dev/null
    seal_once && super -d daybook -c "select count(*) from desk.audit_unsealed()" |
        grep -qx 0 && verify 0 ', 0 faults'
}
case_of 'two sealers at once make one chain' two_sealers
case_of 'a sealer that is killed loses and doubles nothing' killed_sealers

# --- the daemons
daemons() {
    "$build/daybookd" --config "$dir/desk/profiles/daybook_sealer.conf" --seal \
        > "$dir/sealer.log" 2>&1 &
    sealer=$!
    "$build/daybookd" --config "$dir/desk/profiles/daybook_witness.conf" \
        --witness "$dir/witness" > "$dir/witness.log" 2>&1 &
    witness=$!
    act 10
    until tail -n 1 "$dir/witness" | grep -q "^$(super -d daybook -c 'select max(seq)
        from desk.audit_chain') "; do
        kill -0 $sealer && kill -0 $witness || return 1
    done
    # Who verifies while the sealer goes on sees no fault in that.
    round=0
    while [ $round -lt 5 ]; do
        round=$((round + 1))
        act 50
        verify 0 ', 0 faults' || return 1
    done
    kill $sealer
    wait $sealer
    status=$?
    sealer=''
    [ $status = 0 ]
}
case_of 'the witness follows the sealer' daemons

# --- alarms: nothing but the witness knows that yesterday came back
back_alarm() {
    wait_for=$(super -d daybook -c 'select max(seq) from desk.audit_head')
    super -d daybook -o /dev/null -c 'begin' -c 'set local session_replication_role = replica' \
        -c "delete from desk.audit_head where seq = $wait_for" -c 'commit'
    wait $witness
    status=$?
    witness=''
    cat "$dir/witness.log"
    [ $status = 4 ] && grep -q 'witness.alarm' "$dir/witness.log"
}
case_of 'the witness ends with an alarm where a head is gone' back_alarm
case_of 'and will not go on' sh -c "! '$build/daybookd' --config \
    '$dir/desk/profiles/daybook_witness.conf' --witness '$dir/witness' --once"
case_of 'verification names it' verify 1 'the witness saw a signed head that is gone'

# --- who writes into the audit or the books by hand is named
forge() {
    super -d daybook -o /dev/null -c "insert into desk.audit_entry (actor, action, object)
        values ('super1', 'approve', 'R1')"
    seal_once && verify 1 'postgres	an entry written by a login that is not its actor'
}
case_of 'a superuser who writes an entry is named' forge

forge_approval() {
    super -d daybook -o /dev/null -c 'begin' -c 'set local session_replication_role = replica' \
        -c "insert into desk.approval (request_id, person, login, document_sha256, decision,
            signature) values ('R2026112300001', 'p03', 'super1', sha256('x'), 'approve',
            jsonb_build_object('decision', 'approve', 'login', 'super1', 'person', 'p03', 'key',
            repeat('a', 64), 'nonce', repeat('b', 32), 'signature', repeat('c', 128),
            'certificate', 'x'))" -c 'commit'
    verify 1 'R2026112300001 super1	a signature on a request'
}
case_of 'a superuser who inserts an approval is named' forge_approval

# --- a witness that died within a line
torn_line() {
    cp "$dir/witness" "$dir/torn"
    last=$(tail -n 1 "$dir/torn")
    sed -i '$d' "$dir/torn"
    printf '%.40s\n%s\n' "$last" "$last" >> "$dir/torn"
    auditor audit verify --witness "$dir/torn" > "$dir/torn.out" 2>&1
    cat "$dir/torn.out"
    ! grep -q 'damaged' "$dir/torn.out" || return 1
    printf '%.40s\n' "$last" >> "$dir/torn"
    auditor audit verify --witness "$dir/torn" > "$dir/torn.out" 2>&1
    grep -q 'damaged' "$dir/torn.out"
}
case_of 'a line that was written again is one line' torn_line
