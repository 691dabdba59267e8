/* Attacks on the settlement database, each as the login it is about.
 *
 * usage: attack DIRECTORY PORT DATABASE [hand[:TEXT] | OBJECT]     in the repository's directory
 *        hand: only what is written by hand (and has TEXT in it); OBJECT: only the grid of objects
 *        of that name
 *
 * The grid is made from the catalogue: every relation and column x every verb, every sequence,
 * every function, every schema x every login, definer and owner. tests/sql/rights.tbl says who may;
 * an object that it does not know is a fault. Then come the attacks written by hand in
 * tests/sql/attacks.tbl. One connection a login, one savepoint an attempt; a denial is SQLSTATE
 * 42501 and nothing else. Prints each hole and ends with `N attempts, N holes`; the exit code is 1
 * where there is one. */
#include <assert.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

enum { ROLES_MAX = 32, RULES_MAX = 800, SETS_MAX = 16, FACTS_MAX = 60, LINE_ROOM = 4096 };

static const char denied[] = "42501";

struct role {
    const char *name;  /* as rights.tbl says it */
    const char *login; /* of the database */
    bool connects;     /* logs in itself; the others are taken on by the superuser */
    bool in_grid;
    PGconn *connection;
};

/* What t_* logins are is said in tests/sql/fixture.sql. */
static struct role roles[] = {
    {.name = "support", .login = "t_support", .connects = true, .in_grid = true},
    {.name = "clearing", .login = "t_clearing", .connects = true, .in_grid = true},
    {.name = "supervisor", .login = "t_supervisor", .connects = true, .in_grid = true},
    {.name = "risk", .login = "t_risk", .connects = true, .in_grid = true},
    {.name = "fare", .login = "t_fare", .connects = true, .in_grid = true},
    {.name = "device", .login = "t_device", .connects = true, .in_grid = true},
    {.name = "auditor", .login = "t_auditor", .connects = true, .in_grid = true},
    {.name = "sysadmin", .login = "t_sysadmin", .connects = true, .in_grid = true},
    {.name = "service", .login = "t_service", .connects = true, .in_grid = true},
    {.name = "core_writer", .login = "t_core_writer", .connects = true, .in_grid = true},
    {.name = "core", .login = "t_core", .connects = true, .in_grid = true},
    {.name = "sealer", .login = "t_sealer", .connects = true, .in_grid = true},
    {.name = "witness", .login = "t_witness", .connects = true, .in_grid = true},
    {.name = "none", .login = "t_none", .in_grid = true},
    {.name = "def_read", .login = "def_read", .in_grid = true},
    {.name = "def_import", .login = "def_import", .in_grid = true},
    {.name = "def_match", .login = "def_match", .in_grid = true},
    {.name = "def_case", .login = "def_case", .in_grid = true},
    {.name = "def_feed", .login = "def_feed", .in_grid = true},
    {.name = "def_enrol", .login = "def_enrol", .in_grid = true},
    {.name = "def_end", .login = "def_end", .in_grid = true},
    {.name = "def_audit", .login = "def_audit", .in_grid = true},
    {.name = "def_core", .login = "def_core", .in_grid = true},
    {.name = "own_core", .login = "own_core", .in_grid = true},
    {.name = "own_desk", .login = "own_desk", .in_grid = true},
    {.name = "own_paycore", .login = "own_paycore", .in_grid = true},
    {.name = "clerk2", .login = "t_clerk2", .connects = true},
    {.name = "scoped", .login = "t_scoped", .connects = true},
    {.name = "ended", .login = "t_ended", .connects = true},
    {.name = "boss", .login = "t_boss", .connects = true},
    {.name = "supervisor2", .login = "t_supervisor2", .connects = true},
    {.name = "supervisor3", .login = "t_supervisor3", .connects = true},
    {.name = "superuser", .login = "postgres", .connects = true},
};
enum { ROLE_COUNT = sizeof roles / sizeof roles[0] };

struct rule {
    char kind[16], object[80], verb[16], columns[400], who[200];
    bool used;
};
struct named {
    char name[32], value[400];
};

/* One program, one database, one report. */
static struct {
    const char *directory, *port, *database;
    const char *only; /* "" for all of it */
    PGconn *super;
    struct rule rules[RULES_MAX];
    size_t rule_count;
    struct named sets[SETS_MAX], facts[FACTS_MAX];
    size_t set_count, fact_count;
    long attempts, holes;
} run;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("attack: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(2);
}

__attribute__((format(printf, 1, 2))) static void hole(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("hole: ", stdout);
    vprintf(format, list);
    putchar('\n');
    va_end(list);
    run.holes++;
}

/* --- words */

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at != '\0';) {
        size_t n = strcspn(at, " ,");
        if (n == length && strncmp(at, word, n) == 0)
            return true;
        at += n + (at[n] != '\0');
    }
    return false;
}

static const char *named_value(const struct named *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return list[i].value;
    return NULL;
}

/* Whether words name the role, by itself or in a set. */
static bool words_have_role(const char *words, const char *role)
{
    if (has_word(words, role))
        return true;
    for (size_t i = 0; i < run.set_count; i++)
        if (has_word(words, run.sets[i].name) && has_word(run.sets[i].value, role))
            return true;
    return false;
}

/* Replaces :name by what the fixture says it is. */
static void expand(char *out, size_t size, const char *text)
{
    size_t length = 0;
    while (*text != '\0' && length + 1 < size) {
        size_t n = *text == ':' ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_0123456789") : 0;
        char name[32] = "";
        if (n > 0 && n < sizeof name)
            memcpy(name, text + 1, n);
        const char *value = named_value(run.facts, run.fact_count, name);
        if (value != NULL) {
            int put = snprintf(out + length, size - length, "%s", value);
            length += (size_t)put;
            text += n + 1;
        } else {
            out[length++] = *text++;
        }
    }
    if (length + 1 >= size)
        die("too long: %s", text);
    out[length] = '\0';
}

/* --- connections */

static PGconn *connect_as(const char *login)
{
    const char *const names[] = {"host", "port", "dbname", "user", NULL};
    const char *const values[] = {run.directory, run.port, run.database, login, NULL};
    return PQconnectdbParams(names, values, 0);
}

static PGresult *ask(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        die("%s\n  %s", sql, PQerrorMessage(connection));
    return result;
}

static void command(PGconn *connection, const char *sql)
{
    PQclear(ask(connection, sql));
}

static void open_transaction(const struct role *role)
{
    command(role->connection, "begin");
    command(role->connection, "savepoint a");
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* The role's connection, made when it is first needed. */
static PGconn *connection_of(struct role *role)
{
    char sql[100];
    if (role->connection != NULL)
        return role->connection;
    role->connection = connect_as(role->connects ? role->login : "postgres");
    if (PQstatus(role->connection) != CONNECTION_OK)
        die("%s: %s", role->login, PQerrorMessage(role->connection));
    PQsetNoticeReceiver(role->connection, ignore_notice, NULL);
    command(role->connection, "set statement_timeout = '20s'; set lock_timeout = '2s'");
    if (!role->connects) {
        snprintf(sql, sizeof sql, "set session authorization %s", role->login);
        command(role->connection, sql);
    }
    open_transaction(role);
    return role->connection;
}

/* A login in no group must not even come in. */
static void attack_door(void)
{
    run.attempts++;
    PGconn *none = connect_as("t_none");
    if (PQstatus(none) == CONNECTION_OK)
        hole("a login in no group may connect");
    PQfinish(none);
}

static struct role *role_of(const char *name)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (strcmp(roles[i].name, name) == 0)
            return &roles[i];
    return NULL;
}

/* --- attempts */

/* Copies that were let in are ended, so that the connection can go on. */
static PGresult *drain(PGconn *connection, PGresult *result)
{
    if (PQresultStatus(result) == PGRES_COPY_IN) {
        PQputCopyEnd(connection, "end");
    } else if (PQresultStatus(result) == PGRES_COPY_OUT) {
        char *row;
        while (PQgetCopyData(connection, &row, 0) > 0)
            PQfreemem(row);
    } else {
        return result;
    }
    PGresult *next;
    while ((next = PQgetResult(connection)) != NULL)
        PQclear(next);
    return result;
}

/* Runs one statement in its savepoint. What it did is undone at once where it was let, so that no
 * lock stays. */
static PGresult *try(struct role *role, const char *sql)
{
    static char text[LINE_ROOM + 100];
    PGconn *connection = connection_of(role);
    snprintf(text, sizeof text, "rollback to a; %s", sql);
    PGresult *result = drain(connection, PQexec(connection, text));
    if (PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL)
        command(connection, "rollback to a");
    if (PQstatus(connection) != CONNECTION_OK)
        die("%s: the connection ended at: %s", role->name, sql);
    run.attempts++;
    return result;
}

/* Gives the statement's SQLSTATE, "" for none, and the first cell of its result. */
static void attempt(struct role *role, const char *sql, char state[6], char *cell, size_t cell_size)
{
    PGresult *result = try(role, sql);
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(state, 6, "%s", code == NULL ? "" : code);
    if (cell != NULL) {
        bool has = PQntuples(result) > 0 && PQnfields(result) > 0;
        snprintf(cell, cell_size, "%s", has ? PQgetvalue(result, 0, 0) : "");
    }
    PQclear(result);
}

/* One field of the grid. */
static void probe(struct role *role, bool may, const char *sql)
{
    char state[6];
    attempt(role, sql, state, NULL, 0);
    bool is_denied = strcmp(state, denied) == 0;
    if (may && is_denied)
        hole("%s may not, and should: %s", role->name, sql);
    else if (!may && !is_denied)
        hole("%s: %s, wanted %s: %s", role->name, state[0] == '\0' ? "may" : state, denied, sql);
}

/* Writing to a view: the server may say that nobody can before it asks who. */
static void probe_view(struct role *role, const char *sql)
{
    static const char *const refusals[] = {denied, "55000", "0A000", "428C9"};
    char state[6];
    attempt(role, sql, state, NULL, 0);
    bool refused = false;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        refused = refused || strcmp(state, refusals[i]) == 0;
    if (!refused)
        hole("%s: %s: %s", role->name, state[0] == '\0' ? "may" : state, sql);
}

/* --- what rights.tbl says */

static void read_rule(char *line)
{
    char set[32];
    int at = 0;
    struct rule *rule = &run.rules[run.rule_count];
    if (sscanf(line, "set %31s %n", set, &at) == 1 && at > 0) {
        assert(run.set_count < SETS_MAX);
        struct named *named = &run.sets[run.set_count++];
        snprintf(named->name, sizeof named->name, "%s", set);
        snprintf(named->value, sizeof named->value, "%s", line + at);
        return;
    }
    assert(run.rule_count < RULES_MAX);
    char verb[420];
    if (sscanf(line, "%15s %79s %419s %199[^\n]", rule->kind, rule->object, verb, rule->who) < 4)
        die("rights.tbl: %s", line);
    char *bracket = strchr(verb, '(');
    if (bracket != NULL) {
        *bracket++ = '\0';
        bracket[strcspn(bracket, ")")] = '\0';
        snprintf(rule->columns, sizeof rule->columns, "%s", bracket);
    }
    snprintf(rule->verb, sizeof rule->verb, "%.15s", verb);
    run.rule_count++;
}

static void read_rules(void)
{
    char line[LINE_ROOM];
    FILE *file = fopen("tests/sql/rights.tbl", "r");
    if (file == NULL)
        die("tests/sql/rights.tbl cannot be opened");
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#')
            read_rule(line);
    }
    fclose(file);
}

/* (a,b): these columns; (!a,b): all but these. column "": any of them; NULL: all of them. */
static bool rule_has_column(const struct rule *rule, const char *column)
{
    if (rule->columns[0] == '\0')
        return true;
    if (column == NULL || column[0] == '\0')
        return column != NULL;
    if (rule->columns[0] == '!')
        return !has_word(rule->columns + 1, column);
    return has_word(rule->columns, column);
}

/* Whether the grid is to be tried on it: it is wanted, and rights.tbl knows it. */
static bool is_known(const char *kind, const char *object)
{
    if (run.only[0] != '\0' && fnmatch(run.only, object, 0) != 0)
        return false;
    bool known = false;
    for (size_t i = 0; i < run.rule_count; i++) {
        struct rule *rule = &run.rules[i];
        if (strcmp(rule->kind, kind) == 0 && fnmatch(rule->object, object, 0) == 0)
            rule->used = known = true;
    }
    if (!known)
        hole("%s %s has no row in rights.tbl", kind, object);
    return known;
}

/* column: as above. */
static bool may(const struct role *role, const char *owner, const char *kind, const char *object,
                const char *verb, const char *column)
{
    if (strcmp(role->login, owner) == 0)
        return true;
    for (size_t i = 0; i < run.rule_count; i++) {
        const struct rule *rule = &run.rules[i];
        if (strcmp(rule->kind, kind) == 0 && strcmp(rule->verb, verb) == 0 &&
            fnmatch(rule->object, object, 0) == 0 && rule_has_column(rule, column) &&
            words_have_role(rule->who, role->name))
            return true;
    }
    return false;
}

/* --- the grid */

/* One row of a catalogue query, by column. */
struct row {
    const PGresult *result;
    int number;
};

static const char *cell(const struct row *row, const char *name)
{
    int column = PQfnumber(row->result, name);
    assert(column >= 0);
    return PQgetvalue(row->result, row->number, column);
}

static bool is_true(const struct row *row, const char *name)
{
    return cell(row, name)[0] == 't';
}

static void each_row(const char *sql, void (*use)(const struct row *))
{
    PGresult *result = ask(run.super, sql);
    for (int i = 0; i < PQntuples(result); i++)
        use(&(struct row){result, i});
    PQclear(result);
}

static void each_role(const struct row *row, void (*use)(const struct row *, struct role *))
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (roles[i].in_grid)
            use(row, &roles[i]);
}

static const char sql_relations[] =
    "select c.oid::regclass as name, pg_get_userbyid(c.relowner) as owner,"
    " c.relkind = 'v' as is_view from pg_class c"
    " where c.relnamespace::regnamespace::text in ('core', 'desk', 'paycore')"
    " and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1";

__attribute__((format(printf, 1, 2))) static const char *format(const char *text, ...)
{
    static char sql[1000];
    va_list list;
    va_start(list, text);
    vsnprintf(sql, sizeof sql, text, list);
    va_end(list);
    return sql;
}

static void attack_view(const struct row *row, struct role *role)
{
    const char *name = cell(row, "name"), *owner = cell(row, "owner");
    probe(role, may(role, owner, "relation", name, "select", NULL),
          format("select * from %s limit 0", name));
    probe_view(role, format("insert into %s select where false", name));
    probe_view(role, format("delete from %s where false", name));
    if (strcmp(role->login, owner) != 0)
        probe(role, false, format("lock table %s in access exclusive mode nowait", name));
}

/* Without a column the server asks for a right on any column at all. */
static void attack_table(const struct row *row, struct role *role)
{
    const char *name = cell(row, "name"), *owner = cell(row, "owner");
    bool deletes = may(role, owner, "relation", name, "delete", NULL);
    bool truncates = may(role, owner, "relation", name, "truncate", NULL);
    bool reads = may(role, owner, "relation", name, "select", NULL);
    bool changes = deletes || truncates || may(role, owner, "relation", name, "update", NULL);
    probe(role, reads, format("select 1 from %s limit 0", name));
    probe(role, reads, format("copy %s to stdout", name));
    probe(role, may(role, owner, "relation", name, "insert", ""),
          format("insert into %s select where false", name));
    probe(role, deletes, format("delete from %s where false", name));
    probe(role, truncates, format("truncate %s", name));
    probe(role, changes, format("lock table only %s in share row exclusive mode nowait", name));
    probe(role, changes, format("lock table only %s in access exclusive mode nowait", name));
}

static void relation(const struct row *row)
{
    if (is_known("relation", cell(row, "name")))
        each_role(row, is_true(row, "is_view") ? attack_view : attack_table);
}

static const char sql_columns[] =
    "select c.oid::regclass as name, pg_get_userbyid(c.relowner) as owner,"
    " quote_ident(a.attname) as column, format_type(a.atttypid, null) as type,"
    " a.attgenerated <> '' as is_generated, c.relkind = 'v' as is_view"
    " from pg_attribute a join pg_class c on c.oid = a.attrelid"
    " where c.relnamespace::regnamespace::text in ('core', 'desk', 'paycore')"
    " and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped"
    " order by 1, a.attnum";

static void attack_column(const struct row *row, struct role *role)
{
    const char *name = cell(row, "name"), *owner = cell(row, "owner");
    const char *column = cell(row, "column");
    const char *update = format("update %s set %s = default where false", name, column);
    if (is_true(row, "is_view")) {
        probe_view(role, update);
        return;
    }
    probe(role, may(role, owner, "relation", name, "update", column), update);
    bool inserts = may(role, owner, "relation", name, "insert", "");
    if (inserts && !is_true(row, "is_generated"))
        probe(role, may(role, owner, "relation", name, "insert", column),
              format("insert into %s (%s) overriding system value select null::%s where false",
                     name, column, cell(row, "type")));
}

static void column(const struct row *row)
{
    if (run.only[0] == '\0' || fnmatch(run.only, cell(row, "name"), 0) == 0)
        each_role(row, attack_column);
}

static const char sql_functions[] =
    "select p.oid::regprocedure as signature, p.pronamespace::regnamespace || '.' || p.proname"
    " as name, pg_get_userbyid(p.proowner) as owner,"
    " (select coalesce(string_agg('null::' || format_type(t.type, null), ', ' order by t.n), '')"
    "  from unnest(p.proargtypes) with ordinality t (type, n)) as arguments"
    " from pg_proc p where p.pronamespace::regnamespace::text in ('core', 'desk', 'paycore')"
    " order by 1";

/* A function that may be called can still be refused something inside; what counts is whether the
 * function itself was. */
static void attack_function(const struct row *row, struct role *role)
{
    char sql[600];
    const char *name = cell(row, "name");
    snprintf(sql, sizeof sql, "select %s(%s)", name, cell(row, "arguments"));
    PGresult *result = try(role, sql);
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char refusal[120], schema[80];
    snprintf(refusal, sizeof refusal, "permission denied for function %s", strchr(name, '.') + 1);
    snprintf(schema, sizeof schema, "permission denied for schema %.*s",
             (int)(strchr(name, '.') - name), name);
    /* Nor can one name a type that is out of one's sight. */
    char of_type[80] = "", type_schema[40] = "";
    if (message != NULL && sscanf(message, "permission denied for schema %39s", type_schema) == 1)
        snprintf(of_type, sizeof of_type, "::%s.", type_schema);
    bool by_type = of_type[0] != '\0' && strstr(cell(row, "arguments"), of_type) != NULL;
    bool is_denied = code != NULL && strcmp(code, denied) == 0 &&
                     (strcmp(message, refusal) == 0 || strcmp(message, schema) == 0 || by_type);
    bool in_schema = message == NULL || strcmp(message, schema) != 0;
    bool wanted = may(role, cell(row, "owner"), "function", name, "execute", NULL);
    if (wanted && is_denied && in_schema)
        hole("%s may not, and should: %s", role->name, sql);
    else if (!wanted && !is_denied)
        hole("%s may, or was refused for another reason (%s): %s", role->name,
             code == NULL ? "" : code, sql);
    PQclear(result);
}

static void function(const struct row *row)
{
    if (is_known("function", cell(row, "name")))
        each_role(row, attack_function);
}

static const char sql_sequences[] =
    "select c.oid::regclass as name, pg_get_userbyid(c.relowner) as owner from pg_class c"
    " where c.relnamespace::regnamespace::text in ('core', 'desk', 'paycore') and c.relkind = 'S'"
    " order by 1";

static void attack_sequence(const struct row *row, struct role *role)
{
    const char *name = cell(row, "name"), *owner = cell(row, "owner");
    char sql[200];
    snprintf(sql, sizeof sql, "select nextval('%s')", name);
    probe(role, may(role, owner, "sequence", name, "usage", NULL), sql);
    /* Sequences know no rollback: who may set one is not asked to. */
    snprintf(sql, sizeof sql, "select setval('%s', 1)", name);
    if (!may(role, owner, "sequence", name, "update", NULL))
        probe(role, false, sql);
    snprintf(sql, sizeof sql, "select last_value from %s", name);
    probe(role, may(role, owner, "sequence", name, "select", NULL), sql);
}

static void sequence(const struct row *row)
{
    if (is_known("sequence", cell(row, "name")))
        each_role(row, attack_sequence);
}

static const char sql_schemas[] =
    "select n.nspname as name, pg_get_userbyid(n.nspowner) as owner from pg_namespace n"
    " where n.nspname !~ '^pg_(toast|temp)' and n.nspname <> 'attack' order by 1";

static void attack_schema(const struct row *row, struct role *role)
{
    static const char *const things[] = {
        "create table %s.evil (x integer)",
        "create view %s.evil as select 1 as one",
        "create function %s.evil() returns integer language sql return 1",
        "create sequence %s.evil",
        "create type %s.evil as enum ('a')",
        "create operator %s.=== (leftarg = text, rightarg = text, function = texteq)",
    };
    char sql[200];
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
        const char *name = cell(row, "name");
        const char *place = strchr(things[i], '%');
        snprintf(sql, sizeof sql, "%.*s%s%s", (int)(place - things[i]), things[i], name, place + 2);
        probe(role, may(role, cell(row, "owner"), "schema", name, "create", NULL), sql);
    }
}

static void schema(const struct row *row)
{
    if (is_known("schema", cell(row, "name")))
        each_role(row, attack_schema);
}

/* --- attacks by hand */

static const char sql_facts[] =
    "select name, value from attack.fact union all"
    " select 'other_pid', min(pid)::text from pg_stat_activity"
    " where datname = current_database() and usename = 't_supervisor'"
    " union all select 'database', current_database()";

static void fact(const struct row *row)
{
    assert(run.fact_count < FACTS_MAX);
    struct named *named = &run.facts[run.fact_count++];
    snprintf(named->name, sizeof named->name, "%s", cell(row, "name"));
    snprintf(named->value, sizeof named->value, "%s", cell(row, "value"));
}

/* Statements that the server takes only outside a transaction. */
static void attempt_alone(struct role *role, const char *sql, char state[6])
{
    command(connection_of(role), "rollback");
    PGresult *result = PQexec(role->connection, sql);
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(state, 6, "%s", code == NULL ? "" : code);
    PQclear(result);
    open_transaction(role);
    run.attempts++;
}

static void attack_by_hand(struct role *role, const char *expected, const char *text, int line)
{
    char sql[LINE_ROOM], state[6], got[400] = "";
    expand(sql, sizeof sql, text);
    if (sql[0] == '!')
        attempt_alone(role, sql + 1, state);
    else
        attempt(role, sql, state, got, sizeof got);
    bool good = expected[0] == '=' ? state[0] == '\0' && strcmp(got, expected + 1) == 0
                                   : strcmp(state, expected) == 0;
    if (!good)
        hole("attacks.tbl:%d: %s: %s%s%s, wanted %s: %s", line, role->name,
             state[0] == '\0' ? "done " : state, state[0] == '\0' ? "=" : "", got, expected, sql);
}

static void attack_line(char *line, int number)
{
    char *expected = strchr(line, '\t');
    if (expected == NULL)
        die("attacks.tbl:%d: three columns with a tab between", number);
    *expected++ = '\0';
    char *sql = strchr(expected, '\t');
    if (sql == NULL)
        die("attacks.tbl:%d: three columns with a tab between", number);
    *sql++ = '\0';
    bool any = false;
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (!words_have_role(line, roles[i].name))
            continue;
        any = true;
        attack_by_hand(role_of(roles[i].name), expected, sql, number);
    }
    if (!any)
        die("attacks.tbl:%d: nobody is called %s", number, line);
}

static void attack_by_table(const char *with)
{
    char line[LINE_ROOM];
    int number = 0;
    FILE *file = fopen("tests/sql/attacks.tbl", "r");
    if (file == NULL)
        die("tests/sql/attacks.tbl cannot be opened");
    while (fgets(line, sizeof line, file) != NULL) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#' && strstr(line, with) != NULL)
            attack_line(line, number);
    }
    fclose(file);
}

static void attack_by_grid(void)
{
    each_row(sql_relations, relation);
    each_row(sql_columns, column);
    each_row(sql_functions, function);
    each_row(sql_sequences, sequence);
    each_row(sql_schemas, schema);
    for (size_t i = 0; i < run.rule_count && run.only[0] == '\0'; i++)
        if (!run.rules[i].used)
            hole("rights.tbl: there is no %s %s", run.rules[i].kind, run.rules[i].object);
}

int main(int count, char **arguments)
{
    if (count != 4 && count != 5)
        die("usage: attack DIRECTORY PORT DATABASE [hand[:TEXT] | OBJECT]");
    run.directory = arguments[1];
    run.port = arguments[2];
    run.database = arguments[3];
    run.only = count == 5 ? arguments[4] : "";
    bool hand = strncmp(run.only, "hand", 4) == 0;
    read_rules();
    run.super = connect_as("postgres");
    if (PQstatus(run.super) != CONNECTION_OK)
        die("%s", PQerrorMessage(run.super));
    /* Whom others try to end. */
    connection_of(role_of("supervisor"));
    attack_door();
    each_row(sql_facts, fact);
    if (!hand)
        attack_by_grid();
    if (hand || run.only[0] == '\0')
        attack_by_table(hand && run.only[4] == ':' ? run.only + 5 : "");
    for (size_t i = 0; i < ROLE_COUNT; i++)
        PQfinish(roles[i].connection);
    PQfinish(run.super);
    printf("%ld attempts, %ld holes\n", run.attempts, run.holes);
    return run.holes == 0 ? 0 : 1;
}
