/* Cancelling: PQcancel opens a connection of its own and blocks, so it runs on another thread. */
#include <assert.h>
#include <stdlib.h>

#include "daybook/base/log.h"
#include "inside.h"

static void cancel_now(void *argument)
{
    struct cancelling *cancelling = argument;
    char reason[256];
    if (PQcancel(cancelling->cancel, reason, sizeof reason) != 1)
        log_write(LOG_WARNING, "store.cancel-failed", "reason=%s", reason);
    atomic_store(&cancelling->over, true);
    cancel_release(cancelling);
}

void cancel_release(struct cancelling *cancelling)
{
    if (cancelling == NULL || atomic_fetch_sub(&cancelling->holders, 1) > 1)
        return;
    PQfreeCancel(cancelling->cancel);
    free(cancelling);
}

void cancel_start(struct store *store)
{
    if (store->connection == NULL || cancel_under_way(store))
        return;
    PGcancel *cancel = PQgetCancel(store->connection);
    if (cancel == NULL)
        return;
    struct cancelling *cancelling = memory_new(sizeof *cancelling);
    atomic_init(&cancelling->holders, 2); /* the connection and the other thread */
    atomic_init(&cancelling->over, false);
    cancelling->cancel = cancel;
    store->cancelling = cancelling;
    if (store->options.elsewhere != NULL)
        store->options.elsewhere(store->options.elsewhere_context, cancel_now, cancelling);
    else
        cancel_now(cancelling);
}

bool cancel_under_way(struct store *store)
{
    if (store->cancelling == NULL)
        return false;
    if (!atomic_load(&store->cancelling->over))
        return true;
    cancel_release(store->cancelling);
    store->cancelling = NULL;
    return false;
}
