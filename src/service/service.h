/* daybookd: takes files in from the inbox, reads a second time what operators imported, matches,
 * tells the core what matched, relays approved requests. */
#ifndef DAYBOOK_SERVICE_SERVICE_H
#define DAYBOOK_SERVICE_SERVICE_H

#include "daybook/store/config.h"
#include "daybook/store/connection.h"
#include "daybook/store/inbox.h"
#include "daybook/wire/core.h"
#include "daybook/wire/wait.h"

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

/* Waits for the database, a signal, the inbox or the time; moves the connection on. */
void service_wait(struct service *service, struct wire *wire, int64_t until_us);
/* Tells when the connection goes and comes; false where the server refuses this login. */
bool service_watch_connection(struct service *service, enum store_state *before);

/* seal.c: chains the audit's entries and signs the chain's head, until told to end; `once`: what
 * there is. The exit status. */
int service_seal(struct service *service, struct wire *wire, const struct config *config,
                 bool once, struct error *error);

/* witness.c: keeps signed heads in the file; ends with 4 where the chain went back or is another
 * one. The exit status. */
int service_witness(struct service *service, struct wire *wire, const struct config *config,
                    const char *path, bool once, struct error *error);

#endif
