/* All orders of overlapping sessions on one request, over libpq, on tests/orders/fixture.sql.
 *
 * usage: orders DIRECTORY PORT DATABASE MOST [SCENARIO...]
 *
 * A scenario is up to four sessions of a few steps each. An order is a choice, before each step, of
 * the session that goes on; one that waits for a lock cannot be chosen. Every order is run from the
 * start, with rows of its own; the next one differs in the last choice that has another possibility
 * left, until there is none. So each order that can happen happens once. MOST: at most so many of a
 * scenario; 0 is all, -1 all until one is faulty. After each order orders.faults() says what does
 * not hold. */
#include "orders/overlap.h"

enum { SESSIONS_MAX = 4, STEPS_MAX = 5, DEPTH_MAX = SESSIONS_MAX * STEPS_MAX, TEXT_ROOM = 4000 };

/* What a session does. A step whose SQL ends in %s gets what the step before it answered, as a
 * literal. */
struct part {
    const char *name;   /* as orders.faults() names what is done; behind '!' it is undone */
    const char *login;
    const char *steps[STEPS_MAX];
};

static const struct part APPROVE_1 = {
    "approve:super1", "super1", {"begin; select orders.decide('approve')", "commit"}};
static const struct part APPROVE_1_TOO = {"approve:super1_too", "super1_too",
    {"begin; select orders.decide('approve')", "commit"}};
static const struct part APPROVE_2 = {
    "approve:super2", "super2", {"begin; select orders.decide('approve')", "commit"}};
static const struct part APPROVE_LOST = {
    "!", "super2", {"begin; select orders.decide('approve')", "rollback"}};
static const struct part REJECT = {
    "reject:super3", "super3", {"begin; select orders.decide('reject')", "commit"}};
static const struct part WITHDRAW = {
    "withdraw", "clerk1", {"begin; select orders.withdraw()", "commit"}};
/* The clock passes the time to approve; then daybookd comes round. */
static const struct part EXPIRE = {"expire", "daybookd",
    {"reset session authorization; select orders.clock(61); set session authorization daybookd",
     "begin; select orders.expire()", "commit"}};
/* The same for the time to execute and the ten minutes that the desk waits after it. */
static const struct part EXPIRE_LATE = {"expire", "daybookd",
    {"reset session authorization; select orders.clock(131); set session authorization daybookd",
     "begin; select orders.expire()", "commit"}};
/* A relay: the desk's bundle, the core's transaction, the desk is told. */
static const struct part EXECUTE = {"execute", "daybookd",
    {"select orders.bundle()",
     "begin; set local session authorization core1; select orders.execute(%s)", "commit",
     "select orders.%s"}};
/* Another, which has its bundle already. */
static const struct part EXECUTE_TOO = {"execute", "daybookd",
    {"begin; set local session authorization core1; select orders.execute(orders.signatures())",
     "commit", "select orders.%s"}};

struct scenario {
    const char *name;
    int tier;
    const char *voters[3]; /* who approved before it starts */
    const struct part *parts[SESSIONS_MAX];
};

static const struct scenario SCENARIOS[] = {
    {"one-checker", 1, {NULL}, {&APPROVE_1, &WITHDRAW, &EXPIRE, &EXECUTE}},
    {"rejected", 1, {NULL}, {&APPROVE_1, &REJECT, &WITHDRAW, &EXECUTE}},
    {"two-checkers", 2, {NULL}, {&APPROVE_1, &APPROVE_2, &WITHDRAW, &EXECUTE}},
    {"one-person", 2, {NULL}, {&APPROVE_1, &APPROVE_1_TOO, &EXPIRE, &EXECUTE}},
    {"last-vote", 2, {"approve:super1"}, {&APPROVE_2, &REJECT, &EXPIRE, &EXECUTE}},
    {"lost", 1, {NULL}, {&APPROVE_LOST, &APPROVE_1, &WITHDRAW, &EXECUTE}},
    {"two-relays", 1, {NULL}, {&APPROVE_1, &WITHDRAW, &EXECUTE, &EXECUTE_TOO}},
    {"approved", 1, {"approve:super1"}, {&EXECUTE, &EXECUTE_TOO, &EXPIRE_LATE}},
};

struct session {
    const struct part *part;
    PGconn *connection;
    int pid;
    int next;          /* step */
    bool busy, refused;
    bool open;         /* in a transaction of more steps */
    bool astray;       /* refused by no rule of ours: a deadlock, a fault */
    bool done;         /* its transaction is through, and was not refused */
    char answer[TEXT_ROOM];
};

static struct {
    const char *host, *port, *database;
    PGconn *monitor;
    struct session sessions[SESSIONS_MAX];
    int count;         /* of sessions */
    int path[DEPTH_MAX], ways[DEPTH_MAX], depth; /* the order, and how many could be chosen */
    char story[8 * TEXT_ROOM];                   /* what happened in it */
    int passed, failed;
} run;

static void tell(const struct session *session, const char *what)
{
    size_t used = strlen(run.story);
    snprintf(run.story + used, sizeof run.story - used, "    %d %s.%d: %.*s\n",
             (int)(session - run.sessions), session->part->name, session->next,
             (int)(strcspn(what, "\n") < 60 ? strcspn(what, "\n") : 60), what);
}

/* --- one session */

static bool has_step(const struct session *session)
{
    return session->next < STEPS_MAX && session->part->steps[session->next] != NULL;
}

static bool executes(const struct session *session)
{
    return strstr(session->part->steps[session->next], "orders.execute") != NULL;
}

/* After a refusal there is nothing left to do but to tell the desk what the core answered. */
static void refuse(struct session *session, const char *state, const char *word)
{
    session->refused = true;
    snprintf(session->answer, sizeof session->answer, "failed('%s')", word);
    session->astray = strncmp(state, "DB", 2) != 0;
}

static void take_result(struct session *session, const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK && PQntuples(result) > 0) {
        if (session->open && PQgetisnull(result, 0, 0) != 0)
            session->refused = true; /* there was nothing to do */
        const char *value = PQgetvalue(result, 0, 0);
        char *literal = PQescapeLiteral(session->connection, value, strlen(value));
        snprintf(session->answer, sizeof session->answer,
                 executes(session) ? "settle(%s)" : "%s", literal);
        PQfreemem(literal);
        tell(session, value);
    } else if (status == PGRES_FATAL_ERROR) {
        const char *word = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        tell(session, word);
        refuse(session, state != NULL ? state : "", word != NULL ? word : "");
    }
}

/* A step has ended. A transaction that was refused has let go of everything: its end is no step
 * that anybody could notice, and so it is made at once and not ordered. */
static void finish(struct session *session)
{
    PGresult *result;
    const char *sql = session->part->steps[session->next];
    session->open = strncmp(sql, "begin", 5) == 0;
    while ((result = PQgetResult(session->connection)) != NULL) {
        take_result(session, result);
        PQclear(result);
    }
    session->busy = false;
    if (strcmp(sql, "commit") == 0) {
        tell(session, "commit");
        session->done = !session->refused;
    }
    bool tells = executes(session);
    session->next++;
    if (session->refused && session->open) {
        PQclear(PQexec(session->connection, "rollback"));
        session->next++;
    }
    if (session->refused && !tells)
        session->next = STEPS_MAX;
}

static void start(struct session *session)
{
    char sql[2 * TEXT_ROOM];
    const char *step = session->part->steps[session->next], *hole = strstr(step, "%s");
    if (hole == NULL)
        snprintf(sql, sizeof sql, "%s", step);
    else
        snprintf(sql, sizeof sql, "%.*s%s%s", (int)(hole - step), step, session->answer, hole + 2);
    if (PQsendQuery(session->connection, sql) != 1)
        die(PQerrorMessage(session->connection));
    session->busy = true;
}

/* --- waiting */

/* Until it answers or waits for a lock; true: it answered. */
static bool ends_or_blocks(struct session *session)
{
    bool answered = answers(session->connection, run.monitor);
    if (answered)
        finish(session);
    return answered;
}

/* After a step: whoever it let go on goes on, until all rest or wait. */
static void rest(struct session *first)
{
    bool moved = ends_or_blocks(first);
    while (moved) {
        moved = false;
        for (int i = 0; i < run.count; i++)
            if (run.sessions[i].busy && ends_or_blocks(&run.sessions[i]))
                moved = true;
    }
}

/* --- one order */

static void prepare(const struct scenario *scenario)
{
    char sql[1000], out[TEXT_ROOM];
    size_t used = (size_t)snprintf(sql, sizeof sql,
        "begin; select orders.born(); set local session authorization clerk1;"
        " select orders.propose(%d); ", scenario->tier);
    for (int i = 0; scenario->voters[i] != NULL; i++)
        used += (size_t)snprintf(sql + used, sizeof sql - used,
            "set local session authorization %s; select orders.decide('approve'); ",
            strchr(scenario->voters[i], ':') + 1);
    snprintf(sql + used, sizeof sql - used, "reset session authorization; commit");
    must(run.monitor, sql, out, sizeof out);
    run.story[0] = '\0';
    for (int i = 0; i < run.count; i++) {
        struct session *session = &run.sessions[i];
        session->next = 0;
        session->busy = session->refused = session->open = session->done = false;
        session->astray = false;
        session->answer[0] = '\0';
    }
}

/* The nth of the sessions that can go on; how many there are where n is too large. */
static int choose(int n, struct session **chosen)
{
    int ways = 0;
    for (int i = 0; i < run.count; i++) {
        struct session *session = &run.sessions[i];
        if (session->busy || !has_step(session))
            continue;
        if (ways++ == n)
            *chosen = session;
    }
    return ways;
}

static bool any_busy(void)
{
    for (int i = 0; i < run.count; i++)
        if (run.sessions[i].busy)
            return true;
    return false;
}

/* Runs the order that run.path begins with; what is past its end takes the first way. */
static void run_order(int known)
{
    for (run.depth = 0; run.depth < DEPTH_MAX; run.depth++) {
        struct session *session = NULL;
        int ways = choose(run.depth < known ? run.path[run.depth] : 0, &session);
        if (ways == 0)
            break;
        if (session == NULL)
            die("an order went another way than before");
        run.path[run.depth] = run.depth < known ? run.path[run.depth] : 0;
        run.ways[run.depth] = ways;
        start(session);
        rest(session);
    }
    if (any_busy())
        die("all wait for each other");
}

/* The next order differs in the last choice that has another way. Gives how much of it is known. */
static int next_order(void)
{
    int depth = run.depth;
    while (depth > 0 && run.path[depth - 1] + 1 >= run.ways[depth - 1])
        depth--;
    if (depth > 0)
        run.path[depth - 1]++;
    return depth;
}

/* --- what came of it */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void judge(const struct scenario *scenario, char *faults, size_t size)
{
    const char *done[SESSIONS_MAX + 3];
    int count = 0;
    char sql[1000];
    for (int i = 0; i < run.count; i++) {
        const struct session *session = &run.sessions[i];
        if (session->astray) {
            snprintf(faults, size, "%s ended in no refusal of ours", session->part->name);
            return;
        }
        if (session->done && session->part->name[0] != '!')
            done[count++] = session->part->name;
    }
    for (int i = 0; scenario->voters[i] != NULL; i++)
        done[count++] = scenario->voters[i];
    qsort(done, (size_t)count, sizeof done[0], by_name);
    size_t used = (size_t)snprintf(sql, sizeof sql, "select orders.faults(array[");
    for (int i = 0; i < count; i++)
        if (i == 0 || strcmp(done[i], done[i - 1]) != 0)
            used += (size_t)snprintf(sql + used, sizeof sql - used, "%s'%s'", i > 0 ? "," : "",
                                     done[i]);
    snprintf(sql + used, sizeof sql - used, "]::text[])");
    must(run.monitor, sql, faults, size);
}

static void open_sessions(const struct scenario *scenario)
{
    char sql[100];
    run.count = 0;
    while (run.count < SESSIONS_MAX && scenario->parts[run.count] != NULL) {
        struct session *session = &run.sessions[run.count++];
        session->part = scenario->parts[run.count - 1];
        session->connection = open_connection(run.host, run.port, run.database);
        session->pid = PQbackendPID(session->connection);
        snprintf(sql, sizeof sql, "set session authorization %s", session->part->login);
        PQclear(PQexec(session->connection, sql));
    }
}

static void run_scenario(const struct scenario *scenario, int most)
{
    char faults[TEXT_ROOM];
    int orders = 0, bad = 0, known = 0, executed = 0;
    open_sessions(scenario);
    do {
        prepare(scenario);
        run_order(known);
        orders++;
        judge(scenario, faults, sizeof faults);
        for (int i = 0; i < run.count; i++)
            if (strcmp(run.sessions[i].part->name, "execute") == 0 && run.sessions[i].done) {
                executed++;
                break;
            }
        if (faults[0] != '\0' && ++bad <= 3)
            printf("not ok: %s, order %d: %s\n%s", scenario->name, orders, faults, run.story);
        known = next_order();
    } while (known > 0 && orders != most && (most >= 0 || bad == 0));
    printf("%s: %d orders%s, %d executed, %d faulty\n", scenario->name, orders,
           known > 0 ? " of more" : "", executed, bad);
    for (int i = 0; i < run.count; i++)
        PQfinish(run.sessions[i].connection);
    run.passed += orders - bad;
    run.failed += bad;
}

static bool is_wanted(const char *name, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return count == 0;
}

int main(int count, char **arguments)
{
    if (count < 5)
        die("usage: orders DIRECTORY PORT DATABASE MOST [SCENARIO...]");
    run.host = arguments[1];
    run.port = arguments[2];
    run.database = arguments[3];
    run.monitor = open_connection(run.host, run.port, run.database);
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++)
        if (is_wanted(SCENARIOS[i].name, count - 5, arguments + 5))
            run_scenario(&SCENARIOS[i], (int)strtol(arguments[4], NULL, 10));
    PQfinish(run.monitor);
    printf("%d passed, %d failed\n", run.passed, run.failed);
    return run.failed == 0 ? 0 : 1;
}
