/* Payees: names in Chinese and Latin letters, and account numbers. All are made up. */
#ifndef DAYBOOK_TOWN_NAMES_H
#define DAYBOOK_TOWN_NAMES_H

#include "daybook/town/random.h"

enum {
    TOWN_NAME = 128,  /* bytes of UTF-8 with the final NUL */
    TOWN_ACCOUNT = 24
};

/* Persons and firms; some with combining marks (NFD), some with Han outside the basic plane. */
void town_name(struct town_random *random, char out[TOWN_NAME]);
void town_account(struct town_random *random, char out[TOWN_ACCOUNT]);

#endif
