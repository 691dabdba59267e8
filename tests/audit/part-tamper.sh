# Read by tests/audit/run: history is tampered with in transactions that are rolled back.
packaging/training database "$dir/desk" tampered --first-day 2026-11-20
"$build/tests/tamper" "host=$PGHOST port=$PORT user=postgres dbname=tampered" \
    "$CERTIFICATES/daybook_sealer.sign.key" "$CERTIFICATES/daybook_sealer.sign.crt" \
    "$ROOT_CERTIFICATE" "$seed" "$tamperings" "$untouched" > "$dir/tamper" 2>&1 ||
    echo 'tamper failed'
cat "$dir/tamper"
sum=$(tail -n 1 "$dir/tamper" | grep '^[0-9]* passed, [0-9]* failed$') || sum='0 passed, 1 failed'
passed=$((passed + ${sum%% passed*}))
failed=$((failed + $(printf '%s\n' "$sum" | sed 's/.*, \([0-9]*\) failed/\1/')))
