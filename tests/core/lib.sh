# What every part of tests/core has. Sourced by tests/core/run.
good=0
bad=0
. "$dir/cluster/env"

# super [psql arguments]: the part's database as the superuser
super() {
    packaging/cluster psql "$dir/cluster" -d "$database" -v ON_ERROR_STOP=1 "$@"
}

# ok SENTENCE: one that held
ok() {
    good=$((good + 1))
}

# not_ok SENTENCE
not_ok() {
    bad=$((bad + 1))
    echo "not ok: $1"
}

# same SENTENCE GOT WANTED: wanted may be a pattern of case
same() {
    case $2 in
    $3) ok "$1" ;;
    *)
        not_ok "$1"
        printf '    got    %s\n    wanted %s\n' "$2" "$3"
        ;;
    esac
}

# check SENTENCE COMMAND...: it succeeds
check() {
    sentence=$1
    shift
    if "$@"; then ok "$sentence"; else not_ok "$sentence"; fi
}

# within SECONDS COMMAND...: until it succeeds; false past that time. It waits on no clock but by
# asking again.
within() {
    until_s=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$until_s" ] || return 1
    done
}

# booking_day TIME: the banks' day, local; what is done on a weekend is booked on Monday
booking_day() {
    booked=$(date -u -d "$1 + 8 hours" +%F)
    case $(date -u -d "$booked" +%u) in
    6) date -u -d "$booked + 2 days" +%F ;;
    7) date -u -d "$booked + 1 day" +%F ;;
    *) echo "$booked" ;;
    esac
}

sum() {
    echo "$good passed, $bad failed"
}

# core_start NAME [WORD VALUE]...: a paycore on a free port: $port, $core_pid, log $work/NAME.log
core_start() {
    core_name=$1
    shift
    {
        cat <<END
port            0
tls_certificate $CERTIFICATES/server.crt
tls_key         $CERTIFICATES/server.key
client_ca       $CERTIFICATES/root.crt
host            localhost
hostaddr        $HOST
database_port   $PORT
database        $database
certificate     $CERTIFICATES/paycore.crt
key             $CERTIFICATES/paycore.key
root            $ROOT_CERTIFICATE
END
        while [ $# -gt 1 ]; do
            echo "$1 $2"
            shift 2
        done
    } > "$work/$core_name.conf"
    "$build/paycore" --config "$work/$core_name.conf" serve 2> "$work/$core_name.log" &
    core_pid=$!
    within 20 grep -q ' core.started ' "$work/$core_name.log" || {
        cat "$work/$core_name.log"
        return 1
    }
    port=$(sed -n 's/.* core.started .*port=\([0-9]*\).*/\1/p' "$work/$core_name.log")
}

# core_stop: SIGTERM, and its exit status
core_stop() {
    kill "$core_pid"
    wait "$core_pid"
}

# ask CLIENT METHOD PATH [curl arguments]: body in $work/body, headers in $work/head; prints the
# status, 000 where there was no answer
ask() {
    who=$1 method=$2 path=$3
    shift 3
    rm -f "$work/body" "$work/head"
    curl -sS -m 20 --noproxy '*' --cacert "$ROOT_CERTIFICATE" --cert "$CERTIFICATES/$who.crt" \
        --key "$CERTIFICATES/$who.key" -X "$method" -o "$work/body" -D "$work/head" \
        -w '%{http_code}' "$@" "https://127.0.0.1:$port$path" 2> "$work/curl"
}

# field NAME [FILE]: a member of the answer's object, texts without quotes
field() {
    "$build/tests/json_field" "${2:-$work/body}" "$1"
}

# header NAME: of the last answer
header() {
    tr -d '\r' < "$work/head" | sed -n "s/^$1: //Ip"
}

# service NAME: daybookd, or the second reader, does what there is to do; its inbox is $work/inbox
service() {
    sed "s/^database .*/database         $database/; /^inbox /d; /^core-/d" \
        "$dir/cluster/profiles/$1.conf" > "$work/$1.conf"
    [ "$1" != daybookd ] || printf '%s\n' "inbox $work/inbox" "core-url https://localhost:$port" \
        "core-root $ROOT_CERTIFICATE" >> "$work/$1.conf"
    "$build/daybookd" --config "$work/$1.conf" --once >> "$work/$1.log" 2>&1
}
