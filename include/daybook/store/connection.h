/* One connection to the settlement database, asynchronous: it never blocks, has deadlines of its
 * own, is abandoned when one passes, and comes back by itself.
 *
 *     struct store *store = store_new(&options);
 *     store_start(store, clock_monotonic_us());
 *     for (;;) {
 *         struct store_interest want = store_interest(store);
 *         ... wait for want.fd or want.deadline_us ...
 *         store_advance(store, clock_monotonic_us());
 *     }
 *
 * Times are clock_monotonic_us(). Nothing here reads PG* variables, service or password files. */
#ifndef DAYBOOK_STORE_CONNECTION_H
#define DAYBOOK_STORE_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

#include "daybook/base/error.h"

/* Runs function(argument) on another thread and returns at once. NULL in the options: the call is
 * made here and may block for as long as the network takes. */
typedef void store_elsewhere_fn(void *context, void (*function)(void *argument), void *argument);

struct store_options {
    const char *host;             /* checked against the server's certificate */
    const char *hostaddr;         /* the address; libpq would look names up and block */
    const char *port;
    const char *database;
    const char *user;
    const char *password;         /* NULL for services */
    const char *root_certificate;
    const char *certificate;
    const char *key;              /* key_path(), or a service's key file */
    const char *application;      /* shown in pg_stat_activity */
    /* Instead of all of the above, for the database's owner (`daybook schema --admin`): a libpq
     * connection string, taken as it is. */
    const char *admin_conninfo;
    int statement_timeout_ms;     /* the server's own; 0: none */
    int connect_deadline_ms;      /* 0: 10,000 */
    bool once;                    /* headless: no second attempt at connecting */
    store_elsewhere_fn *elsewhere;
    void *elsewhere_context;
};

enum store_state {
    STORE_IDLE,       /* not started */
    STORE_CONNECTING,
    STORE_READY,      /* connected; requests may be on their way */
    STORE_WAITING,    /* lost; the next attempt is at store_retry_at() */
    STORE_REFUSED     /* the server decided against this login: no further attempt is made */
};

struct store;

/* Copies the options, the password into wiped memory. NULL where libpq is too old. */
struct store *store_new(const struct store_options *options, struct error *error);
/* Requests that are left end as unknown or refused; their callbacks run. */
void store_free(struct store *store); /* NULL is allowed */

void store_start(struct store *store, int64_t now_us);
/* Ends the connection now and tries again at once (`:reconnect`). */
void store_reconnect(struct store *store, int64_t now_us);

struct store_interest {
    int fd;              /* -1: none */
    bool read, write;
    int64_t deadline_us; /* INT64_MAX: none */
};
struct store_interest store_interest(const struct store *store);
/* Does what can be done without waiting; runs the callbacks of requests that ended. */
void store_advance(struct store *store, int64_t now_us);

enum store_state store_state(const struct store *store);
const struct error *store_last_error(const struct store *store); /* why WAITING or REFUSED */
int64_t store_retry_at(const struct store *store);
/* When the server was last heard of; 0: never. */
int64_t store_heard_at(const struct store *store);
/* Requests sent or queued and not yet ended. */
size_t store_pending(const struct store *store);

/* Whether this libpq may be used at all (CVE-2025-12818). */
bool store_library_check(int version, struct error *error);

/* Looks a host name up; blocks, so it is called on a worker thread. */
bool store_resolve(const char *host, char *out, size_t size, struct error *error);

#endif
