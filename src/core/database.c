#include "database.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daybook/base/date.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"
#include "daybook/trust/key.h"

enum {
    CONNECT_US = 5000000,      /* for a connection to come about */
    ANSWER_MORE_US = 2000000,  /* beyond the server's own statement_timeout */
    TRIES_MAX = 5,             /* of a transaction that only lost a race */
    LIBPQ_LEAST = 150015       /* CVE-2025-12818 */
};

struct core_database {
    const struct core_config *config;
    struct key *key; /* of a login by certificate */
    PGconn *connection;
    const char *prepared[CORE_PREPARED_MAX]; /* on this connection, by their place */
    size_t prepared_count;
    int64_t away_since_us; /* monotonic; 0: it answers */
    int64_t failed;        /* attempts since then */
};

/* --- waiting */

/* Waits for the socket until the deadline; false past it. */
static bool wait_socket(PGconn *connection, short events, int64_t deadline_us)
{
    for (;;) {
        struct pollfd one = {.fd = PQsocket(connection), .events = events};
        int64_t left_us = deadline_us - clock_monotonic_us();

        if (left_us <= 0 || one.fd < 0)
            return false;
        int ready = poll(&one, 1, (int)(left_us / 1000 + 1));

        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

/* Sends what is left and reads until a result is there; false where the deadline or the connection
 * came to its end before. */
static bool wait_result(PGconn *connection, int64_t deadline_us)
{
    for (;;) {
        int unsent = PQflush(connection);

        if (unsent < 0)
            return false;
        if (unsent == 0 && !PQisBusy(connection))
            return true;
        if (!wait_socket(connection, unsent > 0 ? POLLIN | POLLOUT : POLLIN, deadline_us)
            || !PQconsumeInput(connection))
            return false;
    }
}

/* The one result of what was sent; NULL where none came in time. */
static PGresult *take_result(PGconn *connection, int64_t deadline_us)
{
    PGresult *result = NULL;

    for (;;) {
        if (!wait_result(connection, deadline_us)) {
            PQclear(result);
            return NULL;
        }
        PGresult *next = PQgetResult(connection);

        if (!next)
            return result;
        PQclear(result);
        result = next;
    }
}

/* --- the connection */

static PGconn *start_connection(const struct core_database *database)
{
    const struct core_config *config = database->config;
    bool is_socket = config->host[0] == '/';
    char port[8], options[192];

    snprintf(port, sizeof port, "%d", (int)config->database_port);
    snprintf(options, sizeof options,
             "-c statement_timeout=%lld -c lock_timeout=%lld -c TimeZone=UTC"
             " -c idle_in_transaction_session_timeout=%lld"
             /* What is sent to a bank rests on a commit: none may be lost when a server ends. */
             " -c synchronous_commit=on",
             (long long)config->statement_ms, (long long)(config->statement_ms / 2 + 1),
             (long long)config->statement_ms);
    const char *words[] = {"host",      "hostaddr",       "port",     "dbname",   "user",
                           "sslmode",   "sslrootcert",    "sslcert",  "sslkey",   "options",
                           "gssencmode", "application_name", "client_encoding", "sslcrl",
                           "ssl_min_protocol_version", NULL};
    const char *values[] = {
        config->host,
        config->hostaddr && !is_socket ? config->hostaddr : "",
        port,
        config->database,
        config->user,
        is_socket ? "disable" : "verify-full",
        is_socket ? "" : config->root,
        is_socket ? "" : config->certificate,
        is_socket ? "" : key_path(database->key),
        options,
        "disable",
        "paycore",
        "UTF8",
        "",
        "TLSv1.3",
        NULL,
    };

    return PQconnectStartParams(words, values, 0);
}

static bool finish_connection(PGconn *connection, struct error *error)
{
    int64_t deadline_us = clock_monotonic_us() + CONNECT_US;
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
        if (!wait_socket(connection, state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
                         deadline_us))
            return error_set(error, ERROR_TIMEOUT, "the database does not answer");
        state = PQconnectPoll(connection);
    }
    if (state != PGRES_POLLING_OK)
        return error_set(error, ERROR_CONNECTION, "%s", PQerrorMessage(connection));
    if (PQsetnonblocking(connection, 1) != 0)
        return error_set(error, ERROR_SYSTEM, "%s", PQerrorMessage(connection));
    return true;
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    log_write(LOG_DEBUG, "database.notice", "text=%s", PQresultErrorMessage(result));
}

static void drop_connection(struct core_database *database)
{
    PQfinish(database->connection);
    database->connection = NULL;
    database->prepared_count = 0;
}

/* A connection that was ended while nobody used it says so before anything is sent on it. */
static bool is_alive(PGconn *connection)
{
    struct pollfd one = {.fd = PQsocket(connection), .events = POLLIN};

    if (PQstatus(connection) != CONNECTION_OK)
        return false;
    return poll(&one, 1, 0) <= 0
        || (PQconsumeInput(connection) && PQstatus(connection) == CONNECTION_OK);
}

PGconn *core_database_connection(struct core_database *database, struct error *error)
{
    const struct core_config *config = database->config;

    if (database->connection && is_alive(database->connection))
        return database->connection;
    drop_connection(database);
    if (PQlibVersion() < LIBPQ_LEAST) {
        error_set(error, ERROR_SYSTEM, "this libpq is too old: %d", PQlibVersion());
        return NULL;
    }
    if (config->host[0] != '/' && !database->key
        && !(database->key = key_open(config->key, NULL, error)))
        return NULL;
    PGconn *connection = start_connection(database);

    PQsetNoticeReceiver(connection, ignore_notice, NULL);
    if (PQstatus(connection) == CONNECTION_BAD) {
        error_set(error, ERROR_CONNECTION, "%s", PQerrorMessage(connection));
        PQfinish(connection);
        return NULL;
    }
    if (!finish_connection(connection, error)) {
        PQfinish(connection);
        return NULL;
    }
    return database->connection = connection;
}

struct core_database *core_database_new(const struct core_config *config)
{
    struct core_database *database = memory_new(sizeof *database);

    database->config = config;
    return database;
}

void core_database_free(struct core_database *database)
{
    if (!database)
        return;
    drop_connection(database);
    key_free(database->key);
    free(database);
}

/* --- statements */

static void take_refusal(const PGresult *result, const PGconn *connection,
                         struct core_refusal *refusal)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *detail = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) : NULL;

    memset(refusal, 0, sizeof *refusal);
    snprintf(refusal->sqlstate, sizeof refusal->sqlstate, "%s", state ? state : "");
    text_printable(refusal->message, sizeof refusal->message,
                   span_of(message ? message : PQerrorMessage(connection)));
    text_printable(refusal->detail, sizeof refusal->detail, span_of(detail));
}

/* The place of a statement among the prepared, prepared now where it is new. */
static bool find_prepared(struct core_database *database, const char *statement, int count,
                          char name[16], struct core_refusal *refusal)
{
    size_t place = 0;

    while (place < database->prepared_count && database->prepared[place] != statement)
        place++;
    snprintf(name, 16, "s%zu", place);
    if (place < database->prepared_count)
        return true;
    assert(place < CORE_PREPARED_MAX);
    int64_t deadline_us = clock_monotonic_us() + database->config->statement_ms * 1000
        + ANSWER_MORE_US;
    PGresult *result = NULL;

    if (PQsendPrepare(database->connection, name, statement, count, NULL))
        result = take_result(database->connection, deadline_us);
    bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (fine)
        database->prepared[database->prepared_count++] = statement;
    else
        take_refusal(result, database->connection, refusal);
    PQclear(result);
    return fine;
}

/* A FATAL of class 57P or 08 ends the connection; what was sent before it may have been done. */
static bool is_lost(const PGconn *connection, const struct core_refusal *refusal)
{
    return PQstatus(connection) != CONNECTION_OK || refusal->sqlstate[0] == '\0'
        || strncmp(refusal->sqlstate, "08", 2) == 0;
}

static enum core_outcome run_once(struct core_database *database, const char *statement, int count,
                                  const char *const *values, PGresult **result,
                                  struct core_refusal *refusal)
{
    struct error error = {0};
    char name[16];

    memset(refusal, 0, sizeof *refusal);
    if (!core_database_connection(database, &error)) {
        snprintf(refusal->message, sizeof refusal->message, "%.511s", error.message);
        return CORE_UNREACHABLE;
    }
    if (!find_prepared(database, statement, count, name, refusal)) {
        if (!is_lost(database->connection, refusal))
            return CORE_REFUSED;
        drop_connection(database);
        return CORE_UNREACHABLE;
    }
    if (!PQsendQueryPrepared(database->connection, name, count, values, NULL, NULL, 0)) {
        take_refusal(NULL, database->connection, refusal);
        drop_connection(database);
        return CORE_UNREACHABLE;
    }
    int64_t deadline_us = clock_monotonic_us() + ANSWER_MORE_US
        + database->config->statement_ms * 1000;

    *result = take_result(database->connection, deadline_us);
    if (PQresultStatus(*result) == PGRES_TUPLES_OK || PQresultStatus(*result) == PGRES_COMMAND_OK)
        return CORE_DONE;
    take_refusal(*result, database->connection, refusal);
    PQclear(*result);
    *result = NULL;
    if (!is_lost(database->connection, refusal))
        return CORE_REFUSED;
    refusal->too_late = clock_monotonic_us() >= deadline_us;
    drop_connection(database);
    return CORE_UNKNOWN;
}

static bool lost_a_race(const struct core_refusal *refusal)
{
    return strcmp(refusal->sqlstate, "40001") == 0 || strcmp(refusal->sqlstate, "40P01") == 0;
}

/* Some milliseconds, more with each try, not the same for two threads. */
static void wait_a_little(int tries)
{
    int64_t ms = (int64_t)tries * (2 + clock_monotonic_us() % 7);
    struct timespec pause = {.tv_nsec = (long)(ms * 1000000)};

    nanosleep(&pause, NULL);
}

/* One line where the database is lost, one where it is back with how much failed meanwhile: whoever
 * asks every fifth of a second would fill the log. */
static void tell(struct core_database *database, enum core_outcome outcome,
                 const struct core_refusal *refusal)
{
    bool away = outcome == CORE_UNREACHABLE || outcome == CORE_UNKNOWN;
    int64_t now_us = clock_monotonic_us();

    if (away && database->failed++ == 0) {
        database->away_since_us = now_us;
        log_write(LOG_WARNING, "database.lost", "late=%s error=%s",
                  refusal->too_late ? "yes" : "no", refusal->message);
    } else if (!away && database->failed > 0) {
        log_write(LOG_WARNING, "database.back", "failed=%lld away_ms=%lld",
                  (long long)database->failed,
                  (long long)(now_us - database->away_since_us) / 1000);
        database->failed = 0;
    }
}

bool core_database_is_away(const struct core_database *database)
{
    return database->failed > 0;
}

enum core_outcome core_database_run(struct core_database *database, const char *statement,
                                    int count, const char *const *values, PGresult **result,
                                    struct core_refusal *refusal)
{
    bool once_more = true;
    enum core_outcome outcome;

    *result = NULL;
    for (int tries = 1;; tries++) {
        outcome = run_once(database, statement, count, values, result, refusal);
        if (outcome == CORE_UNREACHABLE && once_more) {
            once_more = false;
            continue;
        }
        tell(database, outcome, refusal);
        if (outcome != CORE_REFUSED || !lost_a_race(refusal) || tries >= TRIES_MAX)
            return outcome;
        wait_a_little(tries);
    }
}
