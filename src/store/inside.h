/* The inside of a connection; for this room alone. */
#ifndef DAYBOOK_STORE_INSIDE_H
#define DAYBOOK_STORE_INSIDE_H

#include <stdatomic.h>

#include <libpq-fe.h>

#include "daybook/store/connection.h"
#include "daybook/store/request.h"
#include "daybook/trust/secret.h"

enum {
    STORE_IN_FLIGHT_MAX = 8,   /* reads on their way at once */
    STORE_QUEUE_MAX = 256,     /* requests kept; more are refused */
    STORE_ATTEMPT_MS = 10000,  /* one attempt at connecting */
    STORE_RETRY_FIRST_MS = 250,
    STORE_RETRY_LAST_MS = 8000,
    STORE_DEADLINE_MS = 10000  /* of a call that names none */
};

struct request {
    struct request *next;
    int64_t number;
    char *sql;
    char **values;
    size_t value_count;
    const void *bytes;
    size_t bytes_length;
    bool writes, plain, copy, may_cancel;
    bool sent;       /* it is, or may be, with the server */
    bool forgotten;  /* nobody wants its answer */
    bool failed;     /* the server refused it */
    bool uncertain;  /* the server did it and warned that it may not last */
    int64_t queued_us, sent_us, deadline_us;
    size_t result_limit;
    store_done_fn *done;
    void *context;
    struct store_answer answer;
};

enum copy_phase { COPY_NONE, COPY_ASKED, COPY_OPEN, COPY_ENDED };

struct store {
    struct store_options options; /* its strings are ours */
    struct secret *password;
    char *server_options;
    PGconn *connection;
    PostgresPollingStatusType polling;
    enum store_state state;
    bool flushing;           /* bytes wait in libpq for the socket */
    bool pipelined;
    enum copy_phase copy;
    unsigned failures;       /* attempts that failed in a row */
    int64_t attempt_until_us, retry_at_us, heard_at_us;
    struct error error;
    struct request *first;   /* sent ones stand before unsent ones */
    size_t queued, in_flight;
    int64_t last_number;
    /* Set while a cancel is under way on another thread: nothing new is sent, so that it cannot
     * hit a later request. Shared, because the connection may be freed before it ends. */
    struct cancelling *cancelling;
};

struct cancelling {
    atomic_int holders;
    atomic_bool over;
    PGcancel *cancel;
};

/* exchange.c: what goes out and comes in on a connection that is ready. */
bool exchange_has_turn(const struct store *store);
bool exchange_send_what_fits(struct store *store, int64_t now_us);
bool exchange_receive(struct store *store, int64_t now_us);
void exchange_notice(void *context, const PGresult *notice);

/* queue.c */
struct request *queue_head_in_flight(struct store *store);
void queue_end(struct store *store, struct request *request, int64_t now_us);
/* After the connection is gone: writes that were sent become unknown, reads will be sent again. */
void queue_connection_lost(struct store *store, const struct error *why, int64_t now_us);
/* Every request, sent or not, ends with this error. */
void queue_end_all(struct store *store, const struct error *why, int64_t now_us);
/* True when a request that the server has is past its deadline. */
bool queue_expire(struct store *store, int64_t now_us);
int64_t queue_deadline(const struct store *store);

/* cancel.c */
void cancel_start(struct store *store);
bool cancel_under_way(struct store *store);
void cancel_release(struct cancelling *cancelling);

/* connection.c */
void connection_lose(struct store *store, enum error_code code, const char *message,
                     int64_t now_us);

/* result.c: NULL with the error set where the limit is passed. */
struct store_result *result_from(const PGresult *pg, size_t limit, struct error *error);

#endif
