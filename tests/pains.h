/* All records of a pain.001 or pain.002 as lines of text, for tests. */
#ifndef DAYBOOK_TESTS_PAINS_H
#define DAYBOOK_TESTS_PAINS_H

#include "daybook/formats/pain.h"
#include "records.h"

static inline void pains_time(struct buffer *out, const char *name, time_us time)
{
    char text[TIME_TEXT];
    if (time != TIME_NONE)
        buffer_printf(out, " %s=%s", name, time_text(time, text));
}

static inline void pains_batch(struct buffer *out, const char *kind,
                               const struct pain001_batch *batch)
{
    buffer_append_string(out, kind);
    records_text(out, "message", batch->message_id);
    records_text(out, "batch", batch->batch_id);
    pains_time(out, "created", batch->created_at);
    records_text(out, "debtor", batch->debtor_name);
    records_text(out, "account", batch->debtor_account);
    records_text(out, "bank", batch->bank);
    records_date(out, "day", batch->execution_day);
    pains_time(out, "not-after", batch->not_after);
    buffer_printf(out, " claims=%" PRId64 "/%" PRId64 " %s", batch->items, batch->total,
                  batch->currency.code);
}

static inline void pains_item(struct buffer *out, const struct pain001_item *item)
{
    buffer_printf(out, "ITEM amount=%" PRId64 " %s", item->amount, item->currency.code);
    records_text(out, "e2e", item->end_to_end);
    records_text(out, "instruction", item->instruction_id);
    records_text(out, "payee", item->payee_name);
    records_text(out, "account", item->payee_account);
    records_text(out, "text", item->text);
}

static inline enum statement_step pains_001(struct span bytes, size_t step, struct buffer *out)
{
    struct source_memory memory = {.rest = bytes, .step = step};
    struct error error = {.code = ERROR_NONE};
    struct pain001_record record;
    enum statement_step last;
    struct pain001_reader *reader = pain001_reader_new(source_of_memory(&memory));
    while ((last = pain001_read(reader, &record, &error)) == STATEMENT_MORE) {
        if (record.kind == PAIN001_ITEM) {
            pains_item(out, &record.item);
        } else {
            pains_batch(out, record.kind == PAIN001_BATCH ? "BATCH" : "END", &record.batch);
            if (record.kind == PAIN001_END)
                buffer_printf(out, " found=%" PRId64 "/%" PRId64, record.items, record.total);
        }
        buffer_append_char(out, '\n');
    }
    if (last == STATEMENT_FAILED)
        buffer_printf(out, "FAILED %s\n", error.message);
    pain001_reader_free(reader);
    return last;
}

static inline enum statement_step pains_002(struct span bytes, size_t step, struct buffer *out)
{
    static const char *const kinds[] = {"GROUP", "PAYMENT", "ITEM"};
    struct source_memory memory = {.rest = bytes, .step = step};
    struct error error = {.code = ERROR_NONE};
    struct pain002_record record;
    enum statement_step last;
    struct pain002_reader *reader = pain002_reader_new(source_of_memory(&memory));
    while ((last = pain002_read(reader, &record, &error)) == STATEMENT_MORE) {
        buffer_append_string(out, kinds[record.kind]);
        records_text(out, "report", record.report_id);
        records_text(out, "message", record.message_id);
        records_text(out, "name", record.message_name);
        records_text(out, "batch", record.batch_id);
        records_text(out, "e2e", record.end_to_end);
        records_text(out, "instruction", record.instruction_id);
        records_text(out, "status", record.status);
        records_text(out, "reasons", record.reasons);
        records_text(out, "text", record.text);
        records_text(out, "bank", record.bank_ref);
        pains_time(out, "accepted", record.accepted_at);
        buffer_append_char(out, '\n');
    }
    if (last == STATEMENT_FAILED)
        buffer_printf(out, "FAILED %s\n", error.message);
    pain002_reader_free(reader);
    return last;
}

#endif
