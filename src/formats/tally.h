/* What a statement's END says of its entries: how many, their sum, whether it adds up. */
#ifndef DAYBOOK_SRC_FORMATS_TALLY_H
#define DAYBOOK_SRC_FORMATS_TALLY_H

#include "daybook/formats/statement.h"

struct tally {
    int64_t entries;
    int64_t faults; /* notes not counted */
    struct decimal sum;
    bool overflow; /* or the entries are not of one currency: there is no sum */
};

void tally_clear(struct tally *tally);
/* Counts the entry and adds its amount where it is booked. */
void tally_entry(struct tally *tally, const struct statement_entry *entry);
void tally_fault(struct tally *tally, const struct statement_fault *fault);
/* Fills entries, faults, sum, sum_known and balanced from the tally and the header's balances. */
void tally_finish(const struct tally *tally, struct statement_header *header);

#endif
