#include "daybook/store/connection.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/log.h"
#include "daybook/base/text.h"
#include "inside.h"

/* The oldest libpq without the integer overflows of CVE-2025-12818. */
enum { LIBRARY_MIN = 150015 };

bool store_library_check(int version, struct error *error)
{
    if (version >= LIBRARY_MIN)
        return true;
    return error_set(error, ERROR_SYSTEM,
                     _("libpq %d.%d is too old (CVE-2025-12818); install 15.15 or newer"),
                     version / 10000, version % 10000);
}

/* --- life */

static char *copy_or_null(const char *text)
{
    return text == NULL ? NULL : memory_copy_string(text);
}

static void options_copy(struct store_options *to, const struct store_options *from)
{
    *to = *from;
    to->host = copy_or_null(from->host);
    to->hostaddr = copy_or_null(from->hostaddr);
    to->port = copy_or_null(from->port);
    to->database = copy_or_null(from->database);
    to->user = copy_or_null(from->user);
    to->root_certificate = copy_or_null(from->root_certificate);
    to->certificate = copy_or_null(from->certificate);
    to->key = copy_or_null(from->key);
    to->application = copy_or_null(from->application);
    to->admin_conninfo = copy_or_null(from->admin_conninfo);
    to->password = NULL;
}

static void options_release(struct store_options *options)
{
    const char *const texts[] = {options->host, options->hostaddr, options->port,
                                 options->database, options->user, options->root_certificate,
                                 options->certificate, options->key, options->application,
                                 options->admin_conninfo};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free((void *)texts[i]);
}

struct store *store_new(const struct store_options *options, struct error *error)
{
    if (!store_library_check(PQlibVersion(), error))
        return NULL;
    struct store *store = memory_new(sizeof *store);
    options_copy(&store->options, options);
    store->password = secret_new();
    if (options->password != NULL)
        secret_add(store->password, options->password, strlen(options->password));
    store->server_options = memory_format("-c statement_timeout=%d -c datestyle=ISO "
                                          "-c timezone=UTC -c bytea_output=hex",
                                          options->statement_timeout_ms);
    return store;
}

static void connection_close(struct store *store)
{
    if (store->connection != NULL)
        PQfinish(store->connection);
    store->connection = NULL;
    store->flushing = false;
    store->pipelined = false;
    store->copy = COPY_NONE;
    cancel_release(store->cancelling);
    store->cancelling = NULL;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    connection_close(store);
    struct error why;
    error_set(&why, ERROR_CANCELLED, _("the connection was ended"));
    int64_t now_us = clock_monotonic_us();
    while (store->first != NULL)
        queue_end_all(store, &why, now_us);
    options_release(&store->options);
    secret_free(store->password);
    free(store->server_options);
    free(store);
}

/* --- connecting */

/* libpq takes parallel arrays of words and values; a NULL value is as if it did not stand there. */
static PGconn *connection_begin(const struct store *store)
{
    const struct store_options *o = &store->options;
    if (o->admin_conninfo != NULL) {
        const char *const words[] = {"dbname", "options", "client_encoding",
                                     "fallback_application_name", NULL};
        const char *const values[] = {o->admin_conninfo, store->server_options, "UTF8",
                                      o->application, NULL};
        return PQconnectStartParams(words, values, 1);
    }
    const char *password = secret_length(store->password) == 0 ? NULL
                                                               : secret_text(store->password);
    const char *const words[] = {
        "host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "sslrootcert",
        "sslcert", "sslkey", "channel_binding", "gssencmode", "ssl_min_protocol_version",
        "sslcompression", "sslsni", "options", "client_encoding", "application_name",
        "target_session_attrs", "passfile", NULL};
    /* A password file that cannot be: an empty name would mean ~/.pgpass. */
    const char *const values[] = {
        o->host, o->hostaddr, o->port, o->database, o->user, password, "verify-full",
        o->root_certificate, o->certificate, o->key, password == NULL ? "prefer" : "require",
        "disable", "TLSv1.3", "0", "1", store->server_options, "UTF8", o->application,
        "any", "/dev/null/none", NULL};
    return PQconnectStartParams(words, values, 0);
}

static int64_t attempt_us(const struct store *store)
{
    int ms = store->options.connect_deadline_ms;
    return 1000 * (int64_t)(ms == 0 ? STORE_ATTEMPT_MS : ms);
}

void store_start(struct store *store, int64_t now_us)
{
    assert(store->connection == NULL);
    store->state = STORE_CONNECTING;
    store->attempt_until_us = now_us + attempt_us(store);
    store->connection = connection_begin(store);
    if (store->connection == NULL || PQstatus(store->connection) == CONNECTION_BAD) {
        connection_lose(store, ERROR_CONNECTION,
                        store->connection == NULL ? "" : PQerrorMessage(store->connection),
                        now_us);
        return;
    }
    /* Connection errors carry no SQLSTATE of their own; verbose ones have it in their text. */
    PQsetErrorVerbosity(store->connection, PQERRORS_VERBOSE);
    PQsetNoticeReceiver(store->connection, exchange_notice, store);
    store->polling = PGRES_POLLING_WRITING;
}

static void connection_ready(struct store *store, int64_t now_us)
{
    store->state = STORE_READY;
    store->failures = 0;
    store->heard_at_us = now_us;
    error_clear(&store->error);
    PQsetnonblocking(store->connection, 1);
    PQsetErrorVerbosity(store->connection, PQERRORS_DEFAULT);
}

/* PQconnectPoll may be called only when the socket is ready for what it waits for. */
static bool connection_may_poll(const struct store *store)
{
    short events = store->polling == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    struct pollfd socket = {.fd = PQsocket(store->connection), .events = events};
    return poll(&socket, 1, 0) > 0;
}

static void connection_poll(struct store *store, int64_t now_us)
{
    if (!connection_may_poll(store))
        return;
    store->polling = PQconnectPoll(store->connection);
    if (store->polling == PGRES_POLLING_OK)
        connection_ready(store, now_us);
    else if (store->polling == PGRES_POLLING_FAILED)
        connection_lose(store, ERROR_CONNECTION, PQerrorMessage(store->connection), now_us);
}

/* --- losing */

/* Whether the server answered and decided against this login: class 28, or an unknown database.
 * The text of a verbose message is "... FATAL:  28P01: sentence". */
static bool login_refused(const char *message)
{
    static const char *const states[] = {":  28P01: ", ":  28000: ", ":  3D000: ", ":  42501: "};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strstr(message, states[i]) != NULL)
            return true;
    return false;
}

/* The first line of libpq's message, without the lines of places in the server's source. */
static void connection_error(struct store *store, enum error_code code, const char *message)
{
    char line[ERROR_MESSAGE_MAX];
    size_t length = strcspn(message, "\n");
    text_printable(line, sizeof line, (struct span){message, length});
    if (login_refused(message))
        error_set(&store->error, ERROR_REFUSED, _("the database refuses this login: %s"), line);
    else
        error_set(&store->error, code, _("no connection to the database: %s"), line);
}

static int64_t retry_delay_us(unsigned failures)
{
    int64_t delay = STORE_RETRY_FIRST_MS;
    for (unsigned i = 1; i < failures && delay < STORE_RETRY_LAST_MS; i++)
        delay *= 2;
    return 1000 * (delay < STORE_RETRY_LAST_MS ? delay : STORE_RETRY_LAST_MS);
}

void connection_lose(struct store *store, enum error_code code, const char *message,
                     int64_t now_us)
{
    bool was_connecting = store->state == STORE_CONNECTING;
    bool final = login_refused(message) || (was_connecting && store->options.once);
    connection_error(store, code, message);
    log_write(LOG_WARNING, "store.lost", "%s", store->error.message);
    connection_close(store);
    store->failures++;
    store->retry_at_us = now_us + retry_delay_us(store->failures);
    store->state = final ? STORE_REFUSED : STORE_WAITING;
    struct error why = store->error;
    queue_connection_lost(store, &why, now_us);
    if (final)
        queue_end_all(store, &why, now_us);
}

void store_reconnect(struct store *store, int64_t now_us)
{
    if (store->connection != NULL)
        connection_lose(store, ERROR_CONNECTION, _("ended to connect again"), now_us);
    store->failures = 0;
    store_start(store, now_us);
}

/* --- one turn */

struct store_interest store_interest(const struct store *store)
{
    struct store_interest want = {.fd = -1, .deadline_us = queue_deadline(store)};
    if (store->connection != NULL) {
        /* libpq may have changed the socket at any poll: asked anew each time. */
        want.fd = PQsocket(store->connection);
        if (store->state == STORE_CONNECTING) {
            want.read = store->polling == PGRES_POLLING_READING;
            want.write = store->polling == PGRES_POLLING_WRITING;
        } else {
            want.read = true;
            want.write = store->flushing;
            /* What was queued since the last turn goes out at once. */
            if (store->state == STORE_READY && exchange_has_turn(store))
                want.deadline_us = 0;
        }
    }
    if (store->state == STORE_CONNECTING && store->attempt_until_us < want.deadline_us)
        want.deadline_us = store->attempt_until_us;
    if (store->state == STORE_WAITING && store->retry_at_us < want.deadline_us)
        want.deadline_us = store->retry_at_us;
    return want;
}

static void advance_ready(struct store *store, int64_t now_us)
{
    bool alive = exchange_receive(store, now_us);
    if (alive && store->state == STORE_READY)
        alive = exchange_send_what_fits(store, now_us);
    if (!alive && store->connection != NULL)
        connection_lose(store, ERROR_CONNECTION, PQerrorMessage(store->connection), now_us);
}

void store_advance(struct store *store, int64_t now_us)
{
    if (store->state == STORE_WAITING && now_us >= store->retry_at_us)
        store_start(store, now_us);
    if (store->state == STORE_CONNECTING && now_us >= store->attempt_until_us)
        connection_lose(store, ERROR_CONNECTION, _("the server does not answer"), now_us);
    else if (store->state == STORE_CONNECTING)
        connection_poll(store, now_us);
    if (store->state == STORE_READY)
        advance_ready(store, now_us);
    /* A server that holds a request past its deadline holds the connection: it is abandoned. */
    while (queue_deadline(store) <= now_us)
        if (queue_expire(store, now_us) && store->connection != NULL)
            connection_lose(store, ERROR_TIMEOUT, _("the database stopped answering"), now_us);
    if (store->state == STORE_REFUSED && store->first != NULL) {
        struct error why = store->error;
        queue_end_all(store, &why, now_us);
    }
}

enum store_state store_state(const struct store *store)
{
    return store->state;
}

const struct error *store_last_error(const struct store *store)
{
    return &store->error;
}

int64_t store_retry_at(const struct store *store)
{
    return store->retry_at_us;
}

int64_t store_heard_at(const struct store *store)
{
    return store->heard_at_us;
}
