/* The payouts feed: the same records however the bytes come, and payments that keep the rules. */
#include <string.h>

#include "feeds.h"
#include "fuzz.h"

static void payments_hold(struct span bytes)
{
    struct source_memory memory = {.rest = bytes};
    struct feed_record record;
    struct error error;
    struct feed_reader *reader = feed_reader_new(source_of_memory(&memory));
    while (feed_read(reader, &record, &error) == STATEMENT_MORE) {
        const struct feed_payment *payment = &record.payment;
        if (record.kind == FEED_FAULT) {
            FUZZ_HOLDS(record.fault.line > 0 && record.fault.column > 0);
            continue;
        }
        FUZZ_HOLDS(payment->amount > 0 && payment->state != NULL);
        FUZZ_HOLDS(payment->order_no.length > 0 && payment->channel.length > 0);
        FUZZ_HOLDS(payment->business_date != DATE_NONE && payment->expected_fee >= -1);
        FUZZ_HOLDS(!payment->batch || payment->batch_no.length > 0);
        FUZZ_HOLDS(text_is_utf8(payment->payee_name));
    }
    FUZZ_HOLDS(feed_reader_bytes(reader) <= (int64_t)bytes.length);
    feed_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = {(const char *)data, size};
    struct buffer whole;
    struct buffer pieces;
    buffer_init(&whole, RECORDS_LIMIT);
    buffer_init(&pieces, RECORDS_LIMIT);
    enum statement_step last = feeds_read(bytes, 4096, &whole);
    FUZZ_HOLDS(feeds_read(bytes, size <= 4096 ? 1 : 61, &pieces) == last);
    FUZZ_HOLDS(whole.length == pieces.length);
    FUZZ_HOLDS(whole.length == 0 || memcmp(whole.data, pieces.data, whole.length) == 0);
    payments_hold(bytes);
    buffer_free(&whole);
    buffer_free(&pieces);
    return 0;
}
