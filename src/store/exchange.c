/* What goes over a connection that is ready: reads travel together in libpq's pipeline mode, each
 * closed by a sync of its own, so that one that fails takes no other with it; writes, COPY and
 * plain texts go alone. */
#include <assert.h>
#include <string.h>

#include "daybook/base/language.h"
#include "daybook/store/refusal.h"
#include "inside.h"

/* --- sending */

static bool goes_alone(const struct request *request)
{
    return request->writes || request->plain || request->copy;
}

static struct request *queue_first_unsent(const struct store *store)
{
    struct request *request = store->first;
    while (request != NULL && request->sent)
        request = request->next;
    return request;
}

static bool may_send(const struct store *store, const struct request *request)
{
    if (store->in_flight == 0)
        return true;
    return store->in_flight < STORE_IN_FLIGHT_MAX && !goes_alone(request) &&
           !goes_alone(store->first);
}

/* The simple protocol and COPY do not exist in pipeline mode. */
static bool set_mode(struct store *store, bool pipelined)
{
    if (store->pipelined == pipelined)
        return true;
    assert(store->in_flight <= 1); /* the request itself, counted already */
    int set = pipelined ? PQenterPipelineMode(store->connection)
                        : PQexitPipelineMode(store->connection);
    if (set == 1)
        store->pipelined = pipelined;
    return set == 1;
}

/* Values as text, and raw bytes as a last one in binary: bytea as text would be twice as long. */
static int put_with_bytes(PGconn *connection, const struct request *request)
{
    const char *values[STORE_PARAMETERS_MAX];
    int lengths[STORE_PARAMETERS_MAX] = {0};
    int formats[STORE_PARAMETERS_MAX] = {0};
    size_t count = request->value_count;
    assert(count < STORE_PARAMETERS_MAX && request->bytes_length <= INT32_MAX);
    for (size_t i = 0; i < count; i++)
        values[i] = request->values[i];
    values[count] = request->bytes;
    lengths[count] = (int)request->bytes_length;
    formats[count] = 1;
    return PQsendQueryParams(connection, request->sql, (int)count + 1, NULL, values, lengths,
                             formats, 0);
}

static int put_values(PGconn *connection, const struct request *request)
{
    if (request->bytes != NULL)
        return put_with_bytes(connection, request);
    return PQsendQueryParams(connection, request->sql, (int)request->value_count, NULL,
                             (const char *const *)request->values, NULL, NULL, 0);
}

static bool request_put(struct store *store, struct request *request)
{
    PGconn *connection = store->connection;
    if (request->plain || request->copy)
        return set_mode(store, false) && PQsendQuery(connection, request->sql) == 1;
    return set_mode(store, true) && put_values(connection, request) == 1 &&
           PQpipelineSync(connection) == 1;
}

/* Whether a turn now would send something. */
bool exchange_has_turn(const struct store *store)
{
    const struct request *request = queue_first_unsent(store);

    return request != NULL && store->cancelling == NULL && may_send(store, request);
}

bool exchange_send_what_fits(struct store *store, int64_t now_us)
{
    struct request *request;
    while (!cancel_under_way(store) && (request = queue_first_unsent(store)) != NULL &&
           may_send(store, request)) {
        /* Counted as sent from here on: half of it may have left. */
        request->sent = true;
        request->sent_us = now_us;
        store->in_flight++;
        if (request->copy)
            store->copy = COPY_ASKED;
        if (!request_put(store, request))
            return false;
        store->flushing = true;
    }
    if (store->flushing) {
        int left = PQflush(store->connection);
        if (left < 0)
            return false;
        store->flushing = left == 1;
    }
    return true;
}

/* --- receiving */

/* A standby that did not confirm turns "done" into "unknown" (RELIABILITY 3 f). */
void exchange_notice(void *context, const PGresult *notice)
{
    struct store *store = context;
    const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    const char *detail = PQresultErrorField(notice, PG_DIAG_MESSAGE_DETAIL);
    struct request *request = queue_head_in_flight(store);
    if (request != NULL && state != NULL && strcmp(state, "01000") == 0 && detail != NULL &&
        strstr(detail, "committed locally") != NULL)
        request->uncertain = true;
}

static void take_error(struct request *request, const PGresult *pg)
{
    const char *state = PQresultErrorField(pg, PG_DIAG_SQLSTATE);
    if (request->failed)
        return; /* the first error is the cause */
    request->failed = true;
    if (state != NULL)
        memcpy(request->answer.sqlstate, state, strnlen(state, 5));
    const char *message = PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY);
    refusal_error(state, message == NULL ? PQresultErrorMessage(pg) : message,
                  PQresultErrorField(pg, PG_DIAG_MESSAGE_DETAIL), &request->answer.error);
}

static void take_rows(struct request *request, const PGresult *pg)
{
    if (request->failed || request->forgotten)
        return;
    store_result_free(request->answer.result);
    request->answer.result = result_from(pg, request->result_limit, &request->answer.error);
    request->failed = request->answer.result == NULL;
}

/* Takes one result. True when its request has ended. */
static bool take_result(struct store *store, struct request *request, const PGresult *pg)
{
    switch (PQresultStatus(pg)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
        take_rows(request, pg);
        return false;
    case PGRES_PIPELINE_SYNC:
        return true;
    case PGRES_COPY_IN:
        if (store->copy == COPY_ASKED)
            store->copy = COPY_OPEN;
        return false;
    default:
        take_error(request, pg);
        return false;
    }
}

bool exchange_receive(struct store *store, int64_t now_us)
{
    if (PQconsumeInput(store->connection) != 1)
        return false;
    struct request *request;
    while ((request = queue_head_in_flight(store)) != NULL && !PQisBusy(store->connection)) {
        if (store->copy == COPY_OPEN)
            break; /* the server waits for rows; PQgetResult would say COPY_IN for ever */
        bool pipelined = store->pipelined;
        PGresult *pg = PQgetResult(store->connection);
        store->heard_at_us = now_us;
        /* In a pipeline the sync ends a request, outside it the NULL does. */
        bool over = pg == NULL ? !pipelined : take_result(store, request, pg);
        PQclear(pg);
        if (PQstatus(store->connection) != CONNECTION_OK)
            return false;
        if (over) {
            if (request->copy)
                store->copy = COPY_NONE;
            queue_end(store, request, now_us);
            if (store->connection == NULL)
                return true; /* the callback reconnected or ended it */
        }
    }
    return true;
}
