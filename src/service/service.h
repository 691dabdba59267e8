/* daybookd: takes files in from the inbox, reads a second time what operators imported, matches,
 * tells the core what matched, relays approved requests. */
#ifndef DAYBOOK_SERVICE_SERVICE_H
#define DAYBOOK_SERVICE_SERVICE_H

#include "daybook/store/connection.h"
#include "daybook/store/inbox.h"
#include "daybook/wire/core.h"

struct service {
    struct store *store;
    struct inbox *inbox;     /* NULL: none is watched */
    struct core *core;       /* NULL: there is none to tell what matched */
    int signals;             /* signalfd of what ends the program */
    bool stopping;
    bool files_came;         /* since the last matching */
    int64_t next_verify_us;  /* when to look for files to read a second time */
    int64_t next_reconcile_us;
    int64_t next_tell_us, tell_gap_us;   /* the gap grows while the core is away */
    int64_t next_relay_us, relay_gap_us; /* the same of approved requests */
    int64_t verify_every_us, reconcile_every_us;
};

/* Looks whether the program was told to end; false once it was. */
bool service_goes_on(struct service *service);

/* tell.c: tells the core one chunk of matched lines and keeps its receipt; false where nothing is
 * to be told or the core would not have it, and next_tell_us says when to look again. */
bool service_tell(struct service *service);

/* relay.c: sends approved requests without a receipt to the core and keeps its word; false where
 * nothing was due or nothing came of it, and next_relay_us says when to look again. */
bool service_relay(struct service *service);

/* One piece of work, if there is any: a file of the inbox, a second reading, matching, telling,
 * relaying.
 * False where nothing is to be done now. The connection must be ready. */
bool service_work(struct service *service);

#endif
