/* What the schema's functions do, as one step each: they check edges, epoch and version again. */
#include <assert.h>
#include <string.h>

#include "sim.h"

static bool is_free(const struct world *world, const struct row *row)
{
    return row->lease_owner == NOBODY || row->lease_until <= world->now;
}

/* Postings of rule B16, the row's flags with them. */
static void post(struct world *world, struct row *row, enum payout_posting posting)
{
    int64_t *clearing = row->presumed ? &world->presumed : &world->sent;

    switch (posting) {
    case PAYOUT_POST_NONE:
        return;
    case PAYOUT_POST_SENT:
        *(row->repays == NOBODY ? &world->funds : &world->unpaid) += row->amount;
        world->sent -= row->amount;
        row->sent = true;
        return;
    case PAYOUT_POST_PRESUMED:
        world->sent += row->amount;
        world->presumed -= row->amount;
        row->presumed = true;
        return;
    case PAYOUT_POST_MATCHED:
        *clearing += row->amount;
        world->cash -= row->amount;
        row->matched = true;
        return;
    case PAYOUT_POST_FAILED:
        *clearing += row->amount;
        world->unpaid -= row->amount;
        row->failed = true;
        return;
    case PAYOUT_POST_RETURNED:
        world->cash += row->amount;
        world->returned -= row->amount;
        return;
    }
}

static void write_step(struct world *world, struct row *row, const struct payout_step *step)
{
    post(world, row, step->posting);
    payout_apply(&row->payout, step, world->now);
    row->version++;
}

static void lease(struct world *world, struct row *row, int core)
{
    row->lease_owner = core;
    row->lease_until = world->now + LEASE_S * SECOND;
    row->version++;
}

bool database_send_take(struct world *world, int core, struct row *out, int *index)
{
    for (int i = 0; i < world->count; i++) {
        struct row *row = &world->rows[i];
        struct payout_news news = {.kind = PAYOUT_NEWS_INTENT, .as_of = world->now};
        bool again = world->mutation == MUTATION_RESEND && row->payout.state == PAYOUT_UNKNOWN
            && row->payout.queries == 2;

        if ((row->payout.state != PAYOUT_APPROVED && !again) || !is_free(world, row))
            continue;
        if (again) {
            row->payout.epoch++;
            row->payout.queries++;
        } else if (world->mutation == MUTATION_NO_INTENT) {
            row->payout.epoch++; /* the lease alone */
            row->payout.sent_at = world->now;
            row->payout.not_after = world->now + world->channel.not_after_s * SECOND;
        } else {
            struct payout_step step =
                payout_take(&row->payout, &world->channel, &news, world->now);

            assert(step.outcome == PAYOUT_MOVE);
            write_step(world, row, &step);
        }
        lease(world, row, core);
        *out = *row;
        *index = i;
        return true;
    }
    return false;
}

static time_us clock_due(const struct world *world, const struct row *row)
{
    bool pending = row->payout.state == PAYOUT_UNKNOWN || row->payout.state == PAYOUT_SUBMITTED
        || row->payout.state == PAYOUT_ACCEPTED;

    if (!pending || !row->payout.ladder_stopped
        || world->mutation == MUTATION_STOP_STOPS_CLOCK)
        return TIME_NONE;
    return payout_presumption_due(&world->channel, row->payout.sent_at);
}

static time_us query_due(const struct row *row)
{
    if (row->asked)
        return 0;
    return row->payout.ladder_stopped || !payout_is_open(row->payout.state)
        ? TIME_NONE
        : row->payout.next_query_at;
}

static bool is_due(const struct world *world, time_us at)
{
    return at != TIME_NONE && at <= world->now;
}

bool database_query_take(struct world *world, int core, struct row *out, int *index,
                         enum payout_question *question, bool *is_clock)
{
    for (int i = 0; i < world->count; i++) {
        struct row *row = &world->rows[i];
        bool query = is_due(world, query_due(row));

        if ((!query && !is_due(world, clock_due(world, row))) || !is_free(world, row))
            continue;
        *is_clock = !query
            || (row->payout.state == PAYOUT_UNKNOWN && !row->asked
                && row->payout.queries >= world->channel.ladder_count);
        *question = *is_clock ? PAYOUT_NO_QUESTION : row->asked ? PAYOUT_ASKED : PAYOUT_LADDER;
        row->asked = false;
        row->payout.epoch++;
        lease(world, row, core);
        *out = *row;
        *index = i;
        return true;
    }
    return false;
}

bool database_send_mine(const struct world *world, int index, int epoch)
{
    const struct row *row = &world->rows[index];

    if (world->mutation == MUTATION_NO_FENCE || world->mutation == MUTATION_NO_INTENT
        || world->mutation == MUTATION_RESEND)
        return true;
    return row->payout.epoch == epoch && row->payout.state == PAYOUT_SUBMITTED
        && row->lease_until > world->now && world->now < row->payout.not_after;
}

bool database_record(struct world *world, int index, const struct row *seen,
                     const struct payout_news *news, const struct payout_step *step)
{
    struct row *row = &world->rows[index];
    bool unchecked = world->mutation == MUTATION_NO_VERSION;

    if (row->payout.epoch != seen->payout.epoch && !unchecked) {
        row->stale++;
        world_tell(world, "database: stale %s of payout %d", payout_news_name(news->kind), index);
        return true;
    }
    if (row->version != seen->version && !unchecked)
        return false;
    if (step->outcome == PAYOUT_LATE)
        row->late++;
    if (step->outcome == PAYOUT_MOVE || step->outcome == PAYOUT_STAY) {
        struct payout_step mine = *step;

        mine.epoch = row->payout.epoch;
        write_step(world, row, &mine);
    }
    row->lease_owner = NOBODY;
    row->version++;
    return true;
}

void database_line(struct world *world, int index, enum payout_news_kind kind)
{
    struct row *row = &world->rows[index];
    struct payout_news news = {
        .kind = kind, .epoch = row->payout.epoch, .as_of = world->now};
    struct payout_step step = payout_take(&row->payout, &world->channel, &news, world->now);

    *(kind == PAYOUT_NEWS_DEBIT ? &row->debits : &row->credits) += 1;
    world_tell(world, "statement: %s of payout %d in %s", payout_news_name(kind), index,
               payout_state_name(row->payout.state));
    if (step.outcome == PAYOUT_LATE) {
        row->late += world->mutation == MUTATION_LATE_LOST ? 0 : 1;
        row->unposted += kind == PAYOUT_NEWS_CREDIT ? 1 : -1;
    } else {
        write_step(world, row, &step);
    }
    if (step.outcome == PAYOUT_MOVE && step.to == PAYOUT_RETURNED)
        row->by_line = true;
}

void database_give_back(struct world *world, int index, bool repay)
{
    struct row *row = &world->rows[index];
    bool returned = row->payout.state == PAYOUT_RETURNED;

    assert(returned || row->payout.state == PAYOUT_FAILED || row->payout.state == PAYOUT_NOT_PAID);
    if (repay && (returned || world->count == PAYOUTS))
        repay = false;
    world_tell(world, "people: payout %d is %s", index, repay ? "paid again" : "credited back");
    row->version++;
    if (repay) {
        row->payout.state = PAYOUT_REPAID;
        world_row_new(world, index);
        return;
    }
    *(returned ? &world->returned : &world->unpaid) += row->amount;
    world->funds -= row->amount;
    row->credited = true;
    row->payout.state = PAYOUT_CREDITED_BACK;
}

void database_not_paid(struct world *world, int index, bool repay)
{
    struct row *row = &world->rows[index];

    assert(row->payout.state == PAYOUT_PRESUMED_PAID);
    post(world, row, PAYOUT_POST_FAILED);
    row->payout.state = PAYOUT_NOT_PAID;
    row->payout.next_query_at = TIME_NONE;
    row->version++;
    database_give_back(world, index, repay);
}

time_us database_next(const struct world *world)
{
    time_us next = TIME_NONE;

    for (int i = 0; i < world->count; i++) {
        const struct row *row = &world->rows[i];
        time_us due[] = {query_due(row), clock_due(world, row),
                         row->payout.state == PAYOUT_APPROVED ? world->now : TIME_NONE};

        for (int k = 0; k < 3; k++) {
            time_us at = due[k];

            if (at == TIME_NONE)
                continue;
            if (!is_free(world, row) && at < row->lease_until)
                at = row->lease_until;
            if (next == TIME_NONE || at < next)
                next = at;
        }
    }
    return next;
}
