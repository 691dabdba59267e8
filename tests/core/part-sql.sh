# The core's database by itself: each file of tests/core/sql is a transaction that is undone.
for file in states payouts worker batches told; do
    super -At -o /dev/null -c begin -f tests/core/sql/begin.sql -f "tests/core/sql/$file.sql" \
        -c "\\o $work/$file" -c "select case when coalesce(got, '-') like coalesce(wanted, '-')
            then 'ok' else format('not ok: %s: got %s, wanted %s', name, got, wanted) end
            from t.result order by n" -c rollback > "$work/$file.log" 2>&1 ||
        { not_ok "$file runs"; sed 's/^/    /' "$work/$file.log"; }
    [ -f "$work/$file" ] || continue
    good=$((good + $(grep -c '^ok$' "$work/$file")))
    bad=$((bad + $(grep -c '^not ok' "$work/$file")))
    grep '^not ok' "$work/$file"
done
sum
