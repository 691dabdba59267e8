/* pain.001: the same records however the bytes come, and items that keep the rules. */
#include <string.h>

#include "fuzz.h"
#include "pains.h"

static void items_hold(struct span bytes)
{
    struct source_memory memory = {.rest = bytes};
    struct pain001_record record;
    struct error error;
    int64_t items = 0, batches = 0;
    struct pain001_reader *reader = pain001_reader_new(source_of_memory(&memory));
    while (pain001_read(reader, &record, &error) == STATEMENT_MORE) {
        batches += record.kind == PAIN001_BATCH;
        if (record.kind == PAIN001_ITEM) {
            items++;
            FUZZ_HOLDS(batches > 0 && record.item.amount > 0);
            FUZZ_HOLDS(record.item.end_to_end.length > 0);
            FUZZ_HOLDS(currency_exponent(record.item.currency) >= 0);
        }
        if (record.kind == PAIN001_END)
            FUZZ_HOLDS(record.items == items && items > 0 && record.total != 0);
    }
    pain001_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = {(const char *)data, size};
    struct buffer whole;
    struct buffer pieces;
    buffer_init(&whole, RECORDS_LIMIT);
    buffer_init(&pieces, RECORDS_LIMIT);
    enum statement_step last = pains_001(bytes, 4096, &whole);
    FUZZ_HOLDS(last != STATEMENT_MORE);
    FUZZ_HOLDS(pains_001(bytes, size <= 4096 ? 1 : 61, &pieces) == last);
    FUZZ_HOLDS(whole.length == pieces.length);
    FUZZ_HOLDS(whole.length == 0 || memcmp(whole.data, pieces.data, whole.length) == 0);
    items_hold(bytes);
    buffer_free(&whole);
    buffer_free(&pieces);
    return 0;
}
