/* What a bank's answer means: the one place where transport and words become news (rule B3.1). */
#ifndef DAYBOOK_DOMAIN_PAYOUT_ANSWER_H
#define DAYBOOK_DOMAIN_PAYOUT_ANSWER_H

#include <stdbool.h>

#include "daybook/domain/payout.h"

enum { BANK_REF_MAX = 64, BANK_WORD_MAX = 32, BANK_TEXT_MAX = 256 }; /* bytes with the NUL */

enum bank_transport {
    BANK_ANSWERED, /* a whole answer came in time */
    BANK_NOT_SENT, /* it ended before any byte of the request left */
    BANK_BROKEN,   /* it ended after that, without a whole answer */
    BANK_TIMEOUT   /* no whole answer in time */
};

struct bank_answer {
    enum bank_transport transport;
    int status;                    /* of HTTP; 0 where nothing was answered */
    char ref[BANK_REF_MAX];        /* which payout the bank speaks of */
    char result[BANK_WORD_MAX];    /* paid, accepted, processing, refused, not-found */
    char code[BANK_WORD_MAX];      /* the bank's reason code, as written */
    char text[BANK_TEXT_MAX];      /* and its words: printable */
    char bank_ref[BANK_REF_MAX];   /* the bank's own number, or "" */
};

/* News of the answer to sending payout `ref` or, as `is_query`, to a question about it. Only a 2xx
 * answer (for "not-found" also 404) that names this payout decides anything; all else is an error,
 * which leaves the result open. A question that could not be asked is a silence. */
enum payout_news_kind bank_answer_news(const struct bank_answer *answer, const char *ref,
                                       bool is_query);

#endif
