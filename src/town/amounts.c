/* A multiset of amounts by open addressing. */
#include <assert.h>
#include <stdlib.h>

#include "daybook/base/memory.h"
#include "daybook/town/town.h"

struct town_amounts {
    size_t mask;
    size_t used;
    int64_t *amounts;  /* 0: empty; amounts are positive */
    unsigned *counts;
};

struct town_amounts *town_amounts_new(size_t expected)
{
    struct town_amounts *amounts = memory_new(sizeof *amounts);
    size_t room = 1024;

    while (room < expected * 3)
        room *= 2;
    amounts->mask = room - 1;
    amounts->amounts = memory_new(room * sizeof *amounts->amounts);
    amounts->counts = memory_new(room * sizeof *amounts->counts);
    return amounts;
}

void town_amounts_free(struct town_amounts *amounts)
{
    if (!amounts)
        return;
    free(amounts->amounts);
    free(amounts->counts);
    free(amounts);
}

static size_t place_of(const struct town_amounts *amounts, int64_t amount)
{
    uint64_t hash = (uint64_t)amount * UINT64_C(0x9e3779b97f4a7c15);
    size_t place = (size_t)(hash >> 20) & amounts->mask;

    assert(amount > 0);
    while (amounts->amounts[place] != 0 && amounts->amounts[place] != amount)
        place = (place + 1) & amounts->mask;
    return place;
}

void town_amounts_add(struct town_amounts *amounts, int64_t amount)
{
    size_t place = place_of(amounts, amount);

    if (amounts->amounts[place] == 0) {
        amounts->used++;
        assert(amounts->used < amounts->mask);
    }
    amounts->amounts[place] = amount;
    amounts->counts[place]++;
}

unsigned town_amounts_count(const struct town_amounts *amounts, int64_t amount)
{
    return amounts->counts[place_of(amounts, amount)];
}

int64_t town_amounts_fresh(struct town *town, int64_t like)
{
    int64_t low = like / 2 + 1;
    int64_t amount;

    do {
        amount = town_random_between(&town->random, low, like + 100000);
    } while (town_amounts_count(town->amounts, amount) > 0);
    town_amounts_add(town->amounts, amount);
    return amount;
}
