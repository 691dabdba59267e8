/* A core's worker, cut into the steps between which it may stall or end. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sim.h"

static const char *reference(int row, char out[BANK_REF_MAX])
{
    snprintf(out, BANK_REF_MAX, "R%d", row);
    return out;
}

static bool is_sound(const struct world *world)
{
    return world->calm;
}

/* How long until the next step: mostly at once, at times stopped for long. */
static time_us pause(struct world *world)
{
    if (is_sound(world) || !world_chance(world, 12))
        return world_between(world, 1000, 40000);
    static const time_us longest[] = {10 * SECOND, 2 * MINUTE, HOUR, 30 * HOUR, 5 * DAY};

    return world_between(world, SECOND, longest[world_between(world, 0, 4)]);
}

static void go_on_at(struct world *world, int index, time_us at)
{
    world_plan(world, at, EVENT_CORE, index, world->cores[index].life, 0);
}

void core_start(struct world *world, int index)
{
    struct core *core = &world->cores[index];

    core->down = false;
    core->step = CORE_IDLE;
    go_on_at(world, index, world->now + pause(world));
}

void core_crash(struct world *world, int index)
{
    struct core *core = &world->cores[index];

    world_tell(world, "core %d: ends in step %d", index, (int)core->step);
    core->life++;
    core->down = true;
    core->step = CORE_IDLE;
    time_us back = world_chance(world, 800) ? 10 * SECOND : 3 * HOUR;

    world_plan(world, world->now + world_between(world, SECOND, back), EVENT_CORE, index,
               core->life, 1);
}

static void rest(struct world *world, int index)
{
    time_us next = database_next(world), poll = world->now + SECOND;

    world->cores[index].step = CORE_IDLE;
    if (next == TIME_NONE || next > world->now + HOUR)
        next = world->now + HOUR;
    go_on_at(world, index, next < poll ? poll : next + world_between(world, 0, 200000));
}

/* The worker's own part: news from the answer, the step from the news, the record. */
static void record(struct world *world, int index, enum payout_news_kind kind)
{
    struct core *core = &world->cores[index];
    struct payout_news news = {.kind = kind,
                               .question = core->question,
                               .epoch = core->seen.payout.epoch,
                               .as_of = core->asked_at};
    struct payout *payout = &core->seen.payout;

    if (world->mutation == MUTATION_NO_INTENT && payout->state == PAYOUT_APPROVED) {
        struct payout_news intent = {.kind = PAYOUT_NEWS_INTENT};
        struct payout_step step =
            payout_take(payout, &world->channel, &intent, payout->sent_at);

        step.epoch = payout->epoch;
        if (!database_record(world, core->row, &core->seen, &news, &step)) {
            rest(world, index);
            return;
        }
        core->seen = world->rows[core->row];
    }
    if (world->mutation == MUTATION_SILENCE_FAILS && kind == PAYOUT_NEWS_SILENCE)
        news.kind = PAYOUT_NEWS_REFUSED;
    if (world->mutation == MUTATION_NOT_FOUND_FAILS && kind == PAYOUT_NEWS_NOT_FOUND)
        news.kind = PAYOUT_NEWS_REFUSED;
    if (world->mutation == MUTATION_PROCESSING_PAID && kind == PAYOUT_NEWS_PROCESSING)
        news.kind = PAYOUT_NEWS_PAID;
    if (world->mutation == MUTATION_ACCEPTED_PAID && kind == PAYOUT_NEWS_ACCEPTED)
        news.kind = PAYOUT_NEWS_PAID;
    struct payout_step step = payout_take(payout, &world->channel, &news, world->now);

    world_tell(world, "core %d: payout %d in %s hears %s (%d asked)", index, core->row,
               payout_state_name(payout->state), payout_news_name(news.kind), payout->queries);
    database_record(world, core->row, &core->seen, &news, &step);
    if (step.outcome == PAYOUT_MOVE)
        world_tell(world, "core %d: payout %d -> %s", index, core->row,
                   payout_state_name(step.to));
    core->step = CORE_IDLE;
    go_on_at(world, index, world->now + pause(world));
}

static void take(struct world *world, int index)
{
    struct core *core = &world->cores[index];
    bool is_clock = false;

    core->question = PAYOUT_NO_QUESTION;
    core->is_query = false;
    if (!database_send_take(world, index, &core->seen, &core->row)) {
        if (!database_query_take(world, index, &core->seen, &core->row, &core->question,
                                 &is_clock)) {
            check_idle(world);
            rest(world, index);
            return;
        }
        core->is_query = true;
    }
    world_tell(world, "core %d: takes payout %d %s, epoch %d", index, core->row,
               !core->is_query ? "to send" : is_clock ? "for the clock" : "to ask",
               core->seen.payout.epoch);
    core->asked_at = world->now;
    if (is_clock) {
        record(world, index, PAYOUT_NEWS_CLOCK);
        return;
    }
    core->step = CORE_TAKEN;
    go_on_at(world, index, world->now + pause(world));
}

/* The request leaves. A connection left silent too long is closed at the other end: the bytes are
 * gone, and the sender cannot know. */
static void send_request(struct world *world, int index)
{
    struct core *core = &world->cores[index];
    int number = world->next_call++ % 64;
    struct call *call = &world->calls[number];

    *call = (struct call){
        .core = index,
        .row = core->row,
        .is_query = core->is_query,
        .not_after = world->mutation == MUTATION_NO_NOT_AFTER ? world->now + 365 * DAY
                                                              : core->seen.payout.not_after,
        .timeout_at = world->now + world->channel.answer_timeout_ms * 1000,
    };
    core->call = number;
    core->asked_at = world->now;
    core->step = CORE_WAITING;
    call->answer.transport = BANK_TIMEOUT;
    world_plan(world, call->timeout_at, EVENT_ANSWER, index, number, core->life);
    if (world->now - core->connected_at <= IDLE_S * SECOND) {
        time_us way = is_sound(world) || !world_chance(world, 20) ? 50000 : 30 * SECOND;

        world_plan(world, world->now + world_between(world, 1000, way), EVENT_ARRIVE, core->row,
                   number, core->is_query);
    }
}

void core_answer(struct world *world, int index, int number)
{
    struct core *core = &world->cores[index];

    if (core->down || core->step != CORE_WAITING || core->call != number)
        return;
    core->answer = world->calls[number].answer;
    core->step = CORE_ANSWERED;
    go_on_at(world, index, world->now + pause(world));
}

static void take_answer(struct world *world, int index)
{
    struct core *core = &world->cores[index];
    char ref[BANK_REF_MAX];
    enum payout_news_kind kind =
        bank_answer_news(&core->answer, reference(core->row, ref), core->is_query);

    if (world->mutation == MUTATION_BROKEN_NOT_SENT && !core->is_query
        && core->answer.transport == BANK_BROKEN)
        kind = PAYOUT_NEWS_NOT_SENT;
    record(world, index, kind);
}

void core_go_on(struct world *world, int index)
{
    struct core *core = &world->cores[index];

    assert(!core->down);
    switch (core->step) {
    case CORE_IDLE:
        take(world, index);
        return;
    case CORE_TAKEN:
        core->connected_at = world->now;
        core->step = CORE_CONNECTED;
        go_on_at(world, index, world->now + pause(world));
        return;
    case CORE_CONNECTED:
        /* Asked after the connection stands and before the first byte; see core/bank. */
        if (!core->is_query
            && !database_send_mine(world, core->row, core->seen.payout.epoch)) {
            world_tell(world, "core %d: payout %d is no longer its own", index, core->row);
            core->answer = (struct bank_answer){.transport = BANK_NOT_SENT};
            core->step = CORE_ANSWERED;
        } else if (!is_sound(world) && world_chance(world, 10)) {
            core->answer = (struct bank_answer){.transport = BANK_NOT_SENT};
            core->step = CORE_ANSWERED;
        } else {
            core->step = CORE_MINE;
        }
        go_on_at(world, index, world->now + pause(world));
        return;
    case CORE_MINE:
        send_request(world, index);
        return;
    case CORE_ANSWERED:
        take_answer(world, index);
        return;
    case CORE_WAITING:
        return;
    }
}
