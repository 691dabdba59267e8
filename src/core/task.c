#include "task.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "daybook/base/log.h"
#include "daybook/base/text.h"

enum { RECORD_TRIES = 4 };

/* The columns of paycore.task in the order of read_task(). */
#define TASK_COLUMNS \
    "payment_id, payment_no, task, epoch, version, state, url, amount, currency, payee_name," \
    " payee_account, (extract(epoch from sent_at) * 1000000)::bigint," \
    " (extract(epoch from not_after) * 1000000)::bigint," \
    " (extract(epoch from accepted_at) * 1000000)::bigint," \
    " (extract(epoch from moved_at) * 1000000)::bigint," \
    " (extract(epoch from presumed_at) * 1000000)::bigint," \
    " (extract(epoch from next_query_at) * 1000000)::bigint," \
    " queries, ladder_stopped, asked_by is not null, ladder_base_s, ladder_count," \
    " array_to_string(follow_up_s, ','), not_after_s, not_after_enforced, not_found_final_s," \
    " answer_timeout_ms, request_id"

static const char sends_sql[] =
    "select " TASK_COLUMNS " from paycore.sends_take($1, $2, $3, $4)";
static const char queries_sql[] =
    "select " TASK_COLUMNS " from paycore.queries_take($1, $2, $3, $4)";
static const char read_sql[] = "select " TASK_COLUMNS " from paycore.task_read($1)";
static const char batch_sql[] = "select " TASK_COLUMNS " from paycore.batch_items($1)";
static const char mine_sql[] = "select paycore.send_mine($1, $2, $3)";
static const char record_sql[] =
    "select paycore.payout_record($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, $11, $12, $13,"
    " $14, $15)";

/* --- rows */

struct row {
    const PGresult *result;
    int number, column;
};

static const char *next_text(struct row *row)
{
    int column = row->column++;

    return PQgetisnull(row->result, row->number, column)
        ? NULL
        : PQgetvalue(row->result, row->number, column);
}

static void next_copy(struct row *row, char *out, size_t size)
{
    const char *text = next_text(row);

    snprintf(out, size, "%s", text ? text : "");
}

static int64_t next_number(struct row *row, int64_t none)
{
    const char *text = next_text(row);
    int64_t value = none;

    return text && text_to_int64(span_of(text), &value) ? value : none;
}

static bool next_flag(struct row *row)
{
    const char *text = next_text(row);

    return text && text[0] == 't';
}

static void next_follow_ups(struct row *row, struct payout_channel *channel)
{
    const char *text = next_text(row);

    channel->follow_up_count = 0;
    while (text && *text != '\0' && channel->follow_up_count < PAYOUT_FOLLOW_UPS_MAX) {
        char *end;

        channel->follow_up_s[channel->follow_up_count++] = (int)strtol(text, &end, 10);
        text = *end == ',' ? end + 1 : "";
    }
}

/* False where the row is none that this program knows. */
static bool read_task(const PGresult *result, int number, struct core_task *task)
{
    struct row row = {.result = result, .number = number};
    struct payout *payout = &task->payout;
    struct payout_channel *channel = &task->channel;

    *task = (struct core_task){.asked_at = TIME_NONE};
    next_copy(&row, task->id, sizeof task->id);
    next_copy(&row, task->no, sizeof task->no);
    const char *word = next_text(&row);

    task->is_send = word && strcmp(word, "SEND") == 0;
    payout->epoch = (int)next_number(&row, 0);
    task->version = (int)next_number(&row, 0);
    word = next_text(&row);
    if (!word || !payout_state_parse(word, &payout->state))
        return false;
    next_copy(&row, task->url, sizeof task->url);
    next_copy(&row, task->amount, sizeof task->amount);
    next_copy(&row, task->currency, sizeof task->currency);
    next_copy(&row, task->payee_name, sizeof task->payee_name);
    next_copy(&row, task->payee_account, sizeof task->payee_account);
    payout->sent_at = next_number(&row, TIME_NONE);
    payout->not_after = next_number(&row, TIME_NONE);
    payout->accepted_at = next_number(&row, TIME_NONE);
    payout->moved_at = next_number(&row, TIME_NONE);
    payout->presumed_at = next_number(&row, TIME_NONE);
    payout->next_query_at = next_number(&row, TIME_NONE);
    payout->queries = (int)next_number(&row, 0);
    payout->ladder_stopped = next_flag(&row);
    task->asked = next_flag(&row);
    channel->ladder_base_s = (int)next_number(&row, 2);
    channel->ladder_count = (int)next_number(&row, 8);
    next_follow_ups(&row, channel);
    channel->not_after_s = (int)next_number(&row, 0);
    channel->not_after_enforced = next_flag(&row);
    channel->not_found_final_s = (int)next_number(&row, INT32_MAX);
    channel->answer_timeout_ms = (int)next_number(&row, 10000);
    next_copy(&row, task->request, sizeof task->request);
    return payout->sent_at != TIME_NONE;
}

static size_t read_tasks(PGresult *result, struct core_task *out, size_t limit)
{
    size_t count = 0;

    for (int i = 0; i < PQntuples(result) && count < limit; i++)
        count += read_task(result, i, &out[count]);
    PQclear(result);
    return count;
}

/* --- taking */

static size_t take(struct core_database *database, const struct core_config *config,
                   const char *sql, const char *worker, struct core_task *out, size_t limit)
{
    char now[TIME_TEXT], count[CORE_TASK_NUMBER], lease[CORE_TASK_NUMBER];
    struct core_refusal refusal;
    PGresult *result;

    if (limit == 0)
        return 0;
    time_text(core_clock_now(config->clock), now);
    snprintf(count, sizeof count, "%zu", limit);
    snprintf(lease, sizeof lease, "%" PRId64, (config->lease_ms + 999) / 1000);
    const char *values[] = {worker, now, count, lease};

    if (core_database_run(database, sql, 4, values, &result, &refusal) == CORE_DONE)
        return read_tasks(result, out, limit);
    if (!core_database_is_away(database))
        log_write(LOG_WARNING, "worker.take", "error=%s", refusal.message);
    return 0;
}

size_t core_tasks_take(struct core_database *database, const struct core_config *config,
                       const char *worker, struct core_task *out, size_t limit)
{
    size_t count = take(database, config, sends_sql, worker, out, limit);

    return count + take(database, config, queries_sql, worker, out + count, limit - count);
}

size_t core_tasks_of_batch(struct core_database *database, const char *batch_no,
                           struct core_task *out, size_t limit)
{
    const char *values[] = {batch_no};
    struct core_refusal refusal;
    PGresult *result;

    if (core_database_run(database, batch_sql, 1, values, &result, &refusal) != CORE_DONE)
        return 0;
    return read_tasks(result, out, limit);
}

bool core_task_is_mine(struct core_database *database, const struct core_config *config,
                       const struct core_task *task)
{
    char now[TIME_TEXT], epoch[CORE_TASK_NUMBER];
    struct core_refusal refusal;
    PGresult *result;

    time_text(core_clock_now(config->clock), now);
    snprintf(epoch, sizeof epoch, "%d", task->payout.epoch);
    const char *values[] = {task->id, epoch, now};

    if (core_database_run(database, mine_sql, 3, values, &result, &refusal) != CORE_DONE)
        return false;
    bool mine = PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't';

    PQclear(result);
    return mine;
}

enum payout_question core_task_question(const struct core_task *task, bool *only_clock)
{
    const struct payout *payout = &task->payout;

    *only_clock = false;
    if (task->is_send)
        return PAYOUT_NO_QUESTION;
    if (task->asked)
        return PAYOUT_ASKED;
    *only_clock = !payout_is_open(payout->state) || payout->ladder_stopped
        || (payout->state != PAYOUT_PRESUMED_PAID
            && payout->queries >= task->channel.ladder_count);
    return *only_clock ? PAYOUT_NO_QUESTION : PAYOUT_LADDER;
}

/* --- recording */

static const char *kind_word(const struct core_task *task)
{
    bool only_clock;

    switch (core_task_question(task, &only_clock)) {
    case PAYOUT_ASKED: return "asked";
    case PAYOUT_LADDER:
        return task->payout.state == PAYOUT_PRESUMED_PAID ? "follow-up" : "ladder";
    case PAYOUT_NO_QUESTION: break;
    }
    return only_clock ? "clock" : "send";
}

/* Where a contradiction would have gone: the schema sees that no edge leads there and keeps it. */
static const char *target_of(const struct payout_step *step, enum payout_news_kind kind)
{
    if (step->outcome == PAYOUT_MOVE)
        return payout_state_name(step->to);
    if (step->outcome != PAYOUT_LATE)
        return NULL;
    return kind == PAYOUT_NEWS_PAID ? "PAID" : "FAILED";
}

/* A stopped ladder asks nothing, but its presumption comes; "infinity" is never. */
static const char *next_word(const struct core_task *task, const struct payout_step *step,
                             char out[TIME_TEXT])
{
    time_us next = step->next_query_at;

    if (task->payout.ladder_stopped && payout_is_open(step->to))
        next = step->to == PAYOUT_PRESUMED_PAID
            ? TIME_NONE
            : payout_presumption_due(&task->channel, task->payout.sent_at);
    return next == TIME_NONE ? "infinity" : time_text(next, out);
}

static const char *answer_word(enum payout_news_kind kind)
{
    return kind == PAYOUT_NEWS_REFUSED ? "failed" : payout_news_name(kind);
}

/* One try. The schema's word: done, late, fenced, stale; "" where nothing was written. */
static void record_once(struct core_database *database, const struct core_task *task,
                        const struct payout_step *step, enum payout_news_kind kind,
                        const struct bank_answer *answer, time_us now, char word[CORE_TASK_WORD])
{
    char epoch[CORE_TASK_NUMBER], version[CORE_TASK_NUMBER], rung[CORE_TASK_NUMBER];
    char at[TIME_TEXT], next[TIME_TEXT], text[BANK_TEXT_MAX + BANK_REF_MAX + 8] = "";
    struct core_refusal refusal;
    PGresult *result;
    bool failed = step->outcome == PAYOUT_MOVE && step->to == PAYOUT_FAILED;
    const char *code = answer && answer->code[0] ? answer->code : NULL;

    snprintf(epoch, sizeof epoch, "%d", task->payout.epoch);
    snprintf(version, sizeof version, "%d", task->version);
    snprintf(rung, sizeof rung, "%d", task->payout.queries + 1);
    time_text(now, at);
    if (answer)
        snprintf(text, sizeof text, "%s%s%s", answer->text,
                 answer->text[0] && answer->bank_ref[0] ? "; " : "", answer->bank_ref);
    const char *values[] = {
        task->id,
        epoch,
        version,
        target_of(step, kind),
        kind_word(task),
        step->counted ? rung : NULL,
        answer_word(kind),
        code,
        failed ? payout_reason_class(code ? code : payout_news_name(kind)) : NULL,
        text,
        step->accepted ? at : NULL,
        step->moved ? at : NULL,
        step->posting == PAYOUT_POST_PRESUMED ? at : NULL,
        next_word(task, step, next),
        at,
    };

    word[0] = '\0';
    if (core_database_run(database, record_sql, 15, values, &result, &refusal) == CORE_DONE) {
        snprintf(word, CORE_TASK_WORD, "%s", PQgetvalue(result, 0, 0));
        PQclear(result);
    } else {
        log_write(LOG_WARNING, "worker.record", "payout=%s error=%s", task->no, refusal.message);
    }
}

/* Reads the payout again under the same lease; false where that is another's now. */
static bool read_again(struct core_database *database, struct core_task *task)
{
    const char *values[] = {task->id};
    struct core_refusal refusal;
    struct core_task fresh;
    PGresult *result;

    if (core_database_run(database, read_sql, 1, values, &result, &refusal) != CORE_DONE
        || read_tasks(result, &fresh, 1) != 1 || fresh.payout.epoch != task->payout.epoch)
        return false;
    fresh.is_send = task->is_send;
    fresh.asked = task->asked;
    fresh.asked_at = task->asked_at;
    *task = fresh;
    return true;
}

void core_task_record(struct core_database *database, const struct core_config *config,
                      struct core_task *task, enum payout_news_kind kind,
                      const struct bank_answer *answer)
{
    char word[CORE_TASK_WORD] = "";

    for (int tries = 0; tries < RECORD_TRIES; tries++) {
        time_us now = core_clock_now(config->clock);
        bool only_clock;
        struct payout_news news = {.kind = kind,
                                   .question = core_task_question(task, &only_clock),
                                   .epoch = task->payout.epoch,
                                   .as_of = task->asked_at == TIME_NONE ? now : task->asked_at};
        struct payout_step step = payout_take(&task->payout, &task->channel, &news, now);

        record_once(database, task, &step, kind, answer, now, word);
        log_write(LOG_INFO, "worker.payout", "payout=%s kind=%s news=%s from=%s to=%s record=%s",
                  task->no, kind_word(task), payout_news_name(kind),
                  payout_state_name(task->payout.state), payout_state_name(step.to),
                  word[0] ? word : "unknown");
        if (word[0] != '\0' && strcmp(word, "stale") != 0)
            return;
        /* Not written, or nobody knows: what stands there now decides. */
        if (!read_again(database, task))
            return;
    }
}
