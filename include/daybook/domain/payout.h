/* A payout's protocol as a pure function (rules B3, S4, S6): a payout, its channel's settings, one
 * piece of news and the time in; the step to take out. The worker and the simulation both take
 * their steps from here; the schema checks edges, epoch and version again.
 *
 *     struct payout_news news = {.kind = PAYOUT_NEWS_SILENCE, .epoch = payout.epoch, .as_of = now};
 *     struct payout_step step = payout_take(&payout, &channel, &news, now);
 *     payout_apply(&payout, &step, now);
 *
 * A payout is sent once: sending starts at APPROVED and nowhere else. What happened then is asked,
 * never tried again. */
#ifndef DAYBOOK_DOMAIN_PAYOUT_H
#define DAYBOOK_DOMAIN_PAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "daybook/base/date.h"

enum {
    PAYOUT_BASE_S_MAX = 3600,
    PAYOUT_COUNT_MAX = 16, /* queries of a ladder */
    PAYOUT_FOLLOW_UPS_MAX = 8
};

enum payout_state {
    PAYOUT_CREATED,
    PAYOUT_APPROVED,
    PAYOUT_CANCELLED,
    PAYOUT_REJECTED,
    PAYOUT_SUBMITTED,
    PAYOUT_ACCEPTED,
    PAYOUT_UNKNOWN,
    PAYOUT_PRESUMED_PAID,
    PAYOUT_PAID,
    PAYOUT_FAILED,
    PAYOUT_RECONCILED,
    PAYOUT_NOT_PAID,
    PAYOUT_RETURNED,
    PAYOUT_REPAID,
    PAYOUT_CREDITED_BACK,
    PAYOUT_STATES
};

/* Settings of a channel; core.channel has the same words. */
struct payout_channel {
    int ladder_base_s;      /* 1..PAYOUT_BASE_S_MAX */
    int ladder_count;       /* 1..PAYOUT_COUNT_MAX */
    int follow_up_s[PAYOUT_FOLLOW_UPS_MAX]; /* gaps after the presumption; the last repeats */
    int follow_up_count;    /* 0: no follow-ups */
    int not_after_s;        /* after sending, the bank must not execute any more */
    bool not_after_enforced; /* the bank keeps to it, by contract */
    int not_found_final_s;  /* the bank's documented delay before "not found" means anything */
    int answer_timeout_ms;
};

/* What the protocol needs to know of a payout. Times are TIME_NONE until they happened. */
struct payout {
    enum payout_state state;
    int epoch;              /* of the lease; 0 before the first */
    time_us sent_at;        /* the intent's time: nothing left before it */
    time_us not_after;
    time_us accepted_at;    /* a fact of its own; never taken back */
    time_us moved_at;       /* the money is known to have left */
    time_us presumed_at;
    int queries;            /* rungs and follow-ups asked; "query now" does not count */
    time_us next_query_at;  /* TIME_NONE: nothing is to be asked */
    bool ladder_stopped;    /* pauses the questions, never the presumption clock */
    bool settled;           /* its debit stands on a statement (E14 is posted) */
};

enum payout_news_kind {
    PAYOUT_NEWS_INTENT,     /* a core takes it to send; must be committed before any byte leaves */
    PAYOUT_NEWS_PAID,       /* answers of the bank, to the sending or to a question */
    PAYOUT_NEWS_REFUSED,    /* definite: not executed and never will be */
    PAYOUT_NEWS_ACCEPTED,
    PAYOUT_NEWS_PROCESSING,
    PAYOUT_NEWS_NOT_FOUND,
    PAYOUT_NEWS_SILENCE,    /* no answer in time, or the connection broke after a byte was sent */
    PAYOUT_NEWS_ERROR,      /* an answer that decides nothing */
    PAYOUT_NEWS_NOT_SENT,   /* the sender failed before any byte of the request left */
    PAYOUT_NEWS_CLOCK,      /* only time has passed */
    PAYOUT_NEWS_DEBIT,      /* its line on a bank statement */
    PAYOUT_NEWS_CREDIT,     /* a statement line that brings the money back */
    PAYOUT_NEWS_KINDS
};

enum payout_question {
    PAYOUT_NO_QUESTION, /* the answer to the sending, or no answer at all */
    PAYOUT_LADDER,      /* a rung, or a follow-up once presumed: counts */
    PAYOUT_ASKED        /* somebody said "query now" */
};

struct payout_news {
    enum payout_news_kind kind;
    enum payout_question question;
    int epoch;     /* of whoever brings it; statement lines carry the payout's own */
    time_us as_of; /* when the question left: an answer may be older than its arrival */
};

enum payout_outcome {
    PAYOUT_MOVE,   /* to `to` */
    PAYOUT_STAY,   /* the state stays; facts and times of the step are taken over */
    PAYOUT_LATE,   /* contradicts the state: stored as an event, raises STATUS_*, changes nothing */
    PAYOUT_STALE,  /* brought by somebody whose lease is another's now: stored, changes nothing */
    PAYOUT_REFUSED /* an intent that may not be */
};

/* Postings of rule B16 that belong to a step. */
enum payout_posting {
    PAYOUT_POST_NONE,
    PAYOUT_POST_SENT,     /* E12 */
    PAYOUT_POST_PRESUMED, /* E13 */
    PAYOUT_POST_MATCHED,  /* E14 */
    PAYOUT_POST_FAILED,   /* E15 */
    PAYOUT_POST_RETURNED  /* E16 */
};

struct payout_step {
    enum payout_outcome outcome;
    enum payout_state to;       /* the state after it, moved or not */
    enum payout_posting posting;
    bool from_presumed;         /* E14 and E15 take from 2210:ch.PRESUMED, not .SENT */
    bool accepted, moved;       /* a fact became known with this news */
    bool counted;               /* one more of `queries` */
    int epoch;
    time_us not_after;
    time_us next_query_at;
};

/* The whole protocol. `now` is the time of recording. */
struct payout_step payout_take(const struct payout *payout, const struct payout_channel *channel,
                               const struct payout_news *news, time_us now);
/* Writes the step into the payout, as the database does with the row. */
void payout_apply(struct payout *payout, const struct payout_step *step, time_us now);

/* When query n (from 1) of the ladder is due: base * (2^n - 1) after sending, since
 * gap(n) = base * 2^(n-1) (rule B3.3). */
time_us payout_query_due(const struct payout_channel *channel, time_us sent_at, int n);
/* From when on a silent payout is presumed paid, asked or not. */
time_us payout_presumption_due(const struct payout_channel *channel, time_us sent_at);
/* Whether "not found", asked at `asked_at`, proves that nothing was and will be executed: the bank
 * keeps to not-after, it and the documented delay are over, and it never accepted (rule B3.4). */
bool payout_not_found_is_final(const struct payout *payout, const struct payout_channel *channel,
                               time_us asked_at);
/* The bank's last word is still missing: what the ladder and the follow-ups ask for. */
bool payout_is_open(enum payout_state state);

/* "PRESUMED_PAID" and so on; parse is false for an unknown word. */
const char *payout_state_name(enum payout_state state);
bool payout_state_parse(const char *word, enum payout_state *out);
/* "intent", "paid", "refused", "accepted", "processing", "not-found", "silence", "error",
 * "not-sent", "clock", "debit", "credit". */
const char *payout_news_name(enum payout_news_kind kind);
bool payout_news_parse(const char *word, enum payout_news_kind *out);
/* "E12" ... "E16", or NULL for none. */
const char *payout_posting_name(enum payout_posting posting);

/* The class of a bank's reason code (rule B3.8): "ACCOUNT_CLOSED", "ACCOUNT_INVALID",
 * "NAME_MISMATCH", "BLOCKED", "LIMIT", "BANK_DOWN", "DUPLICATE", "REGULATORY", and "OTHER" for all
 * that is not known. NULL for "" and NULL. */
const char *payout_reason_class(const char *code);

#endif
