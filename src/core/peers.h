/* The connections of a server, each with a deadline: a client that sends a byte a second, or takes
 * one, is let go at a time, whatever else it does. */
#ifndef DAYBOOK_CORE_PEERS_H
#define DAYBOOK_CORE_PEERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "daybook/base/error.h"
#include "daybook/trust/peer.h"
#include "tls.h"

struct core_peers;

struct core_peer {
    int fd;
    _Atomic int64_t deadline_us; /* on the monotonic clock; INT64_MAX: the server is at work */
    bool asked;                  /* a request came */
    bool named;                  /* name was looked for; "" where there is none */
    char name[PEER_NAME_MAX];
    struct core_tls_out out; /* only for the thread that serves the connection */
    struct core_peer *next, *before;
};

/* Starts the thread that watches; NULL with the error set. */
struct core_peers *core_peers_new(struct error *error);
void core_peers_free(struct core_peers *peers); /* NULL is allowed; all have left */

/* A connection came; it has until deadline_us for its first request. */
struct core_peer *core_peers_enter(struct core_peers *peers, int fd, int64_t deadline_us);
/* It goes; call before its descriptor is closed. */
void core_peers_leave(struct core_peers *peers, struct core_peer *peer);

#endif
