/* Requests: a named statement with parameters goes out, an outcome and rows come back. */
#ifndef DAYBOOK_STORE_REQUEST_H
#define DAYBOOK_STORE_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "daybook/base/error.h"
#include "daybook/base/memory.h"

enum {
    STORE_PARAMETERS_MAX = 32,
    STORE_COLUMNS_MAX = 64,
    STORE_ROWS_MAX = 10001,
    STORE_RESULT_MAX = 4 << 20 /* bytes a result may take, if the call names no other limit */
};

/* DONE: the database did it. REFUSED: it did not, and says why. UNKNOWN: it was asked and nobody
 * knows; show it as that and look again, never ask twice. */
enum store_outcome { STORE_DONE, STORE_DECLINED, STORE_UNKNOWN };

struct store;

/* Rows as text, by column name; everything lives in the arena. */
struct store_result {
    struct arena *arena;
    size_t rows;
    size_t columns;
    const char **names;  /* [columns] */
    const char **types;  /* [columns]: int8 text date timestamptz bool bytea ...; "": others */
    const char ***cells; /* [rows][columns]; NULL is SQL's NULL */
    int64_t affected;    /* rows of INSERT, UPDATE, COPY; else -1 */
    bool more;           /* rows past STORE_ROWS_MAX were left out */
};

int store_column(const struct store_result *result, const char *name); /* -1: none */
/* The cell by name; NULL where it is NULL or there is no such column or row. */
const char *store_cell(const struct store_result *result, size_t row, const char *name);
int64_t store_cell_int(const struct store_result *result, size_t row, const char *name,
                       int64_t otherwise);
void store_result_free(struct store_result *result); /* NULL is allowed */

struct store_answer {
    enum store_outcome outcome;
    struct error error;          /* for DECLINED and UNKNOWN */
    char sqlstate[6];            /* "" where the server said nothing */
    struct store_result *result; /* DONE: the callback's to keep and free; it may be set to NULL */
    int64_t sent_us, ended_us;   /* monotonic; for `@` */
};

typedef void store_done_fn(void *context, struct store_answer *answer);

struct store_call {
    const char *statement;       /* sql/query/NAME.sql; or NULL and */
    const char *sql;             /* a text built by page.h; copied */
    const char *const *values;   /* texts, NULL is SQL's NULL; copied */
    size_t value_count;
    /* One more value as raw bytes (bytea), after the texts; borrowed until the call has ended. */
    const void *bytes;
    size_t bytes_length;
    bool writes;                 /* changes something: goes alone, is never sent again */
    bool plain;                  /* several statements without parameters: the simple protocol */
    bool copy;                   /* sql is COPY ... FROM STDIN: see copy.h */
    bool may_cancel;             /* a write that may be cancelled: its transaction then ends */
    int deadline_ms;             /* from now; 0: 10,000 */
    size_t result_limit;         /* bytes; 0: STORE_RESULT_MAX */
    store_done_fn *done;
    void *context;
};

/* Queues a call; its callback runs once, later, from store_advance() or store_free(). Returns its
 * number, or 0 with the error set where the statement does not exist or wants other parameters. */
int64_t store_send(struct store *store, const struct store_call *call, struct error *error);
/* Nobody waits for it any more: a read is cancelled, a write is left to end by itself. The callback
 * does not run. */
void store_forget(struct store *store, int64_t number);
/* Asks the server to stop what it does for this connection; the request ends as DECLINED. Does
 * nothing while a write is under way unless it was sent with allow. */
void store_cancel(struct store *store, int64_t number);

/* --- named statements */

struct store_parameter {
    char name[48];
    char type[32]; /* int8, text, date, timestamptz, bool, int8[] ... */
};

struct store_statement {
    const char *name; /* "exceptions" */
    const char *sql;  /* without a semicolon at its end */
    size_t parameter_count;
    struct store_parameter parameters[STORE_PARAMETERS_MAX];
};

/* Statements live in the program: `-- param 1 payout_id int8` lines name their parameters. NULL:
 * there is none of this name. The pointer lives as long as the program. */
const struct store_statement *store_statement(const char *name);
const struct store_statement *store_statement_at(size_t index); /* by name; NULL past all */

/* --- for programs that may wait (headless commands, daybookd) */

/* Runs the connection until the call has ended or its deadline has passed. The answer's result is
 * the caller's. True when it was done. */
bool store_run(struct store *store, const struct store_call *call, struct store_answer *answer);
void store_answer_release(struct store_answer *answer); /* frees the result */
/* Waits until connected; false with the error set at the deadline or when refused. */
bool store_wait_ready(struct store *store, int deadline_ms, struct error *error);
/* Waits for the socket or until_us, then advances. */
void store_wait(struct store *store, int64_t until_us);

#endif
