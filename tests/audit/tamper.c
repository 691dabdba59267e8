/* Tampers with sealed history as the database's superuser, triggers off, and asks whether the
 * verification finds it; leaves other copies alone and asks whether it keeps still.
 *
 *     tamper CONNINFO SEAL-KEY SEAL-CERTIFICATE ROOT SEED TAMPERINGS UNTOUCHED
 *
 * Everything happens in transactions that are rolled back, on one history, with the statements and
 * the check that `daybook audit verify` has. The witness is a list of the heads as they were. */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "daybook/base/buffer.h"
#include "daybook/base/memory.h"
#include "daybook/store/request.h"
#include "daybook/trust/audit.h"
#include "daybook/trust/encode.h"
#include "random.h"

enum { WITNESS_MAX = 512, ROUNDS = 60, TRIES = 40 };

struct world {
    PGconn *connection;
    struct seal_key *key;
    struct seal_trust *trust;
    struct random random;
    char witness[WITNESS_MAX][SEAL_LINE];
    size_t witness_count, witness_at;
    int64_t links;       /* sealed, signed and seen by the witness */
    int64_t faults;      /* of the last verification */
    char first[256];     /* what it said first */
};

static void die(struct world *world, const char *what)
{
    fprintf(stderr, "tamper: %s: %s\n", what, PQerrorMessage(world->connection));
    exit(1);
}

/* A statement that must succeed; *value gets its first cell. */
static void run(struct world *world, const char *sql, char *value, size_t size)
{
    PGresult *result = PQexec(world->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        die(world, sql);
    if (value != NULL)
        snprintf(value, size, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
}

static int64_t number(struct world *world, const char *sql)
{
    char text[64];
    run(world, sql, text, sizeof text);
    return strtoll(text, NULL, 10);
}

/* Whether the statement did something: false where a constraint refuses it or no row was met. */
static bool attempt(struct world *world, const char *sql)
{
    run(world, "savepoint attempt", NULL, 0);
    PGresult *result = PQexec(world->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK && strcmp(PQcmdTuples(result), "0") != 0;
    PQclear(result);
    run(world, done ? "release attempt" : "rollback to attempt", NULL, 0);
    return done;
}

static int64_t below(struct world *world, int64_t bound)
{
    return (int64_t)random_below(&world->random, (size_t)bound);
}

/* --- verifying: what command_audit.c does, over this connection */

static const char *next_line(void *context)
{
    struct world *world = context;
    return world->witness_at < world->witness_count ? world->witness[world->witness_at++] : NULL;
}

static void take_fault(void *context, int64_t seq, const char *entry, const char *what)
{
    struct world *world = context;
    if (world->faults++ == 0)
        snprintf(world->first, sizeof world->first, "%lld %s %s", (long long)seq, entry, what);
}

static PGresult *ask(struct world *world, const char *statement, int count,
                     const char *const *values)
{
    PGresult *result = PQexecParams(world->connection, store_statement(statement)->sql, count,
                                    NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        die(world, statement);
    return result;
}

static const char *cell(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

static void check_heads(struct world *world, struct audit_check *check)
{
    const char *values[] = {"1"};
    PGresult *result = ask(world, "audit-heads", 1, values);
    for (int row = 0; row < PQntuples(result); row++) {
        struct seal_head head = {.seq = strtoll(PQgetvalue(result, row, 0), NULL, 10)};
        hex_read_exactly(head.hash, sizeof head.hash, span_of(cell(result, row, 1)));
        time_parse(span_of(cell(result, row, 2)), &head.at);
        snprintf(head.key, sizeof head.key, "%s", PQgetvalue(result, row, 3));
        hex_read_exactly(head.signature, sizeof head.signature, span_of(cell(result, row, 4)));
        audit_check_head(check, &head);
    }
    PQclear(result);
}

static void check_rows(struct world *world, struct audit_check *check)
{
    const char *values[] = {"0", "1000000"};
    PGresult *result = ask(world, "audit-rows", 2, values);
    for (int row = 0; row < PQntuples(result); row++) {
        const char *cells[AUDIT_COLUMNS];
        for (int c = 0; c < AUDIT_COLUMNS; c++)
            cells[c] = cell(result, row, c);
        audit_check_row(check, cells);
    }
    PQclear(result);
}

static void check_gaps(struct world *world)
{
    PGresult *result = ask(world, "audit-unsealed", 0, NULL);
    for (int row = 0; row < PQntuples(result); row++)
        if (strcmp(PQgetvalue(result, row, 1), "t") == 0)
            take_fault(world, 0, PQgetvalue(result, row, 0), "unsealed");
    PQclear(result);
    result = ask(world, "audit-gaps", 0, NULL);
    for (int row = 0; row < PQntuples(result); row++)
        take_fault(world, 0, PQgetvalue(result, row, 1), PQgetvalue(result, row, 0));
    PQclear(result);
}

static int64_t verify(struct world *world)
{
    struct audit_options options = {.environment = "TRAINING", .trust = world->trust,
                                    .line = next_line, .fault = take_fault, .context = world};
    world->faults = 0;
    world->witness_at = 0;
    world->first[0] = '\0';
    struct audit_check *check = audit_check_new(&options);
    check_heads(world, check);
    check_rows(world, check);
    audit_check_end(check);
    audit_check_free(check);
    check_gaps(world);
    return world->faults;
}

/* --- a history */

/* Entries of the desk by several people and money coming in, as the core's login posts it. */
static void work(struct world *world)
{
    static const char *const people[] = {"clerk1", "clerk2", "super1", "support1", "auditor1"};
    char sql[512];
    for (int64_t i = 1 + below(world, 8); i > 0; i--) {
        if (below(world, 3) == 0)
            snprintf(sql, sizeof sql, "set session authorization paycore; select "
                     "paycore.fund_in('treasury', 'k' || %lld, sha256('k'), 'T%lld', 'ICBC', %lld, "
                     "'CNY', 'R' || %lld, clock_timestamp()); set constraints all immediate; "
                     "set constraints all deferred; reset session authorization",
                     (long long)(random_next(&world->random) >> 8), (long long)below(world, 5),
                     (long long)below(world, 100000) + 1,
                     (long long)(random_next(&world->random) >> 8));
        else
            snprintf(sql, sizeof sql, "set session authorization %s; select tamper.act('act-%lld', "
                     "'X-%lld', 'amount=%lld'); reset session authorization",
                     people[below(world, 5)], (long long)below(world, 9),
                     (long long)below(world, 99), (long long)random_next(&world->random));
        run(world, sql, NULL, 0);
    }
}

static void seal(struct world *world, bool seen)
{
    struct seal_head head = {.at = clock_now()};
    char hash[128], sql[1024], time[TIME_TEXT], line[SEAL_LINE];
    run(world, "select seq from desk.audit_seal()", NULL, 0);
    head.seq = number(world, "select seq from desk.audit_unsigned()");
    if (head.seq == 0)
        return;
    run(world, "select encode(hash, 'hex') from desk.audit_unsigned()", hash, sizeof hash);
    if (!hex_read_exactly(head.hash, sizeof head.hash, span_of(hash)) ||
        !seal_sign(world->key, "TRAINING", &head))
        die(world, "sign");
    seal_line_write(&head, line);
    snprintf(sql, sizeof sql, "select desk.audit_sign(%lld, '\\x%s', '%s', '%s', '\\x%s')",
             (long long)head.seq, hash, time_text(head.at, time), head.key,
             strrchr(line, ' ') + 1);
    run(world, sql, NULL, 0);
    if (seen && world->witness_count < WITNESS_MAX) {
        memcpy(world->witness[world->witness_count++], line, sizeof line);
        world->links = head.seq;
    }
}

static void prepare(struct world *world)
{
    run(world, "create schema tamper; grant usage on schema tamper to public;"
        "create function tamper.act(text, text, text) returns void language sql security definer"
        " begin atomic insert into desk.audit_entry (action, object, detail) values ($1, $2, $3);"
        " end; alter function tamper.act(text, text, text) owner to def_case;"
        "grant execute on function tamper.act(text, text, text) to public;"
        "insert into core.channel (channel_id, currency) values ('ICBC', 'CNY') on conflict do "
        "nothing;"
        "select paycore.client_put('treasury', '{payouts,admin,operator}', now());"
        "select paycore.customer_create('treasury', 'T' || n, sha256('t'), 'T' || n, 'T', "
        "'CUSTOMER', 'CNY', now()) from generate_series(0, 4) n", NULL, 0);
    for (int i = 0; i < ROUNDS; i++) {
        work(world);
        seal(world, true);
    }
}

/* --- tampering */

static const char *const tables[] = {"desk.audit_entry", "paycore.audit_entry", "core.journal",
                                     "core.posting", "desk.audit_chain", "desk.audit_head"};
enum { TABLE_COUNT = sizeof tables / sizeof tables[0] };

/* A random row of a table, as text of its ctid. */
static void row_of(struct world *world, const char *table, char out[64])
{
    char sql[256];
    snprintf(sql, sizeof sql, "select count(*) from %s", table);
    int64_t rows = number(world, sql);
    snprintf(sql, sizeof sql, "select ctid from %s order by ctid offset %lld limit 1", table,
             (long long)below(world, rows));
    run(world, sql, out, 64);
}

/* One column of one row gets another value of its type. */
static bool flip(struct world *world)
{
    const char *table = tables[below(world, TABLE_COUNT)];
    char row[64], column[64], type[64], value[256], sql[1024];
    int64_t bit = below(world, 200);
    row_of(world, table, row);
    snprintf(sql, sizeof sql, "select attname from pg_attribute where attrelid = '%s'::regclass "
             "and attnum > 0 and not attisdropped order by attnum offset %lld %% (select count(*) "
             "from pg_attribute where attrelid = '%s'::regclass and attnum > 0 and not "
             "attisdropped) limit 1", table, (long long)below(world, 1000), table);
    run(world, sql, column, sizeof column);
    snprintf(sql, sizeof sql,
             "select format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null) from "
             "pg_attribute a join pg_type t on t.oid = a.atttypid where attrelid = "
             "'%s'::regclass and attname = '%s'", table, column);
    run(world, sql, type, sizeof type);
    if (strcmp(type, "bytea") == 0)
        snprintf(value, sizeof value, "coalesce(set_bit(%s, %lld, 1 - get_bit(%s, %lld)), '\\x00')",
                 column, (long long)bit, column, (long long)bit);
    else if (strcmp(type, "text") == 0)
        snprintf(value, sizeof value, "coalesce(overlay(%s placing 'Z' from %lld for 1), 'Z')",
                 column, (long long)bit % 6 + 1);
    else if (strcmp(type, "timestamp with time zone") == 0)
        snprintf(value, sizeof value, "%s + interval '1 microsecond'", column);
    else if (strcmp(type, "xid8") == 0)
        snprintf(value, sizeof value, "(%s::text::bigint + 1)::text::xid8", column);
    else
        snprintf(value, sizeof value, "coalesce(%s, 0) + %d", column, bit % 2 == 0 ? 1 : -1);
    if (strcmp(type, "date") == 0)
        snprintf(value, sizeof value, "%s + 1", column);
    snprintf(sql, sizeof sql, "update %s set %s = %s where ctid = '%s' and %s is distinct from %s",
             table, column, value, row, column, value);
    return attempt(world, sql);
}

static bool delete_rows(struct world *world)
{
    const char *table = tables[below(world, TABLE_COUNT)];
    char row[64], sql[512];
    row_of(world, table, row);
    if (strcmp(table, "core.journal") == 0 && below(world, 2) == 0) {
        /* A journal and all that tells of it, but the link. */
        snprintf(sql, sizeof sql, "with j as (delete from core.journal where ctid = '%s' returning "
                 "journal_id), p as (delete from core.posting p using j where p.journal_id = "
                 "j.journal_id) delete from paycore.audit_entry a using j where a.journal_id = "
                 "j.journal_id", row);
        return attempt(world, sql);
    }
    snprintf(sql, sizeof sql, "delete from %s where ctid = '%s'", table, row);
    return attempt(world, sql);
}

/* What never was: an entry dated back, a posting more, a journal nobody entered, a link, a head. */
static bool insert(struct world *world)
{
    static const char *const ways[] = {
        "insert into desk.audit_entry (actor, action, login, xid, row_hash, at) select actor, "
        "'forged', login, xid, row_hash, at from desk.audit_entry order by random() limit 1",
        "insert into core.posting select journal_id, 3, account, sub, currency, amount from "
        "core.posting where posting_no = 2 order by random() limit 1",
        "with j as (insert into core.journal (business_date, event, cause, posted_at) values "
        "(current_date, 'E1', 'forged', now()) returning journal_id) insert into core.posting "
        "select j.journal_id, n, '1010', 'x', 'CNY', 3 - 2 * n from j, generate_series(1, 2) n",
        "insert into desk.audit_chain select seq + 1, 'D', 999999, hash from desk.audit_chain "
        "order by seq desc limit 1",
        "insert into desk.audit_head select c.seq, c.hash, h.at, h.key, h.signature from "
        "desk.audit_chain c, desk.audit_head h where not exists (select from desk.audit_head e "
        "where e.seq = c.seq) order by random() limit 1",
        "insert into paycore.audit_entry select journal_id + 1000000, at, login, xid, row_hash "
        "from paycore.audit_entry order by random() limit 1",
        "insert into desk.audit_entry (actor, action, login, xid, row_hash) values ('clerk1', "
        "'forged', 'postgres', pg_current_xact_id(), sha256('x'))",
    };
    return attempt(world, ways[below(world, sizeof ways / sizeof ways[0])]);
}

static bool swap(struct world *world)
{
    static const char *const ways[] = {
        "with t as (select seq, source, entry_id, row_number() over () n from (select * from "
        "desk.audit_chain order by random() limit 2) x), d as (delete from desk.audit_chain c "
        "using t where c.seq = t.seq returning c.seq, c.hash) insert into desk.audit_chain select "
        "d.seq, o.source, o.entry_id, d.hash from d join t on t.seq = d.seq join t o on o.n <> t.n",
        "with t as (select entry_id, row_hash, detail, row_number() over () n from (select * from "
        "desk.audit_entry order by random() limit 2) x) update desk.audit_entry e set detail = "
        "o.detail, row_hash = o.row_hash from t, t o where e.entry_id = t.entry_id and o.n <> t.n",
        "with t as (select seq, signature, row_number() over () n from (select * from "
        "desk.audit_head order by random() limit 2) x) update desk.audit_head h set signature = "
        "o.signature from t, t o where h.seq = t.seq and o.n <> t.n",
        "with t as (select journal_id, amount, row_number() over () n from (select * from "
        "core.posting where posting_no = 1 order by random() limit 2) x) update core.posting p set "
        "amount = case p.posting_no when 1 then o.amount else - o.amount end from t, t o where "
        "p.journal_id = t.journal_id and o.n <> t.n and o.amount <> t.amount",
        "with t as (select seq, hash, row_number() over () n from (select * from desk.audit_chain "
        "order by random() limit 2) x) update desk.audit_chain c set hash = o.hash from t, t o "
        "where c.seq = t.seq and o.n <> t.n",
    };
    char seed[64];
    snprintf(seed, sizeof seed, "select setseed(%lld / 1000.0)", (long long)below(world, 1000));
    run(world, seed, NULL, 0);
    return attempt(world, ways[below(world, sizeof ways / sizeof ways[0])]);
}

/* Everything after a link is taken away: yesterday's database. */
static void restore(struct world *world, int64_t seq, bool mark)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "delete from desk.audit_entry e using desk.audit_chain c where c.source = 'D' and "
             "c.entry_id = e.entry_id and c.seq > %lld;"
             "delete from core.posting p using desk.audit_chain c where c.source = 'C' and "
             "c.entry_id = p.journal_id and c.seq > %lld;"
             "delete from core.journal j using desk.audit_chain c where c.source = 'C' and "
             "c.entry_id = j.journal_id and c.seq > %lld;"
             "delete from paycore.audit_entry j using desk.audit_chain c where c.source = 'C' and "
             "c.entry_id = j.journal_id and c.seq > %lld;"
             "delete from desk.audit_head where seq > %lld;"
             "delete from desk.audit_chain where seq > %lld", (long long)seq, (long long)seq,
             (long long)seq, (long long)seq, (long long)seq, (long long)seq);
    run(world, sql, NULL, 0);
    if (mark)
        run(world, "update desk.audit_mark set seen = pg_current_snapshot()", NULL, 0);
}

/* Links past one alone, or their heads too: the entries are there, the chain is short. */
static bool cut(struct world *world)
{
    char sql[256];
    int64_t seq = below(world, world->links);
    snprintf(sql, sizeof sql, "delete from desk.audit_head where seq > %lld",
             (long long)seq);
    if (below(world, 3) > 0)
        run(world, sql, NULL, 0);
    snprintf(sql, sizeof sql, "delete from desk.audit_chain where seq > %lld", (long long)seq);
    return attempt(world, sql);
}

/* The chain is made anew from a link on, as the sealer would have made it. */
static void chain_again(struct world *world, int64_t from)
{
    char sql[1024];
    snprintf(sql, sizeof sql, "do $$ declare e record; h bytea := coalesce((select hash from "
             "desk.audit_chain where seq = %lld - 1), ''); begin for e in select c.seq, "
             "coalesce(d.row_hash, a.row_hash) as row_hash from desk.audit_chain c left join "
             "desk.audit_entry d on c.source = 'D' and d.entry_id = c.entry_id left join "
             "paycore.audit_entry a on c.source = 'C' and a.journal_id = c.entry_id where c.seq >= "
             "%lld order by c.seq loop h := sha256('\\x01'::bytea || h || int8send(e.seq) || "
             "e.row_hash); update desk.audit_chain set hash = h where seq = e.seq; end loop; end "
             "$$", (long long)from, (long long)from);
    run(world, sql, NULL, 0);
}

/* Heads for the new chain, signed by another key, in the sealer's name or not at all. */
static void heads_again(struct world *world, int64_t from)
{
    char sql[512];
    int64_t way = below(world, 3);
    if (way == 0)
        snprintf(sql, sizeof sql, "delete from desk.audit_head where seq >= %lld",
                 (long long)from);
    else
        snprintf(sql, sizeof sql, "update desk.audit_head h set hash = c.hash%s from "
                 "desk.audit_chain c where c.seq = h.seq and h.seq >= %lld",
                 way == 1 ? "" : ", key = encode(sha256('mine'), 'hex')", (long long)from);
    run(world, sql, NULL, 0);
}

static bool recompute(struct world *world)
{
    char sql[1024];
    int64_t seq = number(world, "select seq from desk.audit_chain where source = 'D' order by "
                                "random() limit 1");
    snprintf(sql, sizeof sql, "update desk.audit_entry e set detail = 'nothing', row_hash = "
             "sha256('\\x44'::bytea || int8send(e.entry_id) || xid8send(e.xid) || "
             "timestamptz_send(e.at) || desk.audit_field(e.login) || desk.audit_field(e.actor) || "
             "desk.audit_field(e.action) || desk.audit_field(e.object) || "
             "desk.audit_field('nothing')) from desk.audit_chain c where c.seq = %lld and "
             "c.entry_id = e.entry_id and c.source = 'D'", (long long)seq);
    if (!attempt(world, sql))
        return false;
    chain_again(world, seq);
    heads_again(world, seq);
    return true;
}

static bool yesterday(struct world *world)
{
    restore(world, below(world, world->links), below(world, 2) == 0);
    return true;
}

/* Yesterday's database goes on, with a history of its own, sealed but not signed, or signed by the
 * sealer itself, who knew nothing. */
static bool fork_chain(struct world *world)
{
    restore(world, below(world, world->links), true);
    run(world, "set session_replication_role = origin", NULL, 0);
    work(world);
    /* Longer than what the witness saw, or not. */
    if (below(world, 2) == 0)
        run(world, "select tamper.act('fork', '', n::text) from generate_series(1, 500) n", NULL,
            0);
    run(world, "set session_replication_role = replica", NULL, 0);
    /* What this transaction wrote is not visible to the sealer: its links are made by hand. */
    run(world, "insert into desk.audit_chain select (select coalesce(max(seq), 0) from "
        "desk.audit_chain) + row_number() over (order by e.entry_id), 'D', e.entry_id, "
        "sha256('fork') from desk.audit_entry e where not exists (select from desk.audit_chain c "
        "where c.source = 'D' and c.entry_id = e.entry_id)", NULL, 0);
    chain_again(world, 1);
    return true;
}

static const struct {
    const char *name;
    bool (*tamper)(struct world *world);
} kinds[] = {
    {"flip", flip}, {"flip", flip}, {"flip", flip}, {"delete", delete_rows}, {"insert", insert},
    {"swap", swap}, {"cut", cut}, {"recompute", recompute}, {"yesterday", yesterday},
    {"fork", fork_chain},
};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static bool tamper_once(struct world *world, int64_t i, bool loud)
{
    size_t kind = (size_t)below(world, KIND_COUNT);
    bool done = false;
    run(world, "begin; set local session_replication_role = replica", NULL, 0);
    for (int tries = 0; !done && tries < TRIES; tries++)
        done = kinds[kind].tamper(world);
    if (!done)
        die(world, "no tampering of this kind came about");
    bool found = verify(world) > 0;
    run(world, "rollback; set session_replication_role = origin", NULL, 0);
    if (!found || loud)
        printf("    %s %lld %s: %s\n", found ? "found" : "NOT FOUND", (long long)i,
               kinds[kind].name, world->first);
    return found;
}

/* History that goes on as it should, sealed or not yet, seen by the witness or not yet. */
static bool leave_alone(struct world *world, int64_t i)
{
    if (below(world, 2) == 0)
        work(world);
    if (below(world, 2) == 0)
        seal(world, below(world, 2) == 0);
    bool quiet = verify(world) == 0;
    if (!quiet)
        printf("    FALSE ALARM %lld: %s\n", (long long)i, world->first);
    return quiet;
}

static void be_quiet(void *context, const char *message)
{
    (void)context, (void)message;
}

int main(int argc, char **argv)
{
    static struct world world;
    struct error error = {0};
    int64_t passed = 0, failed = 0;
    if (argc != 8) {
        fprintf(stderr, "usage: tamper CONNINFO KEY CERTIFICATE ROOT SEED TAMPERINGS UNTOUCHED\n");
        return 2;
    }
    world.connection = PQconnectdb(argv[1]);
    world.key = seal_key_open(argv[2], &error);
    world.trust = world.key == NULL ? NULL : seal_trust_open(argv[3], argv[4], &error);
    world.random.state = strtoull(argv[5], NULL, 10);
    if (world.trust == NULL || PQstatus(world.connection) != CONNECTION_OK)
        die(&world, error.message);
    PQsetNoticeProcessor(world.connection, be_quiet, NULL);
    prepare(&world);
    if (verify(&world) != 0)
        die(&world, world.first);
    bool loud = getenv("LOUD") != NULL;
    for (int64_t i = 0; i < strtoll(argv[6], NULL, 10); i++)
        *(tamper_once(&world, i, loud) ? &passed : &failed) += 1;
    for (int64_t i = 0; i < strtoll(argv[7], NULL, 10); i++)
        *(leave_alone(&world, i) ? &passed : &failed) += 1;
    printf("seed %s, %lld links, %zu heads\n", argv[5], (long long)world.links,
           world.witness_count);
    printf("%lld passed, %lld failed\n", (long long)passed, (long long)failed);
    PQfinish(world.connection);
    seal_key_free(world.key);
    seal_trust_free(world.trust);
    return failed == 0 ? 0 : 1;
}
