/* Counts and sums of a statement's entries (rule B5: opening + sum = closing). */
#include "tally.h"

#include <assert.h>

void tally_clear(struct tally *tally)
{
    *tally = (struct tally){.entries = 0};
}

void tally_entry(struct tally *tally, const struct statement_entry *entry)
{
    assert(entry->amount.scale >= 0 && entry->amount.scale <= MONEY_SCALE_MAX);
    tally->entries++;
    if (entry->status != STATUS_BOOKED || tally->overflow)
        return;
    /* Nearly all amounts of a statement have one scale. */
    bool plain = tally->sum.scale == entry->amount.scale;
    int64_t sum;
    if (plain && !__builtin_add_overflow(tally->sum.mantissa, entry->amount.mantissa, &sum) &&
        sum != INT64_MIN)
        tally->sum.mantissa = sum;
    else if (!decimal_add(tally->sum, entry->amount, &tally->sum))
        tally->overflow = true;
}

void tally_fault(struct tally *tally, const struct statement_fault *fault)
{
    if (!fault->note)
        tally->faults++;
}

static int tally_balanced(const struct tally *tally, const struct statement_header *header)
{
    struct decimal reached;

    if (!header->opening.known || !header->closing.known || tally->overflow)
        return -1;
    if (!decimal_add(header->opening.amount, tally->sum, &reached))
        return -1;
    return decimal_compare(reached, header->closing.amount) == 0;
}

void tally_finish(const struct tally *tally, struct statement_header *header)
{
    header->entries = tally->entries;
    header->faults = tally->faults;
    header->sum = tally->sum;
    header->sum_known = !tally->overflow;
    header->balanced = tally_balanced(tally, header);
}
