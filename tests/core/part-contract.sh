# The table of operations and openapi.yaml say the same: paths, methods, names, rights, keys,
# versions, and the members of every body.
"$build/tests/routes" | sort > "$work/table"
awk -v out="$work/yaml" '
# What a schema of components has: its members, and which are needed.
function flush() {
    if (schema == "") return
    n = split(members, list, " ")
    for (i = 1; i <= n; i++)
        wanted[schema] = wanted[schema] list[i] " " \
            (index(" " required " ", " " list[i] " ") ? "needed" : "optional") "\n"
    schema = ""
}
function tell() {
    if (operation == "") return
    print method, path, operation, key, match_, right > out
    if (body != "" && body != "Nothing") bodies[operation] = body
    operation = ""
}
/^paths:/ { part = "paths"; next }
/^components:/ { tell(); part = "components"; next }
part == "paths" && /^  \// { tell(); path = $1; sub(/:$/, "", path); next }
part == "paths" && /^    (get|post|put):$/ {
    tell()
    method = toupper($1); sub(/:$/, "", method)
    key = match_ = "-"; body = ""; in_body = 0
    next
}
part == "paths" && /^      operationId: / { operation = $2; next }
part == "paths" && /^      x-right: / { right = $2 ($3 != "" ? " " $3 : ""); next }
part == "paths" && /parameters\/IdempotencyKey/ { key = "key"; next }
part == "paths" && /parameters\/IfMatch/ { match_ = "match"; next }
part == "paths" && /^      requestBody:/ { in_body = 1; next }
part == "paths" && /^      responses:/ { in_body = 0; next }
part == "paths" && in_body && /schemas\// { body = $2; gsub(/.*schemas\/|.$/, "", body); next }
part == "components" && /^  schemas:/ { part = "schemas"; next }
part == "schemas" && /^    [A-Za-z]+:$/ {
    flush()
    schema = $1; sub(/:$/, "", schema); members = required = ""
    next
}
part == "schemas" && /^      required: \[/ { required = $0; gsub(/.*\[|\]|,/, "", required); next }
part == "schemas" && /^        [a-z_0-9]+:$/ {
    name = $1; sub(/:$/, "", name); members = members " " name
}
END {
    flush()
    for (o in bodies) {
        n = split(wanted[bodies[o]], list, "\n")
        for (i = 1; i < n; i++) {
            split(list[i], pair, " ")
            print o, "member", pair[1], pair[2] > out
        }
    }
}' src/core/openapi.yaml
sort "$work/yaml" > "$work/contract"
good=$(comm -12 "$work/table" "$work/contract" | grep -c .)
diff "$work/table" "$work/contract" > "$work/different" || true
grep '^[<>]' "$work/different" | sed 's/^</the table alone:/; s/^>/openapi.yaml alone:/'
bad=$(grep -c '^[<>]' "$work/different")

# Every word that the core's SQL refuses with stands in problem.c, with the status of its SQLSTATE.
cat sql/schema/*.sql | tr '\n' ' ' |
    grep -o "paycore\.refuse( *'DB[0-9]*', *'[a-z0-9-]*'" |
    sed "s/.*'DB\([0-9]*\)', *'\([a-z0-9-]*\)'$/\2 \1/" | sort -u > "$work/words"
while read -r word number; do
    check "problem.c has $word with status $number" \
        grep -q "{\"$word\", $number," src/core/problem.c
done < "$work/words"
# What it serves is this file, byte for byte: see part-rest.
sum
