/* The queue of requests: what is sent stands before what is not, and all end exactly once. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "inside.h"

/* --- making and freeing */

static char **values_copy(const char *const *values, size_t count)
{
    if (count == 0)
        return NULL;
    char **copy = memory_new(count * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = values[i] == NULL ? NULL : memory_copy_string(values[i]);
    return copy;
}

static void request_free(struct request *request)
{
    for (size_t i = 0; i < request->value_count; i++)
        free(request->values[i]);
    free(request->values);
    free(request->sql);
    store_result_free(request->answer.result);
    free(request);
}

static struct request *request_new(const struct store_call *call, const char *sql)
{
    struct request *request = memory_new(sizeof *request);
    request->sql = memory_copy_string(sql);
    request->values = values_copy(call->values, call->value_count);
    request->value_count = call->value_count;
    request->bytes = call->bytes;
    request->bytes_length = call->bytes_length;
    request->writes = call->writes;
    request->plain = call->plain;
    request->copy = call->copy;
    request->may_cancel = call->may_cancel;
    request->result_limit = call->result_limit == 0 ? STORE_RESULT_MAX : call->result_limit;
    request->done = call->done;
    request->context = call->context;
    return request;
}

static const char *call_sql(const struct store_call *call, struct error *error)
{
    if (call->sql != NULL)
        return call->sql;
    const struct store_statement *statement = store_statement(call->statement);
    if (statement == NULL) {
        error_set(error, ERROR_NOT_FOUND, _("there is no statement '%s'"), call->statement);
        return NULL;
    }
    if (statement->parameter_count != call->value_count + (call->bytes != NULL)) {
        error_set(error, ERROR_USAGE, _("statement '%s' takes %zu values, not %zu"),
                  statement->name, statement->parameter_count, call->value_count);
        return NULL;
    }
    return statement->sql;
}

int64_t store_send(struct store *store, const struct store_call *call, struct error *error)
{
    assert(call->value_count < STORE_PARAMETERS_MAX || call->bytes == NULL);
    assert(!call->plain || call->value_count == 0);
    const char *sql = call_sql(call, error);
    if (sql == NULL)
        return 0;
    if (store->queued >= STORE_QUEUE_MAX) {
        error_set(error, ERROR_LIMIT, _("too much waits for the database already"));
        return 0;
    }
    struct request *request = request_new(call, sql);
    request->number = ++store->last_number;
    request->queued_us = clock_monotonic_us();
    request->deadline_us = request->queued_us +
        1000 * (int64_t)(call->deadline_ms == 0 ? STORE_DEADLINE_MS : call->deadline_ms);
    struct request **end = &store->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = request;
    store->queued++;
    return request->number;
}

/* --- ending */

struct request *queue_head_in_flight(struct store *store)
{
    return store->first != NULL && store->first->sent ? store->first : NULL;
}

static void queue_unlink(struct store *store, struct request *request)
{
    struct request **at = &store->first;
    while (*at != request)
        at = &(*at)->next;
    *at = request->next;
    store->queued--;
    if (request->sent) {
        assert(store->in_flight > 0);
        store->in_flight--;
    }
}

void queue_end(struct store *store, struct request *request, int64_t now_us)
{
    queue_unlink(store, request);
    struct store_answer *answer = &request->answer;
    answer->sent_us = request->sent_us;
    answer->ended_us = now_us;
    if (request->failed && answer->outcome == STORE_DONE)
        answer->outcome = STORE_DECLINED;
    if (!request->failed && request->uncertain) {
        answer->outcome = STORE_UNKNOWN;
        error_set(&answer->error, ERROR_TIMEOUT,
                  _("the database did this but could not make sure that it lasts"));
    }
    if (request->done != NULL && !request->forgotten)
        request->done(request->context, answer);
    request_free(request);
}

static void queue_fail(struct store *store, struct request *request, enum store_outcome outcome,
                       const struct error *why, int64_t now_us)
{
    store_result_free(request->answer.result);
    request->answer.result = NULL;
    request->failed = true;
    request->answer.outcome = outcome;
    request->answer.error = *why;
    queue_end(store, request, now_us);
}

void queue_end_all(struct store *store, const struct error *why, int64_t now_us)
{
    /* Callbacks may queue more; what they add here ends too, but only once round. */
    for (size_t left = store->queued; left > 0 && store->first != NULL; left--) {
        struct request *request = store->first;
        bool unknown = request->sent && request->writes;
        queue_fail(store, request, unknown ? STORE_UNKNOWN : STORE_DECLINED, why, now_us);
    }
}

/* A request that the lost connection may have carried out. */
static struct request *queue_unknown(struct store *store)
{
    struct request *request = store->first;
    while (request != NULL && !(request->sent && (request->writes || request->plain ||
                                                  request->copy || request->forgotten)))
        request = request->next;
    return request;
}

void queue_connection_lost(struct store *store, const struct error *why, int64_t now_us)
{
    struct error unknown = *why;
    error_prefix(&unknown, "%s", _("the result is unknown"));
    struct request *request;
    while ((request = queue_unknown(store)) != NULL) {
        /* Whoever reads only the code must not take it for a request that never went out. */
        unknown.code = request->writes ? ERROR_TIMEOUT : why->code;
        queue_fail(store, request, STORE_UNKNOWN, &unknown, now_us);
    }
    for (request = store->first; request != NULL; request = request->next) {
        request->sent = false;
        store_result_free(request->answer.result);
        request->answer = (struct store_answer){0};
        request->failed = false;
    }
    store->in_flight = 0;
}

/* --- deadlines */

int64_t queue_deadline(const struct store *store)
{
    int64_t earliest = INT64_MAX;
    for (const struct request *request = store->first; request != NULL; request = request->next)
        if (request->deadline_us < earliest)
            earliest = request->deadline_us;
    return earliest;
}

bool queue_expire(struct store *store, int64_t now_us)
{
    struct request *request = store->first;
    while (request != NULL && request->deadline_us > now_us)
        request = request->next;
    if (request == NULL)
        return false;
    bool sent = request->sent;
    struct error why;
    if (sent)
        error_set(&why, ERROR_TIMEOUT, _("the database has not answered for %lld s"),
                  (long long)(now_us - request->sent_us) / 1000000);
    else if (store->error.code != ERROR_NONE)
        why = store->error;
    else
        error_set(&why, ERROR_CONNECTION, _("the database was not reached in time"));
    if (sent && request->writes)
        error_prefix(&why, "%s", _("the result is unknown"));
    /* Without another thread a cancel could wait as long as the server: its own timeout must do. */
    if (sent && !request->writes && store->options.elsewhere != NULL)
        cancel_start(store);
    queue_fail(store, request, sent ? STORE_UNKNOWN : STORE_DECLINED, &why, now_us);
    return sent;
}

/* --- who asked does not want to know any more */

static struct request *queue_find(struct store *store, int64_t number)
{
    struct request *request = store->first;
    while (request != NULL && request->number != number)
        request = request->next;
    return request;
}

void store_forget(struct store *store, int64_t number)
{
    struct request *request = queue_find(store, number);
    if (request == NULL)
        return;
    request->forgotten = true;
    if (!request->sent) {
        queue_unlink(store, request);
        request_free(request);
    } else if (request == store->first && !request->writes) {
        cancel_start(store);
    }
}

void store_cancel(struct store *store, int64_t number)
{
    struct request *request = queue_find(store, number);
    if (request == NULL)
        return;
    if (!request->sent) {
        struct error why;
        error_set(&why, ERROR_CANCELLED, _("cancelled before it was sent"));
        queue_fail(store, request, STORE_DECLINED, &why, clock_monotonic_us());
    } else if (!request->writes || request->may_cancel) {
        /* A later read in the pipeline must not be hit instead: only the one being answered. */
        if (request == store->first)
            cancel_start(store);
    }
}

size_t store_pending(const struct store *store)
{
    return store->queued;
}
