#include "peers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "daybook/base/date.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"

enum { LOOK_EVERY_MS = 100 };

struct core_peers {
    pthread_mutex_t lock; /* of the list and of `ending` */
    pthread_cond_t ended;
    pthread_t watcher;
    struct core_peer *first;
    bool ending;
};

/* Shutting the socket down wakes the thread that serves it, which then closes it. A descriptor is
 * closed after its peer has left the list, so this never hits another connection's. */
static void look(struct core_peers *peers, int64_t now_us)
{
    for (struct core_peer *peer = peers->first; peer; peer = peer->next) {
        if (atomic_load(&peer->deadline_us) > now_us)
            continue;
        atomic_store(&peer->deadline_us, INT64_MAX);
        shutdown(peer->fd, SHUT_RDWR);
        log_write(LOG_INFO, "peer.timeout", "actor=%s", peer->name[0] ? peer->name : "-");
    }
}

static void *watch(void *context)
{
    struct core_peers *peers = context;

    pthread_mutex_lock(&peers->lock);
    while (!peers->ending) {
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += LOOK_EVERY_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&peers->ended, &peers->lock, &until);
        look(peers, clock_monotonic_us());
    }
    pthread_mutex_unlock(&peers->lock);
    return NULL;
}

struct core_peers *core_peers_new(struct error *error)
{
    struct core_peers *peers = memory_new(sizeof *peers);
    pthread_condattr_t attributes;

    pthread_mutex_init(&peers->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&peers->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    int failed = pthread_create(&peers->watcher, NULL, watch, peers);

    if (failed == 0)
        return peers;
    error_set(error, ERROR_SYSTEM, "no thread to watch connections: %s", strerror(failed));
    pthread_cond_destroy(&peers->ended);
    pthread_mutex_destroy(&peers->lock);
    free(peers);
    return NULL;
}

void core_peers_free(struct core_peers *peers)
{
    if (!peers)
        return;
    pthread_mutex_lock(&peers->lock);
    peers->ending = true;
    pthread_cond_signal(&peers->ended);
    pthread_mutex_unlock(&peers->lock);
    pthread_join(peers->watcher, NULL);
    while (peers->first)
        core_peers_leave(peers, peers->first);
    pthread_cond_destroy(&peers->ended);
    pthread_mutex_destroy(&peers->lock);
    free(peers);
}

struct core_peer *core_peers_enter(struct core_peers *peers, int fd, int64_t deadline_us)
{
    struct core_peer *peer = memory_new(sizeof *peer);

    peer->fd = fd;
    atomic_store(&peer->deadline_us, deadline_us);
    pthread_mutex_lock(&peers->lock);
    peer->next = peers->first;
    if (peer->next)
        peer->next->before = peer;
    peers->first = peer;
    pthread_mutex_unlock(&peers->lock);
    return peer;
}

void core_peers_leave(struct core_peers *peers, struct core_peer *peer)
{
    pthread_mutex_lock(&peers->lock);
    if (peer->before)
        peer->before->next = peer->next;
    else
        peers->first = peer->next;
    if (peer->next)
        peer->next->before = peer->before;
    pthread_mutex_unlock(&peers->lock);
    free(peer);
}
