/* Runs seeds, or shows one; counts which planted faults the checks notice. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/text.h"
#include "sim.h"

static const char usage_text[] =
    "usage: sim [--seeds N] [--from N] [--seed N [--verbose]] [--mutation NAME]\n";

struct options {
    int64_t from, seeds;
    enum mutation mutation;
    bool one, verbose, with_mutations;
};

static bool take_mutation(struct options *options, const char *name)
{
    for (int i = 0; i < MUTATIONS; i++) {
        if (strcmp(mutation_names[i], name) == 0) {
            options->mutation = (enum mutation)i;
            options->with_mutations = false;
            return true;
        }
    }
    return false;
}

static bool read_options(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(word, "--verbose") == 0) {
            options->verbose = true;
            continue;
        }
        i++;
        if (strcmp(word, "--seed") == 0 && text_to_int64(span_of(value), &options->from)) {
            options->seeds = 1;
            options->one = true;
        } else if (strcmp(word, "--seeds") == 0) {
            if (!text_to_int64(span_of(value), &options->seeds))
                return false;
        } else if (strcmp(word, "--from") == 0) {
            if (!text_to_int64(span_of(value), &options->from))
                return false;
        } else if (strcmp(word, "--mutation") != 0 || !take_mutation(options, value)) {
            return false;
        }
    }
    return true;
}

struct tally {
    int64_t passed, failed, steps, first_us;
    int64_t states[PAYOUT_STATES];
    int64_t late, stale;
};

static void count(struct tally *tally, const struct world *world)
{
    tally->steps += world->steps;
    *(world->fault ? &tally->failed : &tally->passed) += 1;
    for (int i = 0; i < world->count; i++) {
        tally->states[world->rows[i].payout.state]++;
        tally->late += world->rows[i].late;
        tally->stale += world->rows[i].stale;
    }
}

static void run_seeds(const struct options *options, struct tally *tally)
{
    static struct world world; /* large, and of no other meaning */

    for (int64_t seed = options->from; seed < options->from + options->seeds; seed++) {
        world_run(&world, (uint64_t)seed, options->mutation, options->verbose);
        count(tally, &world);
        if (world.fault && tally->failed <= 10)
            printf("seed %" PRId64 ": %s (payout %d); tests/sim/run --seed %" PRId64
                   " --verbose\n",
                   seed, world.fault, world.fault_row, seed);
    }
}

/* Each planted fault must be noticed within so many seeds. */
static int64_t try_mutations(struct tally *tally)
{
    static struct world world; /* as above */
    int64_t missed = 0;

    for (int i = MUTATION_NONE + 1; i < MUTATIONS; i++) {
        int64_t seed = 1;

        do
            world_run(&world, (uint64_t)seed, (enum mutation)i, false);
        while (!world.fault && ++seed <= 100000);
        if (world.fault) {
            printf("planted %-18s noticed by seed %" PRId64 ": %s\n", mutation_names[i], seed,
                   world.fault);
            tally->passed++;
        } else {
            printf("planted %-18s was not noticed\n", mutation_names[i]);
            missed++;
        }
    }
    return missed;
}

int main(int argc, char **argv)
{
    struct options options = {.from = 1, .seeds = 20000, .with_mutations = true};
    struct tally tally = {.passed = 0};
    int64_t started = clock_monotonic_us();

    if (!read_options(&options, argc, argv)) {
        fputs(usage_text, stderr);
        return 2;
    }
    run_seeds(&options, &tally);
    if (!options.one) {
        printf("%" PRId64 " steps in %" PRId64 " ms; late %" PRId64 ", stale %" PRId64 ";",
               tally.steps, (clock_monotonic_us() - started) / 1000, tally.late, tally.stale);
        for (int i = 0; i < PAYOUT_STATES; i++)
            if (tally.states[i] > 0)
                printf(" %s %" PRId64, payout_state_name((enum payout_state)i), tally.states[i]);
        printf("\n");
        if (options.with_mutations)
            tally.failed += try_mutations(&tally);
    }
    printf("%" PRId64 " passed, %" PRId64 " failed\n", tally.passed, tally.failed);
    return tally.failed == 0 ? 0 : 1;
}
