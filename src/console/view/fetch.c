/* Requests for rows: one under way at a time for one purpose, answers to older ones are dropped. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* Serials are unique over all views of the program, so that an answer that comes after its view is
 * gone fits nothing. One thread draws, so nothing guards it. */
static unsigned last_serial;

static void forget_key(struct fetch *fetch)
{
    for (size_t i = 0; i < 8; i++) {
        free(fetch->key[i]);
        fetch->key[i] = NULL;
    }
}

void fetch_ask(struct fetch *fetch, const struct view_world *world, struct view_need need)
{
    char *key[8] = {0};
    assert(need.order_count <= 8);
    for (size_t i = 0; need.key != NULL && i < need.order_count; i++)
        key[i] = need.key[i] == NULL ? NULL : memory_copy_string(need.key[i]);
    forget_key(fetch);
    memcpy(fetch->key, key, sizeof key);
    if (++last_serial == 0)
        ++last_serial;
    need.serial = last_serial;
    need.key = need.key == NULL ? NULL : (const char *const *)fetch->key;
    fetch->need = need;
    fetch->serial = last_serial;
    fetch->queued = true;
    fetch->asked_us = world->clock.monotonic_us;
}

bool fetch_take(struct fetch *fetch, struct view_need *need)
{
    if (!fetch->queued)
        return false;
    fetch->queued = false;
    *need = fetch->need;
    return true;
}

bool fetch_done(struct fetch *fetch, unsigned serial)
{
    if (fetch->serial == 0 || fetch->serial != serial)
        return false;
    fetch->serial = 0;
    fetch->queued = false;
    return true;
}

void fetch_stop(struct fetch *fetch)
{
    fetch->serial = 0;
    fetch->queued = false;
}

void fetch_free(struct fetch *fetch)
{
    fetch_stop(fetch);
    forget_key(fetch);
}
