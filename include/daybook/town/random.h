/* The town's own generator (xoshiro256**), so that a seed gives the same town on every system. */
#ifndef DAYBOOK_TOWN_RANDOM_H
#define DAYBOOK_TOWN_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct town_random {
    uint64_t state[4];
};

void town_random_seed(struct town_random *random, uint64_t seed);
uint64_t town_random_next(struct town_random *random);
/* 0 .. count - 1, every value equally likely. count > 0. */
uint64_t town_random_below(struct town_random *random, uint64_t count);
/* low .. high, both included. */
int64_t town_random_between(struct town_random *random, int64_t low, int64_t high);
bool town_random_chance(struct town_random *random, int per_mille);

#endif
