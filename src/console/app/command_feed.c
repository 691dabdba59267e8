/* daybook feed payouts FILE: what a core paid out, from its CSV file, under a service login. The
 * whole feed is taken in one transaction, or nothing of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "daybook/base/language.h"
#include "daybook/formats/feed.h"
#include "daybook/formats/source.h"
#include "daybook/store/copy.h"

enum {
    FEED_DEADLINE_MS = 30 * 60 * 1000,
    FEED_PUT = 128 * 1024,
    FEED_ROWS_MAX = 1 << 20 /* bytes of rows not yet sent */
};

static const char copy_sql[] =
    "copy desk.stage_feed (feed_id, line_no, direction, channel_id, order_no, mode, batch_no,"
    " amount, currency, payee_name, payee_account, state, bank_ref, business_date, sent_at,"
    " accepted_at, expected_fee) from stdin";

struct feeding {
    struct store *store;
    const char *file;
    struct feed_reader *reader;
    struct buffer rows;
    char feed_id[24];
    int64_t payments, faults;
    struct store_answer answer;
    bool over; /* the COPY has ended */
};

/* --- rows */

static void put_optional(struct buffer *row, bool *first, struct span text)
{
    if (text.length == 0)
        copy_null(row, first);
    else
        copy_text(row, first, text);
}

static void put_time(struct buffer *row, bool *first, time_us time)
{
    char text[TIME_TEXT];
    if (time == TIME_NONE)
        copy_null(row, first);
    else
        copy_text(row, first, span_of(time_text(time, text)));
}

static void put_payment(struct feeding *feeding, const struct feed_payment *payment)
{
    struct buffer *row = &feeding->rows;
    bool first = true;
    char date[DATE_TEXT];
    copy_text(row, &first, span_of(feeding->feed_id));
    copy_int(row, &first, payment->line);
    copy_text(row, &first, span_of(payment->incoming ? "IN" : "OUT"));
    copy_text(row, &first, payment->channel);
    copy_text(row, &first, payment->order_no);
    copy_text(row, &first, span_of(payment->batch ? "BATCH" : "REALTIME"));
    put_optional(row, &first, payment->batch_no);
    copy_int(row, &first, payment->amount);
    copy_text(row, &first, span_of(payment->currency.code));
    copy_text(row, &first, payment->payee_name);
    copy_text(row, &first, payment->payee_account);
    copy_text(row, &first, span_of(payment->state));
    put_optional(row, &first, payment->bank_ref);
    copy_text(row, &first, span_of(date_text(payment->business_date, date)));
    put_time(row, &first, payment->sent_at);
    put_time(row, &first, payment->accepted_at);
    if (payment->expected_fee < 0)
        copy_null(row, &first);
    else
        copy_int(row, &first, payment->expected_fee);
    copy_end_row(row, &first);
    feeding->payments++;
}

/* --- the stream */

static void copy_done(void *context, struct store_answer *answer)
{
    struct feeding *feeding = context;
    feeding->answer = *answer;
    answer->result = NULL;
    feeding->over = true;
}

/* Reads until enough rows wait. *done is true at the feed's end. */
static bool read_some(struct feeding *feeding, bool *done, struct error *error)
{
    struct feed_record record;
    while (feeding->rows.length < FEED_PUT) {
        enum statement_step step = feed_read(feeding->reader, &record, error);
        if (step == STATEMENT_FAILED)
            return error_prefix(error, "%s", feeding->file);
        if (step == STATEMENT_DONE) {
            *done = true;
            return true;
        }
        if (record.kind == FEED_PAYMENT) {
            put_payment(feeding, &record.payment);
            continue;
        }
        const struct statement_fault *fault = &record.fault;
        narrate("%s:%lld:%lld: %s%s", feeding->file, (long long)fault->line,
                (long long)fault->column, fault->note ? _("note: ") : "", fault->reason);
        feeding->faults += !fault->note;
    }
    return true;
}

static bool copy_rows(struct feeding *feeding, struct error *error)
{
    struct store *store = feeding->store;
    struct store_call call = {.sql = copy_sql, .copy = true, .writes = true,
                              .deadline_ms = FEED_DEADLINE_MS, .done = copy_done,
                              .context = feeding};
    if (store_send(store, &call, error) == 0)
        return false;
    bool done = false, good = true;
    while (!feeding->over && !done && good) {
        if (!store_copy_ready(store)) {
            store_wait(store, INT64_MAX);
            continue;
        }
        good = read_some(feeding, &done, error);
        if (feeding->rows.length > 0)
            store_copy_put(store, feeding->rows.data, feeding->rows.length);
        buffer_clear(&feeding->rows);
    }
    while (!feeding->over) {
        if (store_copy_ready(store))
            store_copy_end(store, good ? NULL : "refused");
        store_wait(store, INT64_MAX);
    }
    if (good && feeding->answer.outcome != STORE_DONE) {
        *error = feeding->answer.error;
        good = false;
    }
    store_answer_release(&feeding->answer);
    return good;
}

/* --- the transaction */

static bool run_plain(struct store *store, const char *sql, struct error *error)
{
    struct store_answer answer;
    struct store_call call = {.sql = sql, .writes = true, .plain = true};
    bool good = store_run(store, &call, &answer);
    if (!good && error != NULL)
        *error = answer.error;
    store_answer_release(&answer);
    return good;
}

static bool feed_begin(struct feeding *feeding, struct error *error)
{
    struct store_answer answer;
    struct store_call call = {.statement = "feed-begin", .writes = true};
    bool good = run_plain(feeding->store, "begin", error) &&
                store_run(feeding->store, &call, &answer);
    if (good) {
        snprintf(feeding->feed_id, sizeof feeding->feed_id, "%s",
                 store_cell(answer.result, 0, "feed_id"));
        store_answer_release(&answer);
    } else if (error->code == ERROR_NONE) {
        *error = answer.error;
    }
    return good;
}

static bool feed_finish(struct feeding *feeding, const struct options *options,
                        struct error *error)
{
    const char *const values[] = {feeding->feed_id};
    struct store_call call = {.statement = "feed-finish", .values = values, .value_count = 1,
                              .writes = true, .deadline_ms = FEED_DEADLINE_MS};
    struct store_answer answer;
    bool good = store_run(feeding->store, &call, &answer);
    if (!good) {
        *error = answer.error;
        error_prefix(error, "%s", feeding->file);
    }
    good = good && run_plain(feeding->store, "commit", error);
    if (good) {
        struct output output;
        output_begin(&output, options->format, NULL, STDOUT_FILENO);
        output.one = true;
        output_rows(&output, answer.result, NULL, 0);
        good = output_end(&output, error);
    }
    store_answer_release(&answer);
    return good;
}

static bool feed(struct feeding *feeding, const struct options *options, struct error *error)
{
    bool good = feed_begin(feeding, error) && copy_rows(feeding, error);
    if (good && feeding->faults > 0)
        good = error_set(error, ERROR_INPUT,
                         language_plural("%s: %lld row cannot be read; nothing was taken",
                                         "%s: %lld rows cannot be read; nothing was taken",
                                         (unsigned long)feeding->faults),
                         feeding->file, (long long)feeding->faults);
    good = good && feed_finish(feeding, options, error);
    if (!good)
        (void)run_plain(feeding->store, "rollback", NULL);
    return good;
}

int command_feed(struct command *command)
{
    const struct options *options = command->options;
    struct feeding feeding = {.file = options_value(options, "file")};
    struct error error = {0};
    if (strcmp(options_value(options, "kind"), "payouts") != 0) {
        error_set(&error, ERROR_USAGE, _("feed: there is no '%s'; payouts"),
                  options_value(options, "kind"));
        return command_fails(&error);
    }
    int fd = open(feeding.file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        error_set(&error, ERROR_INPUT, "%s: %s", feeding.file, strerror(errno));
        return command_fails(&error);
    }
    struct source_file source = {.fd = fd};
    feeding.reader = feed_reader_new(source_of_file(&source));
    buffer_init(&feeding.rows, FEED_ROWS_MAX);
    feeding.store = session_connect(&command->session, options, 0, &error);
    int status = 0;
    if (feeding.store == NULL || !feed(&feeding, options, &error))
        status = command_fails(&error);
    store_free(feeding.store);
    buffer_free(&feeding.rows);
    feed_reader_free(feeding.reader);
    close(fd);
    return status;
}
