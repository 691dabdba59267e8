/* One run: the order of events, what people do, and the trouble in between. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim.h"

const char *const mutation_names[MUTATIONS] = {
    [MUTATION_NONE] = "none",
    [MUTATION_NO_FENCE] = "no-fence",
    [MUTATION_NO_NOT_AFTER] = "no-not-after",
    [MUTATION_NO_INTENT] = "no-intent",
    [MUTATION_RESEND] = "resend",
    [MUTATION_SILENCE_FAILS] = "silence-fails",
    [MUTATION_NOT_FOUND_FAILS] = "not-found-fails",
    [MUTATION_BROKEN_NOT_SENT] = "broken-not-sent",
    [MUTATION_ABSENCE_CREDITS] = "absence-credits",
    [MUTATION_NO_VERSION] = "no-version",
    [MUTATION_STOP_STOPS_CLOCK] = "stop-stops-clock",
    [MUTATION_LATE_LOST] = "late-lost",
    [MUTATION_PROCESSING_PAID] = "processing-paid",
    [MUTATION_ACCEPTED_PAID] = "accepted-paid",
};

/* --- numbers, words */

bool world_chance(struct world *world, int per_mille)
{
    return random_below(&world->random, 1000) < (size_t)per_mille;
}

int64_t world_between(struct world *world, int64_t low, int64_t high)
{
    assert(low <= high);
    return low + (int64_t)random_below(&world->random, (size_t)(high - low + 1));
}

void world_tell(const struct world *world, const char *format, ...)
{
    va_list args;

    if (!world->verbose)
        return;
    va_start(args, format);
    printf("%3d %02d:%02d:%02d.%03d  ", (int)(world->now / DAY), (int)(world->now % DAY / HOUR),
           (int)(world->now % HOUR / MINUTE), (int)(world->now % MINUTE / SECOND),
           (int)(world->now % SECOND / 1000));
    vprintf(format, args);
    printf("\n");
    va_end(args);
}

void world_fault(struct world *world, const char *fault, int row)
{
    if (world->fault)
        return;
    world->fault = fault;
    world->fault_row = row;
    world_tell(world, "FAULT: %s (payout %d)", fault, row);
}

/* --- events */

void world_plan(struct world *world, time_us at, enum event_kind kind, int a, int b, int c)
{
    assert(world->event_count < EVENTS);
    world->events[world->event_count++] =
        (struct event){at, world->event_order++, kind, a, b, c};
}

static struct event next_event(struct world *world)
{
    int first = 0;

    for (int i = 1; i < world->event_count; i++) {
        const struct event *one = &world->events[i], *best = &world->events[first];

        if (one->at < best->at || (one->at == best->at && one->order < best->order))
            first = i;
    }
    struct event event = world->events[first];

    world->events[first] = world->events[--world->event_count];
    return event;
}

/* --- people */

int world_row_new(struct world *world, int repays)
{
    assert(world->count < PAYOUTS);
    int index = world->count++;
    struct row *row = &world->rows[index];

    *row = (struct row){.lease_owner = NOBODY, .repays = repays};
    row->amount = repays == NOBODY ? world_between(world, 1, 5000000) : world->rows[repays].amount;
    row->payout = (struct payout){
        .state = PAYOUT_APPROVED,
        .sent_at = TIME_NONE,
        .not_after = TIME_NONE,
        .accepted_at = TIME_NONE,
        .moved_at = TIME_NONE,
        .presumed_at = TIME_NONE,
        .next_query_at = TIME_NONE,
    };
    world->items[index] = (struct item){
        .visible_at = TIME_NONE,
        .execute_at = TIME_NONE,
        .refuse_at = TIME_NONE,
        .accepted_at = TIME_NONE,
        .return_at = TIME_NONE,
    };
    world_plan(world, world->now + world_between(world, HOUR, DAY), EVENT_PEOPLE, index, 0, 0);
    for (int64_t times = world->calm ? 0 : world_between(world, 0, 2); times > 0; times--)
        world_plan(world, world->now + world_between(world, SECOND, 20 * MINUTE), EVENT_OPERATOR,
                   index, 0, 0);
    return index;
}

/* A presumed payout of which two statements said nothing: a proposal, and a person who asks the
 * bank in writing before anything is given back. Never on a channel without a file. */
static void look_for_missing(struct world *world, int index)
{
    struct row *row = &world->rows[index];
    bool absent = world->now / DAY >= row->payout.sent_at / DAY + 2;

    if (!world->has_file || !absent || row->debits > 0)
        return;
    if (world->mutation != MUTATION_ABSENCE_CREDITS && bank_letter_says_paid(world, index))
        return;
    database_not_paid(world, index, world_chance(world, 300));
}

static void people_look(struct world *world, int index)
{
    struct row *row = &world->rows[index];
    enum payout_state state = row->payout.state;

    if (state == PAYOUT_PRESUMED_PAID)
        look_for_missing(world, index);
    else if ((state == PAYOUT_FAILED && !world->liar)
             || (state == PAYOUT_RETURNED && row->matched))
        database_give_back(world, index, world_chance(world, 300));
    else if (state == PAYOUT_APPROVED && world_chance(world, 500))
        row->payout.state = PAYOUT_CANCELLED;
    if (world->now < LAST_DAY * DAY - 2 * HOUR)
        world_plan(world, world->now + world_between(world, HOUR, 10 * HOUR), EVENT_PEOPLE, index,
                   0, 0);
}

static void operator_acts(struct world *world, int index)
{
    struct payout *payout = &world->rows[index].payout;

    if (!payout_is_open(payout->state))
        return;
    if (world_chance(world, 400)) {
        world->rows[index].asked = true;
        world_tell(world, "operator: query now, payout %d", index);
        return;
    }
    payout->ladder_stopped = !payout->ladder_stopped;
    world->rows[index].version++;
    world_tell(world, "operator: %s the ladder of payout %d",
               payout->ladder_stopped ? "stops" : "resumes", index);
}

/* --- one run */

static void set_channel(struct world *world)
{
    struct payout_channel *channel = &world->channel;

    *channel = (struct payout_channel){
        .ladder_base_s = (int)world_between(world, 1, 5),
        .ladder_count = (int)world_between(world, 2, 8),
        .follow_up_s = {3600, 86400},
        .follow_up_count = 2,
        .not_after_s = (int)world_between(world, 60, 1200),
        .not_after_enforced = world_chance(world, 500),
        .not_found_final_s = (int)world_between(world, 0, 1800),
        .answer_timeout_ms = (int)world_between(world, 2000, 10000),
    };
    world->idempotent = world_chance(world, 500);
    world->has_file = world_chance(world, 750);
    world->liar = world_chance(world, 100);
    world->maintenance_from = world_between(world, 0, DAY - HOUR);
    world->maintenance_to = world->maintenance_from + world_between(world, 0, HOUR);
}

static void start(struct world *world)
{
    int64_t payouts = world_between(world, 1, 3);

    set_channel(world);
    for (int64_t i = 0; i < payouts; i++)
        world_row_new(world, NOBODY);
    for (int i = 0; i < CORES; i++)
        core_start(world, i);
    for (int64_t i = world_between(world, 0, 4); i > 0; i--) {
        time_us latest = world_chance(world, 700) ? 12 * MINUTE : TROUBLE_DAYS * DAY;

        world_plan(world, world_between(world, SECOND, latest), EVENT_CRASH,
                   (int)world_between(world, 0, CORES - 1), 0, 0);
    }
    for (int day = 1; day <= LAST_DAY; day++)
        world_plan(world, day * DAY, EVENT_STATEMENT, day, 0, 0);
}

static void come_to_calm(struct world *world)
{
    world->calm = true;
    for (int i = 0; i < world->count; i++)
        world->rows[i].payout.ladder_stopped = false;
}

static void handle(struct world *world, const struct event *event)
{
    switch (event->kind) {
    case EVENT_CORE:
        if (event->b != world->cores[event->a].life)
            return;
        world->cores[event->a].down = false;
        core_go_on(world, event->a);
        return;
    case EVENT_CRASH: core_crash(world, event->a); return;
    case EVENT_ARRIVE: bank_receive(world, event->a, event->b, event->c); return;
    case EVENT_ANSWER:
        if (event->c == world->cores[event->a].life)
            core_answer(world, event->a, event->b);
        return;
    case EVENT_BANK: bank_look(world, event->a); return;
    case EVENT_STATEMENT:
        if (event->a == TROUBLE_DAYS)
            come_to_calm(world);
        bank_statement(world);
        return;
    case EVENT_PEOPLE: people_look(world, event->a); return;
    case EVENT_OPERATOR: operator_acts(world, event->a); return;
    }
}

void world_run(struct world *world, uint64_t seed, enum mutation mutation, bool verbose)
{
    *world = (struct world){
        .random.state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1,
        .seed = seed,
        .mutation = mutation,
        .verbose = verbose,
    };
    start(world);
    while (world->event_count > 0 && world->fault == NULL) {
        struct event event = next_event(world);

        if (event.at > LAST_DAY * DAY + HOUR)
            break;
        assert(event.at >= world->now);
        world->now = event.at;
        handle(world, &event);
        check_step(world);
    }
    if (world->fault == NULL)
        check_end(world);
}
