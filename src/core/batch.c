#include "batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "daybook/formats/pain.h"

static const char take_sql[] =
    "select batch_no, message_id, url, channel_id, currency, epoch, items, total,"
    " (extract(epoch from created_at) * 1000000)::bigint,"
    " (extract(epoch from not_after) * 1000000)::bigint, answer_timeout_ms"
    " from paycore.batches_take($1, $2, 1, $3)";
static const char mine_sql[] = "select paycore.batch_mine($1, $2, $3)";
static const char record_sql[] = "select paycore.batch_record($1, $2, $3, null, $4)";

/* --- taking */

static int64_t number_at(const PGresult *result, int column)
{
    int64_t value = 0;

    text_to_int64(span_of(PQgetvalue(result, 0, column)), &value);
    return value;
}

static void text_at(const PGresult *result, int column, char *out, size_t size)
{
    snprintf(out, size, "%s", PQgetvalue(result, 0, column));
}

static struct core_batch *read_batch(const PGresult *result)
{
    struct core_batch *batch = memory_new(sizeof *batch);

    text_at(result, 0, batch->no, sizeof batch->no);
    text_at(result, 1, batch->message, sizeof batch->message);
    text_at(result, 2, batch->url, sizeof batch->url);
    text_at(result, 3, batch->channel, sizeof batch->channel);
    text_at(result, 4, batch->currency, sizeof batch->currency);
    batch->epoch = (int)number_at(result, 5);
    batch->items = number_at(result, 6);
    batch->total = number_at(result, 7);
    batch->created_at = number_at(result, 8);
    batch->not_after = number_at(result, 9);
    batch->timeout_ms = (long)number_at(result, 10);
    return batch;
}

struct core_batch *core_batch_take(struct core_database *database,
                                   const struct core_config *config, const char *worker)
{
    char now[TIME_TEXT], lease[CORE_TASK_NUMBER];
    struct core_refusal refusal;
    struct core_batch *batch = NULL;
    PGresult *result;

    time_text(core_clock_now(config->clock), now);
    snprintf(lease, sizeof lease, "%" PRId64, (config->lease_ms + 999) / 1000);
    const char *values[] = {worker, now, lease};

    if (core_database_run(database, take_sql, 3, values, &result, &refusal) != CORE_DONE)
        return NULL;
    if (PQntuples(result) == 1)
        batch = read_batch(result);
    PQclear(result);
    if (batch) {
        batch->tasks = memory_new(CORE_BATCH_ITEMS_MAX * sizeof *batch->tasks);
        batch->count = core_tasks_of_batch(database, batch->no, batch->tasks, CORE_BATCH_ITEMS_MAX);
    }
    return batch;
}

void core_batch_free(struct core_batch *batch)
{
    if (!batch)
        return;
    free(batch->tasks);
    free(batch);
}

bool core_batch_is_mine(struct core_database *database, const struct core_config *config,
                        const struct core_batch *batch)
{
    char now[TIME_TEXT], epoch[CORE_TASK_NUMBER];
    struct core_refusal refusal;
    PGresult *result;

    time_text(core_clock_now(config->clock), now);
    snprintf(epoch, sizeof epoch, "%d", batch->epoch);
    const char *values[] = {batch->no, epoch, now};

    if (core_database_run(database, mine_sql, 3, values, &result, &refusal) != CORE_DONE)
        return false;
    bool mine = PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't';

    PQclear(result);
    return mine;
}

/* --- the message */

static bool write_item(struct pain001_writer *writer, const struct core_task *task,
                       struct error *error)
{
    char epoch[CORE_TASK_NUMBER];
    struct pain001_item item = {
        .end_to_end = span_of(task->no),
        .payee_name = span_of(task->payee_name),
        .payee_account = span_of(task->payee_account),
    };

    snprintf(epoch, sizeof epoch, "%d", task->payout.epoch);
    item.instruction_id = span_of(epoch);
    text_to_int64(span_of(task->amount), &item.amount);
    memcpy(item.currency.code, task->currency, sizeof item.currency.code);
    return pain001_write_item(writer, &item, error);
}

bool core_batch_write(const struct core_batch *batch, struct buffer *out, struct error *error)
{
    struct pain001_writer writer;
    struct pain001_batch head = {
        .message_id = span_of(batch->message),
        .batch_id = span_of(batch->no),
        .created_at = batch->created_at,
        .debtor_name = SPAN("Daybook"),
        .debtor_account = span_of(batch->channel),
        .bank = span_of(batch->channel),
        .execution_day = time_day(batch->created_at, 0),
        .not_after = batch->not_after,
        .items = batch->items,
        .total = batch->total,
    };

    memcpy(head.currency.code, batch->currency, sizeof head.currency.code);
    bool fine = pain001_write_start(&writer, out, &head, error);

    for (size_t i = 0; fine && i < batch->count; i++)
        fine = write_item(&writer, &batch->tasks[i], error);
    return fine && pain001_write_end(&writer, error);
}

/* --- what comes of it */

static void record_batch(struct core_database *database, const struct core_config *config,
                         const struct core_batch *batch, const char *answer)
{
    char now[TIME_TEXT], epoch[CORE_TASK_NUMBER];
    struct core_refusal refusal;
    PGresult *result;

    time_text(core_clock_now(config->clock), now);
    snprintf(epoch, sizeof epoch, "%d", batch->epoch);
    const char *values[] = {batch->no, epoch, answer, now};

    if (core_database_run(database, record_sql, 4, values, &result, &refusal) == CORE_DONE)
        PQclear(result);
    log_write(LOG_INFO, "worker.batch", "batch=%s items=%zu answer=%s", batch->no, batch->count,
              answer);
}

static void record_items(struct core_database *database, const struct core_config *config,
                         struct core_batch *batch, enum payout_news_kind kind,
                         const struct bank_answer *answer)
{
    for (size_t i = 0; i < batch->count; i++)
        core_task_record(database, config, &batch->tasks[i], kind, answer);
}

bool core_batch_sent(struct core_database *database, const struct core_config *config,
                     struct core_batch *batch, const struct bank_answer *answer)
{
    bool answered = answer->transport == BANK_ANSWERED;

    if (answered && answer->status / 100 == 2 && strcmp(answer->result, "taken") == 0) {
        record_batch(database, config, batch, "taken");
        return true;
    }
    if (answer->transport == BANK_NOT_SENT) {
        record_batch(database, config, batch, "not-sent");
        record_items(database, config, batch, PAYOUT_NEWS_NOT_SENT, answer);
    } else if (answered && answer->status == 422 && strcmp(answer->result, "refused") == 0) {
        record_batch(database, config, batch, "refused");
        record_items(database, config, batch, PAYOUT_NEWS_REFUSED, answer);
    } else {
        record_batch(database, config, batch, answered ? "error" : "silence");
        record_items(database, config, batch,
                     answered ? PAYOUT_NEWS_ERROR : PAYOUT_NEWS_SILENCE, answer);
    }
    return false;
}

/* --- the report */

struct memory_source {
    struct span text;
    size_t at;
};

static long read_memory(void *context, char *out, size_t size, struct error *error)
{
    struct memory_source *source = context;
    size_t left = source->text.length - source->at;
    size_t count = left < size ? left : size;

    (void)error;
    memcpy(out, source->text.data + source->at, count);
    source->at += count;
    return (long)count;
}

/* One item's status in the words of single answers; its news where that decides anything. */
static enum payout_news_kind item_news(const struct pain002_record *record,
                                       struct bank_answer *answer)
{
    static const struct {
        const char *status;
        enum payout_news_kind kind;
    } meanings[] = {
        {"ACSC", PAYOUT_NEWS_PAID},     {"ACCC", PAYOUT_NEWS_PAID},
        {"RJCT", PAYOUT_NEWS_REFUSED},  {"ACSP", PAYOUT_NEWS_ACCEPTED},
        {"ACTC", PAYOUT_NEWS_ACCEPTED}, {"ACCP", PAYOUT_NEWS_ACCEPTED},
        {"PDNG", PAYOUT_NEWS_PROCESSING},
    };

    text_printable(answer->code, sizeof answer->code, record->reasons);
    text_printable(answer->text, sizeof answer->text, record->text);
    text_printable(answer->bank_ref, sizeof answer->bank_ref, record->bank_ref);
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (span_is(record->status, meanings[i].status))
            return meanings[i].kind;
    return PAYOUT_NEWS_ERROR;
}

struct report {
    bool named[CORE_BATCH_ITEMS_MAX];
    enum payout_news_kind kinds[CORE_BATCH_ITEMS_MAX];
    struct bank_answer answers[CORE_BATCH_ITEMS_MAX];
};

/* Reads all of it before anything is recorded: a file that ends badly decides nothing. */
static bool read_report(const struct core_batch *batch, struct span text, struct report *report)
{
    struct memory_source memory = {.text = text};
    struct pain002_reader *reader =
        pain002_reader_new((struct statement_source){read_memory, &memory});
    struct pain002_record record;
    struct error error = {0};
    enum statement_step step;
    bool ours = true;
    size_t at = 0;

    while ((step = pain002_read(reader, &record, &error)) == STATEMENT_MORE && ours) {
        ours = record.message_id.length == 0 || span_is(record.message_id, batch->message);
        if (record.kind != PAIN002_ITEM)
            continue;
        /* Items mostly come in the order in which they were sent. */
        for (size_t tries = 0; tries < batch->count; tries++, at = (at + 1) % batch->count) {
            if (!span_is(record.end_to_end, batch->tasks[at].no))
                continue;
            report->named[at] = true;
            report->kinds[at] = item_news(&record, &report->answers[at]);
            break;
        }
    }
    if (!ours || step != STATEMENT_DONE)
        log_write(LOG_WARNING, "worker.report", "batch=%s error=%s", batch->no, error.message);
    pain002_reader_free(reader);
    return ours && step == STATEMENT_DONE;
}

void core_batch_report(struct core_database *database, const struct core_config *config,
                       struct core_batch *batch, const struct bank_answer *answer,
                       struct span text)
{
    struct report *report = memory_new(sizeof *report);
    bool fine = answer->transport == BANK_ANSWERED && answer->status == 200
        && read_report(batch, text, report);

    for (size_t i = 0; i < batch->count; i++) {
        bool named = fine && report->named[i];

        core_task_record(database, config, &batch->tasks[i],
                         named ? report->kinds[i] : PAYOUT_NEWS_ACCEPTED,
                         named ? &report->answers[i] : NULL);
    }
    free(report);
}
