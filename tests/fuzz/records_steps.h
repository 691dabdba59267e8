/* What must hold of every statement reader: the records do not depend on how the bytes arrive. */
#ifndef DAYBOOK_TESTS_RECORDS_STEPS_H
#define DAYBOOK_TESTS_RECORDS_STEPS_H

#include <string.h>

#include "fuzz.h"
#include "records.h"

/* Slow sources only for short inputs: one byte at a time is not what is searched for. */
enum { RECORDS_SLOW = 4096 };

static inline void records_hold(const char *format, struct span bytes)
{
    struct buffer whole;
    struct buffer pieces;
    buffer_init(&whole, RECORDS_LIMIT);
    buffer_init(&pieces, RECORDS_LIMIT);
    enum statement_step last = records_read(format, bytes, 4096, &whole);
    FUZZ_HOLDS(last == STATEMENT_DONE || last == STATEMENT_FAILED);
    FUZZ_HOLDS(records_read(format, bytes, bytes.length <= RECORDS_SLOW ? 1 : 61, &pieces) == last);
    FUZZ_HOLDS(whole.length == pieces.length);
    FUZZ_HOLDS(whole.length == 0 || memcmp(whole.data, pieces.data, whole.length) == 0);
    FUZZ_HOLDS(!whole.overflow);
    buffer_free(&whole);
    buffer_free(&pieces);
}

#endif
