#include "daybook/town/random.h"

#include <assert.h>

static uint64_t rotate(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

/* splitmix64 spreads a small seed over the whole state. */
static uint64_t split(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void town_random_seed(struct town_random *random, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++)
        random->state[i] = split(&seed);
}

uint64_t town_random_next(struct town_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t town_random_below(struct town_random *random, uint64_t count)
{
    assert(count > 0);
    /* Values under 2^64 mod count would make small results likelier. */
    uint64_t least = (0 - count) % count;
    uint64_t value;

    do {
        value = town_random_next(random);
    } while (value < least);
    return value % count;
}

int64_t town_random_between(struct town_random *random, int64_t low, int64_t high)
{
    assert(low <= high);
    return low + (int64_t)town_random_below(random, (uint64_t)(high - low) + 1);
}

bool town_random_chance(struct town_random *random, int per_mille)
{
    return town_random_below(random, 1000) < (uint64_t)per_mille;
}
