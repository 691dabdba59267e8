/* A simulation of payouts in virtual time: two cores on one database, a bank with every fault, a
 * statement the next day, people who act on evidence. The cores take their steps from
 * domain/payout.h and read answers through domain/payout_answer.h, as the worker does; database.c
 * stands for the schema's functions. One seed is one run; the same seed is the same run. */
#ifndef DAYBOOK_TESTS_SIM_H
#define DAYBOOK_TESTS_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "daybook/domain/payout.h"
#include "daybook/domain/payout_answer.h"
#include "random.h"

#define SECOND ((time_us)1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

enum {
    CORES = 2,
    PAYOUTS = 12,  /* re-payments included */
    EVENTS = 256,
    TROUBLE_DAYS = 4, /* then cores and bank behave, and everything must come to rest */
    LAST_DAY = 12,
    IDLE_S = 60,    /* a bank closes a connection that says nothing for so long */
    LEASE_S = 15,
    NOBODY = -1
};

/* Faults planted into the protocol, to show that the checks notice them. */
enum mutation {
    MUTATION_NONE,
    MUTATION_NO_FENCE,         /* sends without asking whether the payout is still its own */
    MUTATION_NO_NOT_AFTER,     /* the bank is given no last time */
    MUTATION_NO_INTENT,        /* SUBMITTED is written after sending */
    MUTATION_RESEND,           /* silence is answered by sending again */
    MUTATION_SILENCE_FAILS,    /* silence is a failure */
    MUTATION_NOT_FOUND_FAILS,  /* "not found" is a failure at once */
    MUTATION_BROKEN_NOT_SENT,  /* a broken connection counts as nothing sent */
    MUTATION_ABSENCE_CREDITS,  /* not on the statement: credited back without evidence */
    MUTATION_NO_VERSION,       /* records are taken whoever brings them, whatever the state */
    MUTATION_STOP_STOPS_CLOCK, /* stopping the ladder stops the presumption */
    MUTATION_LATE_LOST,        /* news that contradicts the state is dropped */
    MUTATION_PROCESSING_PAID,  /* "processing" is taken for paid */
    MUTATION_ACCEPTED_PAID,    /* so is "accepted" */
    MUTATIONS
};
extern const char *const mutation_names[MUTATIONS];

/* One payout as the database has it, with what people did about it. */
struct row {
    struct payout payout;
    int version;
    int64_t amount;
    int lease_owner; /* a core, or NOBODY */
    time_us lease_until;
    time_us approved_at; /* of the desk's approval, for the end's check */
    bool asked;      /* somebody said "query now" */
    bool sent, matched, failed; /* E12, E14, E15 are posted */
    bool presumed;   /* E13 */
    bool credited;   /* the customer has the money again */
    bool by_line;    /* RETURNED came with a credit line */
    int repays;      /* the payout this one pays again, or NOBODY */
    int late;        /* events of news that contradicted */
    int stale;       /* events of news from a lost lease */
    int debits, credits; /* statement lines that named it */
    int unposted;        /* of these, credits less debits that contradicted and wait for people */
};

/* The same payout as the bank knows it. */
struct item {
    int requests;
    bool known;           /* a request arrived and was taken */
    bool refused, voided; /* never to be executed; voided by the bank's letter */
    bool duplicate;       /* executes at every request: not idempotent */
    time_us visible_at, execute_at, accepted_at; /* TIME_NONE: never */
    time_us refuse_at;    /* "processing" until then, and refused */
    time_us not_after;
    int executions, returns;
    int listed_debits, listed_credits;
    time_us return_at;
    bool lies_refused;    /* says refused, and executes */
};

enum event_kind {
    EVENT_CORE,      /* core a goes on; b is the life it belongs to */
    EVENT_CRASH,     /* core a ends and comes back */
    EVENT_ARRIVE,    /* a request reaches the bank: a payout, b call, c query */
    EVENT_ANSWER,    /* an answer reaches core a, call b */
    EVENT_BANK,      /* the bank looks at payout a */
    EVENT_STATEMENT, /* of the day that ended */
    EVENT_PEOPLE,    /* people look at payout a */
    EVENT_OPERATOR   /* stops, resumes, asks: payout a */
};

struct event {
    time_us at;
    int order; /* among equal times */
    enum event_kind kind;
    int a, b, c;
};

/* What a core is doing; all of it is lost with a crash. */
enum core_step { CORE_IDLE, CORE_TAKEN, CORE_CONNECTED, CORE_MINE, CORE_WAITING, CORE_ANSWERED };

struct core {
    int life;
    bool down;
    enum core_step step;
    int row;
    bool is_query;
    enum payout_question question;
    struct row seen; /* the row as taken */
    time_us connected_at, asked_at;
    int call;
    struct bank_answer answer;
};

/* A request or its answer on the way. */
struct call {
    int core, row;
    bool is_query;
    time_us not_after, timeout_at;
    struct bank_answer answer;
};

struct world {
    struct random random;
    uint64_t seed;
    enum mutation mutation;
    bool verbose, liar, has_file, calm;
    struct payout_channel channel;
    bool idempotent;
    time_us now;
    struct row rows[PAYOUTS];
    struct item items[PAYOUTS];
    int count;
    struct core cores[CORES];
    struct call calls[64];
    int next_call;
    time_us maintenance_from, maintenance_to; /* of each day */
    struct event events[EVENTS];
    int event_count, event_order;
    int64_t sent, presumed;          /* 2210:ch.SENT and .PRESUMED, debits positive */
    int64_t unpaid, returned;        /* 2240, 2230 */
    int64_t cash, funds;             /* 1010, 2010 */
    int64_t steps;
    const char *fault; /* the first broken invariant */
    int fault_row;
};

/* --- world.c */
void world_run(struct world *world, uint64_t seed, enum mutation mutation, bool verbose);
void world_plan(struct world *world, time_us at, enum event_kind kind, int a, int b, int c);
void world_tell(const struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void world_fault(struct world *world, const char *fault, int row);
bool world_chance(struct world *world, int per_mille);
/* low..high, both included; times too. */
int64_t world_between(struct world *world, int64_t low, int64_t high);
int world_row_new(struct world *world, int repays);

/* --- database.c: the schema's functions, each one transaction */
bool database_send_take(struct world *world, int core, struct row *out, int *row);
bool database_query_take(struct world *world, int core, struct row *out, int *row,
                         enum payout_question *question, bool *is_clock);
bool database_send_mine(const struct world *world, int row, int epoch);
/* False where the version had moved on: nothing was written. */
bool database_record(struct world *world, int row, const struct row *seen,
                     const struct payout_news *news, const struct payout_step *step);
void database_line(struct world *world, int row, enum payout_news_kind kind);
void database_give_back(struct world *world, int row, bool repay); /* signed: 2240 or 2230 */
void database_not_paid(struct world *world, int row, bool repay);  /* signed, with evidence */
time_us database_next(const struct world *world); /* when anything is due; TIME_NONE: nothing */

/* --- core.c */
void core_start(struct world *world, int core);
void core_go_on(struct world *world, int core);
void core_answer(struct world *world, int core, int call);
void core_crash(struct world *world, int core);

/* --- bank.c */
void bank_receive(struct world *world, int row, int call, bool is_query);
void bank_look(struct world *world, int row);
void bank_statement(struct world *world);
bool bank_letter_says_paid(struct world *world, int row); /* if not, never from here on */

/* --- check.c: rule B17 and the promises of the protocol */
void check_step(struct world *world);
void check_idle(struct world *world);
void check_end(struct world *world);

#endif
