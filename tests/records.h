/* What tests of the statement readers share: all records of some bytes as lines of text. */
#ifndef DAYBOOK_TESTS_RECORDS_H
#define DAYBOOK_TESTS_RECORDS_H

#include <inttypes.h>

#include "daybook/base/buffer.h"
#include "daybook/formats/source.h"
#include "daybook/formats/statement.h"

enum { RECORDS_LIMIT = 256 << 20 };

static inline void records_text(struct buffer *out, const char *name, struct span text)
{
    if (text.length == 0)
        return;
    buffer_printf(out, " %s=", name);
    for (size_t i = 0; i < text.length; i++)
        buffer_append_char(out, text.data[i] == '\n' ? '/' : text.data[i]);
}

static inline void records_amount(struct buffer *out, const char *name, struct decimal amount)
{
    char text[MONEY_TEXT];
    buffer_printf(out, " %s=%s", name, decimal_text(amount, text));
}

static inline void records_date(struct buffer *out, const char *name, date_day day)
{
    char text[DATE_TEXT];
    if (day != DATE_NONE)
        buffer_printf(out, " %s=%s", name, date_text(day, text));
}

static inline void records_balance(struct buffer *out, const char *name,
                                   const struct statement_balance *balance)
{
    if (balance->known) {
        records_amount(out, name, balance->amount);
        records_date(out, "on", balance->date);
        records_text(out, "type", balance->type);
    }
    if (balance->count >= 0)
        buffer_printf(out, " %s-count=%" PRId64, name, balance->count);
}

static inline void records_header(struct buffer *out, const struct statement_header *header,
                                  bool end)
{
    buffer_printf(out, "%s %d", end ? "END" : "BEGIN", header->number);
    records_text(out, "account", header->account);
    records_text(out, "currency", header->currency);
    records_text(out, "reference", header->reference);
    records_text(out, "sequence", header->sequence);
    records_text(out, "message", header->message_id);
    records_date(out, "from", header->from);
    records_date(out, "to", header->to);
    records_date(out, "as-of", header->as_of);
    buffer_append_string(out, header->interim ? " interim" : "");
    buffer_append_string(out, header->balances_open ? "" : " no-balances");
    records_balance(out, "opening", &header->opening);
    records_balance(out, "closing", &header->closing);
    if (end) {
        buffer_printf(out, " entries=%" PRId64 " faults=%" PRId64, header->entries,
                      header->faults);
        if (header->sum_known)
            records_amount(out, "sum", header->sum);
        records_balance(out, "expected", &header->expected);
        buffer_printf(out, " balanced=%d", header->balanced);
        records_text(out, "text", header->text);
    }
}

static inline void records_entry(struct buffer *out, const struct statement_entry *entry)
{
    static const char *const statuses[] = {"booked", "pending", "information", "failed"};
    buffer_printf(out, "ENTRY %" PRId64 " line=%" PRId64, entry->number, entry->line);
    records_date(out, "value", entry->value_date);
    records_date(out, "booking", entry->booking_date);
    records_amount(out, "amount", entry->amount);
    records_text(out, "currency", entry->currency);
    records_text(out, "mark", entry->mark);
    buffer_append_string(out, entry->reversal ? " reversal" : "");
    buffer_printf(out, " %s", statuses[entry->status]);
    records_text(out, "status", entry->status_text);
    records_text(out, "type", entry->type);
    records_text(out, "customer", entry->customer_ref);
    records_text(out, "bank", entry->bank_ref);
    records_text(out, "ref", entry->entry_ref);
    records_text(out, "e2e", entry->end_to_end);
    buffer_printf(out, " tx=%" PRId64, entry->transactions);
    records_text(out, "party", entry->party_name);
    records_text(out, "party-account", entry->party_account);
    records_text(out, "text", entry->text);
    records_text(out, "fee", entry->fee);
    records_text(out, "extra", entry->extra);
    records_text(out, "time", entry->time);
}

static inline void records_fault(struct buffer *out, const struct statement_fault *fault)
{
    buffer_printf(out, "%s %" PRId64 ":%" PRId64 " %s", fault->note ? "NOTE" : "FAULT",
                  fault->line, fault->column, fault->reason);
}

static inline void records_one(struct buffer *out, const struct statement_record *record)
{
    switch (record->kind) {
    case STATEMENT_BEGIN:
    case STATEMENT_END:
        records_header(out, &record->header, record->kind == STATEMENT_END);
        break;
    case STATEMENT_BALANCE:
        buffer_append_string(out, "BALANCE");
        records_balance(out, "amount", &record->balance);
        break;
    case STATEMENT_ENTRY:
        records_entry(out, &record->entry);
        break;
    case STATEMENT_FAULT:
        records_fault(out, &record->fault);
        break;
    }
    buffer_append_char(out, '\n');
}

/* Reads all of the bytes, `step` at a time (0: all that fit), as one line a record into out, and
 * the error as a last line. */
static inline enum statement_step records_read(const char *format, struct span bytes, size_t step,
                                               struct buffer *out)
{
    struct source_memory memory = {.rest = bytes, .step = step};
    struct error error = {.code = ERROR_NONE};
    struct statement_record record;
    enum statement_step last = STATEMENT_FAILED;
    struct statement_reader *reader = statement_reader_new(format, source_of_memory(&memory),
                                                           &error);
    while (reader != NULL &&
           (last = statement_read(reader, &record, &error)) == STATEMENT_MORE)
        records_one(out, &record);
    if (last == STATEMENT_FAILED)
        buffer_printf(out, "FAILED %s\n", error.message);
    statement_reader_free(reader);
    return last;
}

#endif
