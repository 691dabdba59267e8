/* Waiting, for programs that may: the same connection, driven until something has happened. */
#include <assert.h>
#include <poll.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/store/request.h"
#include "daybook/store/connection.h"

void store_wait(struct store *store, int64_t until_us)
{
    struct store_interest want = store_interest(store);
    if (want.deadline_us < until_us)
        until_us = want.deadline_us;
    int64_t left_us = until_us - clock_monotonic_us();
    int64_t left_ms = left_us <= 0 ? 0 : (left_us + 999) / 1000;
    struct pollfd socket = {.fd = want.fd,
                            .events = (short)((want.read ? POLLIN : 0) |
                                              (want.write ? POLLOUT : 0))};
    /* A signal ends the wait early, which costs one more turn. */
    (void)poll(&socket, 1, left_ms > 3600000 ? 3600000 : (int)left_ms);
    store_advance(store, clock_monotonic_us());
}

bool store_wait_ready(struct store *store, int deadline_ms, struct error *error)
{
    int64_t until_us = clock_monotonic_us() + 1000 * (int64_t)deadline_ms;
    if (store_state(store) == STORE_IDLE)
        store_start(store, clock_monotonic_us());
    while (store_state(store) != STORE_READY) {
        if (store_state(store) == STORE_REFUSED || clock_monotonic_us() >= until_us) {
            const struct error *last = store_last_error(store);
            if (last->code == ERROR_NONE)
                return error_set(error, ERROR_CONNECTION, _("the database does not answer"));
            if (error != NULL)
                *error = *last;
            return false;
        }
        store_wait(store, until_us);
    }
    return true;
}

struct waiting {
    struct store_answer *answer;
    bool over;
};

static void waiting_done(void *context, struct store_answer *answer)
{
    struct waiting *waiting = context;
    *waiting->answer = *answer;
    answer->result = NULL;
    waiting->over = true;
}

bool store_run(struct store *store, const struct store_call *call, struct store_answer *answer)
{
    assert(call->done == NULL && "store_run waits itself");
    *answer = (struct store_answer){.outcome = STORE_DECLINED};
    struct waiting waiting = {.answer = answer};
    struct store_call waited = *call;
    waited.done = waiting_done;
    waited.context = &waiting;
    if (store_state(store) == STORE_IDLE)
        store_start(store, clock_monotonic_us());
    if (store_send(store, &waited, &answer->error) == 0)
        return false;
    store_advance(store, clock_monotonic_us());
    while (!waiting.over)
        store_wait(store, INT64_MAX);
    return answer->outcome == STORE_DONE;
}

void store_answer_release(struct store_answer *answer)
{
    store_result_free(answer->result);
    answer->result = NULL;
}
