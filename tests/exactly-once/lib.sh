# What tests/exactly-once/run does: a desk with requests to be made, kills, and the look after each.

# --- the desk

# bookings FROM TO: exceptions that stand for a whole booking of this size, in minor units
bookings() {
    super -c "select 'SUSPEND X-' || e.exception_id from desk.exception e
        join desk.line l on l.line_id = e.line_id and l.value_date = e.value_date
        where e.open and e.state = 'OPEN' and e.currency = 'CNY'
            and e.code in ('BANK_ONLY_DR', 'BANK_ONLY_CR', 'DUP_BANK')
            and abs(l.amount) between $1 and $2
        order by abs(l.amount), e.exception_id"
}

# Each lane has its own: what a checker must sign is from 100.00 on, below nobody must.
hand_out() {
    bookings 10000 4999999 | awk -v work="$work" '
        { print > work "/" (NR % 5 == 4 ? 4 : 1 + NR % 2) "/exceptions" }'
    bookings 1 9999 > "$work/3/exceptions"
}

prepare() {
    mkdir "$work/1" "$work/2" "$work/3" "$work/4" "$work/all"
    packaging/training start "$desk" --fast --first-day 2026-11-17 || return 1
    . "$desk/env"
    faults=1500
    [ $all = no ] || faults=9000
    "$build/town" day --out "$work/town" --seed 11 --payouts 1500 --faults $faults \
        --to 2026-11-20 --days 2 || return 1
    for file in "$work"/town/feed/*.csv; do
        "$build/daybook" --config "$desk/profiles/daybook_feed.conf" feed payouts "$file" ||
            return 1
    done
    as all clerk2 import "$work/town/inbox" || true
    packaging/core start "$desk" || return 1
    "$build/daybookd" --config "$desk/profiles/daybookd.conf" --once || return 1
    hand_out
    wc -l "$work"/*/exceptions
    [ -s "$work/1/exceptions" ] && [ -s "$work/2/exceptions" ] && [ -s "$work/3/exceptions" ]
}

# --- one lane: a number, a command, who gives it

# next_work: takes the lane's next exception; $work_item is what the command is given
next_work() {
    set -- $(sed 1q "$work/$number/exceptions")
    [ $# = 2 ] || return 1
    sed -i 1d "$work/$number/exceptions"
    object=$2 request=
    if [ "$command" = propose ]; then
        as "$number" "$person" claim "$object" || return 1
        work_item="$1 $object --reason OTHER"
        return
    fi
    as "$number" clerk1 claim "$object" &&
        as "$number" clerk1 propose "$1" "$object" --reason OTHER || return 1
    request=$(cut -f 1 "$work/$number/out")
    work_item=$request
}

# The lane's next piece of work that the desk takes; false when there is none.
take_work() {
    while [ -s "$work/$number/exceptions" ]; do
        ! next_work || return 0
        cp "$work/$number/err" "$work/$number/not-taken"
    done
    return 1
}

# What may be killed: "NAME COUNT", the COUNT-th call of that name, in the order of the record.
list_points() {
    awk '{ sub(/^[0-9]+ +/, "") }
        /^[a-z0-9_]+\(/ {
            name = $0
            sub(/\(.*/, "", name)
            count[name]++
            if (name == "connect") after = 1
            if (after && name !~ /^exit/) print name, count[name]
        }' "$1"
}

# choose COUNT: of the list read, numbered: every second one with --all, or COUNT by the seed
choose() {
    awk -v all=$all -v n="$1" -v seed=$((seed * 10 + number)) -v writes="$writes" \
        -v lane="$number" '
        { point[NR] = NR " " $0; if ($1 ~ writes) writing[++w] = NR }
        END {
            srand(seed)
            if (all == "yes" && lane < 3) {
                for (i = 1; i <= NR; i++) if (i % 2 == lane % 2) print point[i]
                exit
            }
            for (i = 0; i < n; i++)
                print point[i % 2 ? 1 + int(rand() * NR) : writing[1 + int(rand() * w)]]
        }'
}

# Nobody of this name is still served: what was on its way has arrived or never will.
is_served_no_more() {
    [ "$(super -c "select count(*) from pg_stat_activity where usename = '$person'
        or usename = 'paycore' and state <> 'idle' and xact_start is not null")" = 0 ]
}

settle_down() {
    tries=0
    until is_served_no_more; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || return 1
    done
}

# state: what the restarted console's list shows of the lane's request; nothing: not on the list
state() {
    [ -z "$request" ] && return
    as "$number" "$person" list requests --json || return
    sed -n "s/.*\"request_id\":\"$request\".*\"request_state\":\"\([A-Z_]*\)\".*/\1/p" \
        "$work/$number/out"
}

# looked REQUEST: what check.sql finds wrong with it, or with all
looked() {
    for journal in "$desk"/profiles/journal/*/*.journal; do
        awk -v who="$(basename "$journal" .journal)" 'NF == 5 { print who, $2, $3, $4 }' "$journal"
    done > "$work/$number/noted"
    {
        echo 'create temporary table noted (login text, word text, step text, request_id text);'
        echo "copy noted from stdin with (delimiter ' ');"
        cat "$work/$number/noted"
        cat "$work"/*/acknowledged 2> /dev/null
        echo '\.'
        cat tests/exactly-once/check.sql
    } | super -v only="$1" -f -
}

# verdict WHAT: the console is started again, relays, and everything agrees
verdict() {
    wrong=$work/$number/wrong
    : > "$wrong"
    settle_down || echo 'something is served for ever' >> "$wrong"
    [ "$command" = approve ] || request=$(super -c "select request_id from desk.request_item
        where object = '$object'")
    as "$number" "$person" relay || sed 's/^/relay: /' "$work/$number/err" >> "$wrong"
    shown=$(state)
    executed=$(super -c "select count(*) from core.execution where request_id = '$request'")
    case $executed-$shown in
    1-EXECUTED | 0-PENDING) ;;
    0-) [ -z "$request" ] || echo 'the console does not list it' >> "$wrong" ;;
    *) echo "the console shows '$shown', executions: $executed" >> "$wrong" ;;
    esac
    looked "$request" >> "$wrong" 2>&1
    if [ -s "$wrong" ]; then
        echo "failed: $1 (seed $seed): $request $shown $(tr '\n' ';' < "$wrong")"
    else
        echo "passed: $1: ${shown:-PENDING}"
    fi
}

# one_kill K NAME COUNT: false where the call did not come that often, and nothing was killed
one_kill() {
    what="$command killed at call $1, $2 $3"
    tracer="strace -o /dev/null -e trace=$2 -e inject=$2:signal=KILL:when=$3"
    as "$number" "$person" $command $work_item
    status=$?
    tracer=
    if [ $status = 0 ]; then
        sed -n "s/^\(R[0-9]*\)	EXECUTED/$person done execute \1/p" "$work/$number/out" \
            >> "$work/$number/acknowledged"
        what="$command not killed at call $1, $2 $3"
    elif [ $status -lt 128 ]; then
        echo "failed: $what: $(tail -n 1 "$work/$number/err")"
    fi
    verdict "$what"
    [ "$shown" != EXECUTED ] || take_work
}

# lane NUMBER COMMAND PERSON COUNT
lane() {
    number=$1 command=$2 person=$3
    {
        take_work || echo "failed: lane $1: no work: $(cat "$work/$1/not-taken")"
        tracer="strace -o $work/$1/record"
        as "$1" "$person" $command $work_item ||
            echo "failed: $command left alone: $(cat "$work/$1/err")"
        tracer=
        verdict "$command left alone"
        list_points "$work/$1/record" | choose "$4" > "$work/$1/points"
        take_work
        while read -r k name count <&9; do
            one_kill "$k" "$name" "$count" || {
                echo "failed: lane $number: out of work at call $k"
                break
            }
        done 9< "$work/$1/points"
    } > "$work/$1/result" 2>&1 < /dev/null
}

# --- the core

gone() {
    case $(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2> /dev/null) in '' | Z) return 0 ;; esac
    return 1
}

# One approval while the core is killed at a random call of one of its threads; the console asks on.
one_core() {
    core=$(cat "$desk/core/paycore.pid")
    call=$(awk -v seed=$((seed * 100 + $1)) 'BEGIN {
        srand(seed)
        split("sendto recvfrom", names)
        print names[1 + int(rand() * 2)], 1 + int(rand() * 22) }')
    what="core killed at ${call% *} ${call#* }"
    strace -f -qq -o /dev/null -e "trace=${call% *}" \
        -e "inject=${call% *}:signal=KILL:when=${call#* }+1" -p "$core" 2> /dev/null &
    tracing=$!
    as 4 "$person" approve "$work_item" &
    asking=$!
    until gone "$asking" || gone "$core"; do :; done
    gone "$core" || what="core not killed at $call"
    kill -KILL "$tracing" 2> /dev/null
    wait "$tracing" 2> /dev/null
    packaging/core start "$desk" || echo "failed: $what: the core does not start"
    wait "$asking"
    status=$?
    if [ $status = 0 ]; then
        echo "$person done execute $request" >> "$work/4/acknowledged"
    else
        what="$what, the console: $(tail -n 1 "$work/4/err")"
    fi
    verdict "$what"
    [ "$shown" != EXECUTED ] || take_work
}

lane_of_cores() {
    number=4 command=approve person=super1 n=1
    {
        take_work || echo 'failed: lane 4: no work'
        while [ $n -le "$1" ]; do
            one_core $n || break
            n=$((n + 1))
        done
    } > "$work/4/result" 2>&1 < /dev/null
}

# --- all of it

service() {
    "$build/daybookd" --config "$desk/profiles/$1.conf" --once "$2" ${3:+"$3"} \
        >> "$work/log" 2>&1
}

# verify: the audit is sealed, witnessed and followed from its first entry to its last
verify() {
    service daybook_sealer --seal && service daybook_witness --witness "$work/witness" || return 1
    as all auditor1 audit verify --witness "$work/witness" || {
        cat "$work/all/out" "$work/all/err"
        return 1
    }
}

whole() {
    number=all
    {
        looked '' > "$work/all/wrong" 2>&1
        if [ -s "$work/all/wrong" ]; then
            echo "failed: all of it (seed $seed): $(tr '\n' ';' < "$work/all/wrong")"
        else
            echo 'passed: all of it'
        fi
        if verify > "$work/all/verified"; then
            echo 'passed: the audit verifies'
        else
            echo "failed: the audit: $(tr '\n' ';' < "$work/all/verified")"
        fi
    } > "$work/all/result" 2>&1
}
