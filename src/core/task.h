/* One payout that this core has leased, to send or to ask about, and how what came of it is
 * recorded. The protocol is domain/payout.h; here are its rows. */
#ifndef DAYBOOK_CORE_TASK_H
#define DAYBOOK_CORE_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "database.h"
#include "daybook/domain/payout.h"
#include "daybook/domain/payout_answer.h"

enum {
    CORE_TASK_REQUEST = 20,
    CORE_TASK_NUMBER = 24, /* bytes of an int64 as text, with the NUL */
    CORE_TASK_WORD = 64,
    CORE_TASK_URL = 512,
    CORE_TASK_NAME = 640 /* 140 characters */
};

struct core_task {
    char id[CORE_TASK_NUMBER];
    char no[CORE_TASK_WORD]; /* the reference given to the bank: P2026112000417 */
    bool is_send;
    bool asked; /* somebody said "query now" */
    int version;
    char url[CORE_TASK_URL];
    char amount[CORE_TASK_NUMBER], currency[4];
    char payee_name[CORE_TASK_NAME], payee_account[CORE_TASK_WORD * 2];
    char request[CORE_TASK_REQUEST]; /* that had it paid again; "" for what a client asked for */
    struct payout payout;
    struct payout_channel channel;
    time_us asked_at; /* when the request left, or was to leave */
};

/* Leases up to `limit` payouts: sends before questions. Returns how many. */
size_t core_tasks_take(struct core_database *database, const struct core_config *config,
                       const char *worker, struct core_task *out, size_t limit);
/* The items of a batch that this worker has leased. */
size_t core_tasks_of_batch(struct core_database *database, const char *batch_no,
                           struct core_task *out, size_t limit);
/* Whether the payout is still this sender's and may still be paid: right before the first byte. An
 * answer that does not come counts as no. */
bool core_task_is_mine(struct core_database *database, const struct core_config *config,
                       const struct core_task *task);
/* What is to be said to the bank about it: nothing where only time has passed. */
enum payout_question core_task_question(const struct core_task *task, bool *only_clock);
/* Takes the step that the news makes and writes it; a payout that somebody changed meanwhile is
 * read again. answer may be NULL (only the clock). */
void core_task_record(struct core_database *database, const struct core_config *config,
                      struct core_task *task, enum payout_news_kind kind,
                      const struct bank_answer *answer);

#endif
