/* A file of payouts that this core has leased: sent as one pain.001, reported by one pain.002. What
 * the report leaves open is asked for item by item, as of single payouts. */
#ifndef DAYBOOK_CORE_BATCH_H
#define DAYBOOK_CORE_BATCH_H

#include "bank/call.h"
#include "task.h"

enum { CORE_BATCH_ITEMS_MAX = 2000 };

struct core_batch {
    char no[CORE_TASK_WORD], message[CORE_TASK_WORD], url[CORE_TASK_URL];
    char channel[CORE_TASK_WORD];
    char currency[4];
    int epoch;
    int64_t items, total;
    time_us created_at, not_after;
    long timeout_ms;
    bool reporting; /* the bank took it; its report is asked for */
    struct core_task *tasks; /* as many as `count` */
    size_t count;
};

/* Leases one batch with its items; NULL: none is due. */
struct core_batch *core_batch_take(struct core_database *database,
                                   const struct core_config *config, const char *worker);
void core_batch_free(struct core_batch *batch);
bool core_batch_is_mine(struct core_database *database, const struct core_config *config,
                        const struct core_batch *batch);
/* The message as pain.001; false with the error set where a schema would refuse it. */
bool core_batch_write(const struct core_batch *batch, struct buffer *out, struct error *error);
/* The bank's answer to the message: records the batch, and its items where that decides them. True:
 * the bank took it, and a report is to be asked for. */
bool core_batch_sent(struct core_database *database, const struct core_config *config,
                     struct core_batch *batch, const struct bank_answer *answer);
/* Records every item by the report; those that it does not name are accepted, as the whole was. */
void core_batch_report(struct core_database *database, const struct core_config *config,
                       struct core_batch *batch, const struct bank_answer *answer,
                       struct span report);

#endif
