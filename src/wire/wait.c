#include "daybook/wire/wait.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "daybook/base/date.h"
#include "daybook/base/memory.h"
#include "inside.h"

struct wire {
    CURLM *multi;
    int timer; /* curl_multi_poll counts milliseconds; the clock is finer */
};

/* curl wants its global start once a process, before threads. */
static pthread_once_t wire_once = PTHREAD_ONCE_INIT;

static void wire_global(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct wire *wire_new(struct error *error)
{
    pthread_once(&wire_once, wire_global);
    struct wire *wire = memory_new(sizeof *wire);
    wire->multi = curl_multi_init();
    wire->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (wire->multi == NULL || wire->timer < 0) {
        error_set(error, ERROR_SYSTEM, "the wait point cannot be made: %s", strerror(errno));
        wire_free(wire);
        return NULL;
    }
    return wire;
}

void wire_free(struct wire *wire)
{
    if (wire == NULL)
        return;
    if (wire->multi != NULL)
        curl_multi_cleanup(wire->multi);
    if (wire->timer >= 0)
        close(wire->timer);
    free(wire);
}

static void timer_set(const struct wire *wire, int64_t until_us)
{
    struct itimerspec when = {0};
    /* A zero time would disarm it; one that is past fires at once. */
    if (until_us != INT64_MAX) {
        int64_t at = until_us < 1 ? 1 : until_us;
        when.it_value.tv_sec = at / 1000000;
        when.it_value.tv_nsec = at % 1000000 * 1000;
    }
    (void)timerfd_settime(wire->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

void wire_wait(struct wire *wire, struct wire_fd *fds, size_t count, int64_t until_us)
{
    assert(count <= WIRE_FDS_MAX);
    struct curl_waitfd polled[WIRE_FDS_MAX + 1];
    size_t at[WIRE_FDS_MAX];
    unsigned used = 0;
    for (size_t i = 0; i < count; i++) {
        fds[i].ready = false;
        if (fds[i].fd < 0 || !(fds[i].read || fds[i].write))
            continue;
        at[used] = i;
        polled[used].fd = fds[i].fd;
        polled[used].events = (short)((fds[i].read ? CURL_WAIT_POLLIN : 0) |
                                      (fds[i].write ? CURL_WAIT_POLLOUT : 0));
        polled[used++].revents = 0;
    }
    timer_set(wire, until_us);
    polled[used] = (struct curl_waitfd){.fd = wire->timer, .events = CURL_WAIT_POLLIN};
    int moved = 0;
    (void)curl_multi_poll(wire->multi, polled, used + 1, 3600000, &moved);
    for (unsigned i = 0; i < used; i++)
        fds[at[i]].ready = polled[i].revents != 0;
}

CURLM *wire_multi(const struct wire *wire)
{
    return wire->multi;
}

void wire_wake(struct wire *wire)
{
    (void)curl_multi_wakeup(wire->multi);
}
