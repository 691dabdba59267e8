/* What the database refuses it says by a code and a word; the sentences people read are here. */
#ifndef DAYBOOK_STORE_REFUSAL_H
#define DAYBOOK_STORE_REFUSAL_H

#include <stddef.h>

#include "daybook/base/error.h"

/* One refusal of the desk's functions: SQLSTATE class DB, a word as the message, and a detail of
 * `key=value` pairs that fill the sentence's {key} marks. */
struct refusal {
    const char *word;
    const char *sentence; /* N_(); says what to do where that helps */
};
const struct refusal *refusals(size_t *count); /* sorted by word */

/* Makes the error of a server's answer; any argument may be NULL. */
void refusal_error(const char *sqlstate, const char *message, const char *detail,
                   struct error *error);

#endif
