/* All records of a payouts feed as lines of text, for tests. */
#ifndef DAYBOOK_TESTS_FEEDS_H
#define DAYBOOK_TESTS_FEEDS_H

#include "daybook/formats/feed.h"
#include "records.h"

static inline void feeds_payment(struct buffer *out, const struct feed_payment *payment)
{
    char text[TIME_TEXT];
    buffer_printf(out, "%s line=%" PRId64, payment->incoming ? "IN" : "OUT", payment->line);
    records_text(out, "order", payment->order_no);
    records_text(out, "channel", payment->channel);
    buffer_printf(out, " amount=%" PRId64 " %s %s", payment->amount, payment->currency.code,
                  payment->state);
    records_date(out, "day", payment->business_date);
    buffer_append_string(out, payment->batch ? " batch" : " realtime");
    records_text(out, "batch", payment->batch_no);
    records_text(out, "ref", payment->bank_ref);
    records_text(out, "payee", payment->payee_name);
    records_text(out, "account", payment->payee_account);
    if (payment->sent_at != TIME_NONE)
        buffer_printf(out, " sent=%s", time_text(payment->sent_at, text));
    if (payment->accepted_at != TIME_NONE)
        buffer_printf(out, " accepted=%s", time_text(payment->accepted_at, text));
    if (payment->expected_fee >= 0)
        buffer_printf(out, " fee=%" PRId64, payment->expected_fee);
}

static inline enum statement_step feeds_read(struct span bytes, size_t step, struct buffer *out)
{
    struct source_memory memory = {.rest = bytes, .step = step};
    struct error error = {.code = ERROR_NONE};
    struct feed_record record;
    enum statement_step last;
    struct feed_reader *reader = feed_reader_new(source_of_memory(&memory));
    while ((last = feed_read(reader, &record, &error)) == STATEMENT_MORE) {
        if (record.kind == FEED_PAYMENT)
            feeds_payment(out, &record.payment);
        else
            records_fault(out, &record.fault);
        buffer_append_char(out, '\n');
    }
    if (last == STATEMENT_FAILED)
        buffer_printf(out, "FAILED %s\n", error.message);
    feed_reader_free(reader);
    return last;
}

#endif
