/* One connection to the database, used by one thread: prepared statements, one of them one
 * transaction, with a deadline of our own (a server that was stopped answers nothing, ever, and no
 * keepalive tells). */
#ifndef DAYBOOK_CORE_DATABASE_H
#define DAYBOOK_CORE_DATABASE_H

#include <libpq-fe.h>

#include "config.h"
#include "daybook/base/error.h"

enum {
    CORE_PREPARED_MAX = 128, /* statements a connection keeps */
    CORE_REFUSAL_TEXT = 512  /* bytes of a message or detail, with the final NUL */
};

/* How a statement ended. Three outcomes, never two: done, refused, unknown. */
enum core_outcome {
    CORE_DONE,
    CORE_REFUSED,     /* the database decided against it; nothing was written */
    CORE_UNREACHABLE, /* nothing was sent; nothing was written */
    CORE_UNKNOWN      /* sent, and no answer came: it may have been written */
};

/* Why the database refused. */
struct core_refusal {
    char sqlstate[6];
    char message[CORE_REFUSAL_TEXT]; /* of DB4xx: the code, a word */
    char detail[CORE_REFUSAL_TEXT];  /* of DB4xx: `key=value key=value` */
    bool too_late; /* nothing came until the deadline: asking again would wait as long */
};

/* A statement's text must live as long as the connection: it is prepared once, known by its
 * address. Parameters are texts, NULL is null. */
struct core_database;

/* Connects at first use. Borrows config. */
struct core_database *core_database_new(const struct core_config *config);
void core_database_free(struct core_database *database); /* NULL is allowed */

/* Runs one statement in one transaction. 40001 and 40P01 are tried again up to five times; so is a
 * connection that was lost before anything was sent, once. *result is the caller's where CORE_DONE
 * (PQclear), else NULL. `refusal` is set where CORE_REFUSED; its message also says why nobody was
 * reached. */
enum core_outcome core_database_run(struct core_database *database, const char *statement,
                                    int count, const char *const *values, PGresult **result,
                                    struct core_refusal *refusal);

/* The last statement found nobody. Said in the log once, and once when it answers again: callers
 * need not say it for each thing that failed. */
bool core_database_is_away(const struct core_database *database);

/* The connection now, made where there is none; NULL with the error set. */
PGconn *core_database_connection(struct core_database *database, struct error *error);

#endif
