/* What must hold after every step (rule B17 as far as payouts go), and at the end. */
#include <stddef.h>

#include "sim.h"

static bool gave_back(const struct row *row)
{
    return row->credited || row->payout.state == PAYOUT_FAILED
        || row->payout.state == PAYOUT_NOT_PAID || row->payout.state == PAYOUT_REPAID;
}

/* How often a payout and what paid it again left the account for good. */
static int net_payments(const struct world *world, int row)
{
    int net = 0;

    for (int i = 0; i < world->count; i++) {
        int root = i;

        while (world->rows[root].repays != NOBODY)
            root = world->rows[root].repays;
        if (root == row)
            net += world->items[i].executions - world->items[i].returns;
    }
    return net;
}

static void check_row(struct world *world, int index)
{
    const struct row *row = &world->rows[index];
    const struct item *item = &world->items[index];
    int net = item->executions - item->returns;

    if (item->requests > 1)
        world_fault(world, "sent twice", index);
    if (item->executions > 1 || (row->repays == NOBODY && net_payments(world, index) > 1))
        world_fault(world, "paid twice", index);
    if (!item->lies_refused && gave_back(row) && net > 0)
        world_fault(world, "paid, and failed or credited back", index);
    if (row->payout.state == PAYOUT_PAID && item->executions == 0)
        world_fault(world, "held for paid, and never paid", index);
    if (row->payout.state == PAYOUT_RETURNED && !row->by_line)
        world_fault(world, "returned without a credit line", index);
    if (item->requests > 0 && !row->sent)
        world_fault(world, "sent without an intent", index);
    if (row->debits > 0 && !row->matched && row->late == 0)
        world_fault(world, "news was lost", index);
    if (row->payout.queries > PAYOUT_COUNT_MAX * 4)
        world_fault(world, "asked without end", index);
}

/* I1 and I3: 2210 is the sum of what is sent and neither matched nor failed. */
static void check_ledger(struct world *world)
{
    int64_t sent = 0, presumed = 0;

    for (int i = 0; i < world->count; i++) {
        const struct row *row = &world->rows[i];

        if (row->matched && row->failed)
            world_fault(world, "matched and failed", i);
        if (row->sent && !row->matched && !row->failed)
            *(row->presumed ? &presumed : &sent) += row->amount;
    }
    if (sent != -world->sent || presumed != -world->presumed)
        world_fault(world, "2210 is not the sum of the open payouts", NOBODY);
    if (world->sent + world->presumed + world->unpaid + world->returned + world->cash
            + world->funds
        != 0)
        world_fault(world, "the ledger is not balanced", NOBODY);
}

void check_step(struct world *world)
{
    world->steps++;
    for (int i = 0; i < world->count; i++)
        check_row(world, i);
    check_ledger(world);
}

/* A core that found nothing to do: no payout is older than its state may be (I11). */
void check_idle(struct world *world)
{
    for (int i = 0; i < world->count; i++) {
        const struct row *row = &world->rows[i];
        const struct payout *payout = &row->payout;

        if (!payout_is_open(payout->state) || payout->state == PAYOUT_PRESUMED_PAID
            || (row->lease_owner != NOBODY && row->lease_until > world->now))
            continue;
        if (world->now > payout_presumption_due(&world->channel, payout->sent_at) + SECOND)
            world_fault(world, "older than the ladder and not presumed", i);
        if (!payout->ladder_stopped && payout->next_query_at == TIME_NONE)
            world_fault(world, "open, and nobody will ask", i);
    }
}

static bool is_at_rest(const struct world *world, const struct row *row)
{
    switch (row->payout.state) {
    case PAYOUT_CANCELLED:
    case PAYOUT_REJECTED:
    case PAYOUT_RECONCILED:
    case PAYOUT_CREDITED_BACK:
    case PAYOUT_REPAID: return true;
    case PAYOUT_PAID:
    case PAYOUT_PRESUMED_PAID: return !world->has_file;
    case PAYOUT_FAILED: return world->liar;
    default: return false;
    }
}

void check_end(struct world *world)
{
    int64_t cash = 0;

    for (int i = 0; i < world->count; i++) {
        const struct row *row = &world->rows[i];
        const struct item *item = &world->items[i];

        if (!is_at_rest(world, row))
            world_fault(world, "never came to rest", i);
        if (gave_back(row) && item->listed_debits > 0 && item->returns == 0 && row->late == 0)
            world_fault(world, "the bank's contradiction was not told", i);
        if (row->unposted != 0 && row->late == 0)
            world_fault(world, "a line was neither posted nor told", i);
        /* I2: the account is the statement less its lines that are not posted yet. */
        cash -= row->amount * (item->listed_debits - item->listed_credits + row->unposted);
    }
    if (world->has_file && world->cash != cash)
        world_fault(world, "1010 is not the statements less what is unposted", NOBODY);
}
