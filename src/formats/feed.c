/* The payouts feed: CSV rows as payments. One row of the table below is one column. */
#include "daybook/formats/feed.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "daybook/formats/csv_text.h"

struct feed_reader {
    struct statement_source source;
    int64_t bytes;
    struct csv_text *text;
    struct csv_text_row row;
    bool started;
    size_t width;
    int columns[CSV_TEXT_CELLS_MAX]; /* of each cell: index in feed_columns, -1 unknown */
    size_t note;                     /* cell of the row of names whose note comes next */
};

/* Reads one cell into the payment; false with a reason where it cannot be. Columns are read in the
 * order of the table, so that an amount knows its currency. */
typedef bool column_read(struct feed_payment *payment, struct span text, const char **reason);

struct feed_column {
    const char *name;
    bool required;
    column_read *read;
};

static bool read_currency(struct feed_payment *payment, struct span text, const char **reason)
{
    *reason = "is no currency of ISO 4217";
    return currency_parse(text, &payment->currency) && currency_exponent(payment->currency) >= 0;
}

static bool read_minor(const struct feed_payment *payment, struct span text, int64_t *minor,
                       const char **reason)
{
    struct decimal value;
    *reason = "is no amount";
    if (!decimal_parse(text, '.', 0, &value))
        return false;
    *reason = "has more decimals than its currency, or is too large";
    return decimal_to_minor(value, currency_exponent(payment->currency), minor);
}

static bool read_amount(struct feed_payment *payment, struct span text, const char **reason)
{
    if (!read_minor(payment, text, &payment->amount, reason))
        return false;
    *reason = "is not above 0; direction says which way the money goes";
    return payment->amount > 0;
}

static bool read_fee(struct feed_payment *payment, struct span text, const char **reason)
{
    if (!read_minor(payment, text, &payment->expected_fee, reason))
        return false;
    *reason = "is below 0";
    return payment->expected_fee >= 0;
}

static bool read_state(struct feed_payment *payment, struct span text, const char **reason)
{
    static const char *const states[] = {
        "CREATED", "APPROVED", "CANCELLED", "REJECTED", "SUBMITTED",  "ACCEPTED",
        "UNKNOWN", "PRESUMED_PAID", "PAID", "FAILED",   "RECONCILED", "NOT_PAID",
        "RETURNED", "REPAID", "CREDITED_BACK"};
    *reason = "is no state of a payment";
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (span_is(text, states[i]))
            payment->state = states[i];
    return payment->state != NULL;
}

static bool read_direction(struct feed_payment *payment, struct span text, const char **reason)
{
    *reason = "is neither OUT nor IN";
    payment->incoming = span_is(text, "IN");
    return payment->incoming || span_is(text, "OUT");
}

static bool read_mode(struct feed_payment *payment, struct span text, const char **reason)
{
    *reason = "is neither REALTIME nor BATCH";
    payment->batch = span_is(text, "BATCH");
    return payment->batch || span_is(text, "REALTIME");
}

static bool read_date(struct feed_payment *payment, struct span text, const char **reason)
{
    *reason = "is no date (YYYY-MM-DD)";
    return date_parse(text, &payment->business_date);
}

static bool read_sent(struct feed_payment *payment, struct span text, const char **reason)
{
    *reason = "is no time (RFC 3339, with its zone)";
    return time_parse(text, &payment->sent_at);
}

static bool read_accepted(struct feed_payment *payment, struct span text, const char **reason)
{
    *reason = "is no time (RFC 3339, with its zone)";
    return time_parse(text, &payment->accepted_at);
}

#define TEXT_COLUMN(field)                                                                         \
    static bool read_##field(struct feed_payment *payment, struct span text, const char **reason)  \
    {                                                                                              \
        *reason = NULL;                                                                            \
        payment->field = text;                                                                     \
        return true;                                                                               \
    }
TEXT_COLUMN(order_no)
TEXT_COLUMN(channel)
TEXT_COLUMN(batch_no)
TEXT_COLUMN(bank_ref)
TEXT_COLUMN(payee_name)
TEXT_COLUMN(payee_account)

static const struct feed_column feed_columns[] = {
    {"order_no", true, read_order_no},
    {"channel", true, read_channel},
    {"currency", true, read_currency},
    {"amount", true, read_amount},
    {"state", true, read_state},
    {"business_date", true, read_date},
    {"direction", false, read_direction},
    {"mode", false, read_mode},
    {"batch_no", false, read_batch_no},
    {"bank_ref", false, read_bank_ref},
    {"payee_name", false, read_payee_name},
    {"payee_account", false, read_payee_account},
    {"sent_at", false, read_sent},
    {"accepted_at", false, read_accepted},
    {"expected_fee", false, read_fee},
};
enum { COLUMNS = sizeof feed_columns / sizeof feed_columns[0] };

static long feed_source(void *context, char *out, size_t size, struct error *error)
{
    struct feed_reader *reader = context;
    long got = reader->source.read(reader->source.context, out, size, error);
    reader->bytes += got > 0 ? got : 0;
    return got;
}

struct feed_reader *feed_reader_new(struct statement_source source)
{
    struct feed_reader *reader = memory_new(sizeof *reader);
    reader->source = source;
    struct csv_text_layout layout = {.delimiter = ',', .quote = '"', .mark = true};
    struct statement_source counted = {.read = feed_source, .context = reader};
    reader->text = csv_text_new(counted, layout);
    return reader;
}

void feed_reader_free(struct feed_reader *reader)
{
    if (reader == NULL)
        return;
    csv_text_free(reader->text);
    free(reader);
}

int64_t feed_reader_bytes(const struct feed_reader *reader)
{
    return reader->bytes;
}

static void feed_fault(const struct feed_reader *reader, struct feed_record *record, size_t cell,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

static void feed_fault(const struct feed_reader *reader, struct feed_record *record, size_t cell,
                       const char *format, ...)
{
    va_list args;
    *record = (struct feed_record){.kind = FEED_FAULT};
    record->fault.raw = reader->row.raw;
    record->fault.line = reader->row.line;
    record->fault.column = 1;
    if (cell < reader->row.count) {
        record->fault.line = reader->row.cells[cell].line;
        record->fault.column = reader->row.cells[cell].column;
    }
    va_start(args, format);
    vsnprintf(record->fault.reason, sizeof record->fault.reason, format, args);
    va_end(args);
}

static int column_find(struct span name)
{
    for (int i = 0; i < COLUMNS; i++)
        if (span_is(name, feed_columns[i].name))
            return i;
    return -1;
}

/* The row of names: every required column once, no column twice. */
static bool feed_start(struct feed_reader *reader, struct error *error)
{
    bool given[COLUMNS] = {false};
    reader->started = true;
    reader->width = reader->row.count;
    for (size_t i = 0; i < reader->row.count; i++) {
        int column = column_find(span_trim(reader->row.cells[i].text));
        reader->columns[i] = column;
        if (column >= 0 && given[column])
            return error_set(error, ERROR_INPUT, "Line %lld, column %lld: the column '%s' is there "
                             "twice.", (long long)reader->row.cells[i].line,
                             (long long)reader->row.cells[i].column, feed_columns[column].name);
        if (column >= 0)
            given[column] = true;
    }
    for (int i = 0; i < COLUMNS; i++)
        if (feed_columns[i].required && !given[i])
            return error_set(error, ERROR_INPUT, "Line %lld, column 1: the row of names lacks the "
                             "column '%s'.", (long long)reader->row.line, feed_columns[i].name);
    return true;
}

/* A note for the next column that nobody reads; false past the last. */
static bool feed_note(struct feed_reader *reader, struct feed_record *record)
{
    while (reader->note < reader->width) {
        size_t cell = reader->note++;
        char shown[96];
        if (reader->columns[cell] >= 0)
            continue;
        text_printable(shown, sizeof shown, span_trim(reader->row.cells[cell].text));
        feed_fault(reader, record, cell, "the column '%s' is not known and not read", shown);
        record->fault.note = true;
        return true;
    }
    return false;
}

static bool text_allowed(struct span text, const char **reason)
{
    *reason = "is longer than 512 bytes";
    if (text.length > FEED_TEXT_MAX)
        return false;
    *reason = "is not UTF-8, or holds control characters";
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F)
            return false;
    return text_is_utf8(text);
}

static bool feed_cell(const struct feed_reader *reader, struct feed_record *record, size_t cell)
{
    const struct feed_column *column = &feed_columns[reader->columns[cell]];
    struct span text = span_trim(reader->row.cells[cell].text);
    const char *reason = "";
    char shown[96];
    if (text.length == 0 && !column->required)
        return true;
    if (text.length == 0) {
        feed_fault(reader, record, cell, "%s is empty", column->name);
        return false;
    }
    if (text_allowed(text, &reason) && column->read(&record->payment, text, &reason))
        return true;
    text_printable(shown, sizeof shown, text);
    feed_fault(reader, record, cell, "%s \"%s\" %s", column->name, shown, reason);
    return false;
}

/* The cells in the order of the table. */
static void feed_row(const struct feed_reader *reader, struct feed_record *record)
{
    struct feed_payment *payment = &record->payment;
    *record = (struct feed_record){.kind = FEED_PAYMENT};
    payment->line = reader->row.line;
    payment->business_date = DATE_NONE;
    payment->sent_at = payment->accepted_at = TIME_NONE;
    payment->expected_fee = -1;
    if (reader->row.count != reader->width) {
        feed_fault(reader, record, CSV_TEXT_CELLS_MAX,
                   "the row has %zu cells, the row of names %zu", reader->row.count,
                   reader->width);
        return;
    }
    for (int column = 0; column < COLUMNS; column++)
        for (size_t cell = 0; cell < reader->width; cell++)
            if (reader->columns[cell] == column && !feed_cell(reader, record, cell))
                return;
    assert(payment->state != NULL && payment->amount > 0);
    if (payment->batch && payment->batch_no.length == 0)
        feed_fault(reader, record, CSV_TEXT_CELLS_MAX, "mode is BATCH but batch_no is empty");
}

static enum statement_step feed_end(const struct feed_reader *reader, struct error *error)
{
    if (reader->started)
        return STATEMENT_DONE;
    error_set(error, ERROR_INPUT, "Line 1, column 1: the feed is empty; not even a row of names.");
    return STATEMENT_FAILED;
}

enum statement_step feed_read(struct feed_reader *reader, struct feed_record *record,
                              struct error *error)
{
    if (reader->started && feed_note(reader, record))
        return STATEMENT_MORE;
    for (;;) {
        switch (csv_text_read(reader->text, &reader->row, error)) {
        case CSV_TEXT_END:
            return feed_end(reader, error);
        case CSV_TEXT_FAILED:
            return STATEMENT_FAILED;
        case CSV_TEXT_FAULT:
            feed_fault(reader, record, CSV_TEXT_CELLS_MAX, "%s", reader->row.reason);
            record->fault.line = reader->row.fault_line;
            record->fault.column = reader->row.fault_column;
            return STATEMENT_MORE;
        case CSV_TEXT_ROW:
            break;
        }
        if (csv_text_blank(&reader->row))
            continue;
        if (reader->started) {
            feed_row(reader, record);
            return STATEMENT_MORE;
        }
        if (!feed_start(reader, error))
            return STATEMENT_FAILED;
        if (feed_note(reader, record))
            return STATEMENT_MORE;
    }
}
