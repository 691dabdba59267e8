/* A bank with every fault that a payout can meet. It knows the truth: item.executions. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sim.h"

static void say(struct world *world, int row, int call, int status, const char *result,
                const char *code)
{
    struct bank_answer *answer = &world->calls[call].answer;

    *answer = (struct bank_answer){.transport = BANK_ANSWERED, .status = status};
    snprintf(answer->ref, sizeof answer->ref, "R%d", row);
    snprintf(answer->result, sizeof answer->result, "%s", result);
    snprintf(answer->code, sizeof answer->code, "%s", code);
}

static void answer_in(struct world *world, int call, time_us delay)
{
    const struct call *sent = &world->calls[call];

    if (world->now + delay < sent->timeout_at)
        world_plan(world, world->now + delay, EVENT_ANSWER, sent->core, call,
                   world->cores[sent->core].life);
    else
        world->calls[call].answer.transport = BANK_TIMEOUT;
}

static void break_off(struct world *world, int call)
{
    world->calls[call].answer = (struct bank_answer){.transport = BANK_BROKEN};
    answer_in(world, call, world_between(world, 1000, 3 * SECOND));
}

static void look_at(struct world *world, int row, time_us at)
{
    if (at != TIME_NONE)
        world_plan(world, at, EVENT_BANK, row, 0, 0);
}

static void execute(struct world *world, int row)
{
    struct item *item = &world->items[row];

    item->executions++;
    item->execute_at = TIME_NONE;
    world_tell(world, "bank: executes payout %d", row);
    if (world_chance(world, 60)) {
        item->return_at = world->now + world_between(world, HOUR, 3 * DAY);
        look_at(world, row, item->return_at);
    }
}

void bank_look(struct world *world, int row)
{
    struct item *item = &world->items[row];

    if (item->execute_at != TIME_NONE && item->execute_at <= world->now && !item->voided) {
        if (world->channel.not_after_enforced && world->now > item->not_after) {
            item->execute_at = TIME_NONE;
            item->refused = true;
        } else {
            execute(world, row);
        }
    }
    if (item->refuse_at != TIME_NONE && item->refuse_at <= world->now && !item->voided) {
        item->refuse_at = TIME_NONE;
        item->refused = true;
    }
    if (item->return_at != TIME_NONE && item->return_at <= world->now) {
        item->return_at = TIME_NONE;
        item->returns++;
        world_tell(world, "bank: returns payout %d", row);
    }
}

/* What the bank says of what it knows. */
static void tell(struct world *world, int row, int call)
{
    const struct item *item = &world->items[row];

    if (!item->known || (item->visible_at != TIME_NONE && item->visible_at > world->now))
        say(world, row, call, 404, "not-found", "");
    else if (item->lies_refused)
        say(world, row, call, 200, "refused", "AC04");
    else if (item->executions > 0)
        say(world, row, call, 200, "paid", "");
    else if (item->refused || item->voided)
        say(world, row, call, 200, "refused", "AC01");
    else if (item->accepted_at != TIME_NONE)
        say(world, row, call, 200, "accepted", "");
    else
        say(world, row, call, 200, "processing", "");
}

static bool in_maintenance(const struct world *world)
{
    time_us of_day = world->now % DAY;

    return !world->calm && of_day >= world->maintenance_from && of_day < world->maintenance_to;
}

/* Seconds, minutes, or days late where nothing binds the bank. */
static time_us some_time(struct world *world)
{
    static const time_us longest[] = {10 * SECOND, 5 * MINUTE, 2 * HOUR, 60 * HOUR};

    return world_between(world, SECOND, longest[world_between(world, 0, 3)]);
}

/* The documented delay of "not found" binds the bank from not-after on where it keeps to that. */
static time_us hidden_until(struct world *world, const struct item *item)
{
    time_us at = world->now + some_time(world);
    time_us last = item->not_after + world->channel.not_found_final_s * SECOND;

    return world->channel.not_after_enforced && at > last ? last : at;
}

/* A new request in an odd way; returns false where it was an even one. */
static bool take_oddly(struct world *world, int row, int call)
{
    struct item *item = &world->items[row];
    int64_t fault = world->calm ? 1000 : world_between(world, 0, 999);

    if (fault < 60) { /* slow */
        execute(world, row);
        tell(world, row, call);
        answer_in(world, call, 20 * SECOND);
    } else if (fault < 120) { /* silent, executed */
        execute(world, row);
    } else if (fault < 160) { /* silent, lost */
        item->known = false;
    } else if (fault < 220) { /* reset, executed or lost */
        item->known = world_chance(world, 500);
        if (item->known)
            execute(world, row);
        break_off(world, call);
    } else if (fault < 320) { /* processing, then either */
        time_us *at = world_chance(world, 600) ? &item->execute_at : &item->refuse_at;

        *at = world->now + some_time(world);
        look_at(world, row, *at);
        tell(world, row, call);
        answer_in(world, call, world_between(world, 1000, 3 * SECOND));
    } else if (fault < 420) { /* silent; success late */
        item->execute_at = world->now + some_time(world);
        look_at(world, row, item->execute_at);
    } else if (fault < 520) { /* silent and not found; executed meanwhile or later */
        item->visible_at = hidden_until(world, item);
        item->execute_at = world->now + some_time(world);
        look_at(world, row, item->execute_at);
    } else if (fault < 600) { /* accepted; later paid, seldom refused */
        time_us *at = world_chance(world, 800) ? &item->execute_at : &item->refuse_at;

        item->accepted_at = world->now;
        *at = world->now + some_time(world);
        look_at(world, row, *at);
        tell(world, row, call);
        answer_in(world, call, world_between(world, 1000, 3 * SECOND));
    } else if (fault < 620 && world->liar) {
        item->lies_refused = true;
        execute(world, row);
        tell(world, row, call);
        answer_in(world, call, 1000);
    } else {
        return false;
    }
    return true;
}

static void take_payment(struct world *world, int row, int call)
{
    struct item *item = &world->items[row];

    item->requests++;
    world_tell(world, "bank: request %d for payout %d", item->requests, row);
    if (world->channel.not_after_enforced && world->now > world->calls[call].not_after) {
        if (!item->known)
            item->refused = true;
        item->known = true;
        say(world, row, call, 200, "refused", "EXPIRED");
        answer_in(world, call, 1000);
        return;
    }
    if (item->known && world->idempotent) {
        tell(world, row, call);
        answer_in(world, call, 1000);
        return;
    }
    item->known = true;
    item->not_after = world->calls[call].not_after;
    if (take_oddly(world, row, call))
        return;
    if (world_chance(world, 100))
        item->refused = true;
    else
        execute(world, row);
    tell(world, row, call);
    answer_in(world, call, world_between(world, 1000, 2 * SECOND));
}

static void take_question(struct world *world, int row, int call)
{
    int64_t fault = world->calm ? 1000 : world_between(world, 0, 999);

    tell(world, row, call);
    if (fault < 200) /* silent */
        return;
    if (fault < 300) {
        break_off(world, call);
    } else if (fault < 350) { /* an answer about another payout, or none that can be read */
        struct bank_answer *answer = &world->calls[call].answer;

        snprintf(answer->ref, sizeof answer->ref, "%s", fault < 325 ? "" : "R99");
        answer_in(world, call, 1000);
    } else {
        answer_in(world, call, world_between(world, 1000, fault < 450 ? 8 * SECOND : SECOND));
    }
}

void bank_receive(struct world *world, int row, int call, bool is_query)
{
    if (in_maintenance(world)) {
        say(world, row, call, 503, is_query ? "not-found" : "refused", "MAINTENANCE");
        answer_in(world, call, 1000);
    } else if (is_query) {
        take_question(world, row, call);
    } else {
        take_payment(world, row, call);
    }
}

/* Everything booked since the last one; the day that ended is only a matter of its date. */
void bank_statement(struct world *world)
{
    if (!world->has_file)
        return;
    for (int row = 0; row < world->count; row++) {
        struct item *item = &world->items[row];
        bool credit_first = world_chance(world, 200);

        for (int side = 0; side < 2; side++) {
            bool credit = (side == 0) == credit_first;

            if (credit && item->listed_credits < item->returns) {
                item->listed_credits++;
                database_line(world, row, PAYOUT_NEWS_CREDIT);
            } else if (!credit && item->listed_debits < item->executions) {
                item->listed_debits++;
                database_line(world, row, PAYOUT_NEWS_DEBIT);
            }
            check_step(world);
        }
    }
}

bool bank_letter_says_paid(struct world *world, int row)
{
    struct item *item = &world->items[row];

    if (item->executions > 0)
        return true;
    item->voided = item->known;
    world_tell(world, "bank: writes that payout %d is not paid and never will be", row);
    return false;
}
