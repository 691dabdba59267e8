#include "occurrence.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"

enum { FIRST_SLOTS = 1024 };

/* Open addressing, at most half full; key 0 marks an empty slot. */
struct occurrence {
    uint64_t *keys;
    uint32_t *counts;
    size_t slots; /* a power of two */
    size_t used;
};

static void slots_new(struct occurrence *occurrence, size_t slots)
{
    occurrence->keys = memory_new(slots * sizeof *occurrence->keys);
    occurrence->counts = memory_new(slots * sizeof *occurrence->counts);
    occurrence->slots = slots;
    occurrence->used = 0;
}

static void slots_free(struct occurrence *occurrence)
{
    free(occurrence->keys);
    free(occurrence->counts);
}

struct occurrence *occurrence_new(void)
{
    struct occurrence *occurrence = memory_new(sizeof *occurrence);
    slots_new(occurrence, FIRST_SLOTS);
    return occurrence;
}

void occurrence_free(struct occurrence *occurrence)
{
    if (occurrence == NULL)
        return;
    slots_free(occurrence);
    free(occurrence);
}

void occurrence_clear(struct occurrence *occurrence)
{
    if (occurrence->used == 0)
        return;
    slots_free(occurrence);
    slots_new(occurrence, FIRST_SLOTS);
}

static size_t slot_of(const struct occurrence *occurrence, uint64_t key)
{
    size_t at = (size_t)key & (occurrence->slots - 1);
    while (occurrence->keys[at] != 0 && occurrence->keys[at] != key)
        at = (at + 1) & (occurrence->slots - 1);
    return at;
}

static void slots_double(struct occurrence *occurrence)
{
    struct occurrence old = *occurrence;
    slots_new(occurrence, old.slots * 2);
    for (size_t i = 0; i < old.slots; i++) {
        if (old.keys[i] == 0)
            continue;
        size_t at = slot_of(occurrence, old.keys[i]);
        occurrence->keys[at] = old.keys[i];
        occurrence->counts[at] = old.counts[i];
    }
    occurrence->used = old.used;
    slots_free(&old);
}

int occurrence_next(struct occurrence *occurrence, uint64_t key)
{
    if (key == 0)
        key = 1;
    size_t at = slot_of(occurrence, key);
    if (occurrence->keys[at] == 0) {
        if (occurrence->used >= OCCURRENCE_KEYS_MAX)
            return 0;
        if (occurrence->used >= occurrence->slots / 2) {
            slots_double(occurrence);
            at = slot_of(occurrence, key);
        }
        occurrence->keys[at] = key;
        occurrence->used++;
    }
    assert(occurrence->keys[at] == key);
    if (occurrence->counts[at] < INT32_MAX)
        occurrence->counts[at]++;
    return (int)occurrence->counts[at];
}
