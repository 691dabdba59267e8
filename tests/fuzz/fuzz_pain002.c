/* pain.002: the same records however the bytes come; rows of five cells, one line each. */
#include <string.h>

#include "fuzz.h"
#include "pains.h"

static void rows_hold(struct span bytes)
{
    struct source_memory memory = {.rest = bytes};
    struct pain002_record record;
    struct error error;
    struct pain002_reader *reader = pain002_reader_new(source_of_memory(&memory));
    while (pain002_read(reader, &record, &error) == STATEMENT_MORE) {
        struct buffer row;
        int tabs = 0;
        buffer_init(&row, RECORDS_LIMIT);
        pain002_row(&record, &row);
        for (size_t i = 0; i < row.length; i++)
            tabs += row.data[i] == '\t';
        FUZZ_HOLDS(tabs == 4 && memchr(row.data, '\n', row.length) == row.data + row.length - 1);
        buffer_free(&row);
    }
    pain002_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = {(const char *)data, size};
    struct buffer whole;
    struct buffer pieces;
    buffer_init(&whole, RECORDS_LIMIT);
    buffer_init(&pieces, RECORDS_LIMIT);
    enum statement_step last = pains_002(bytes, 4096, &whole);
    FUZZ_HOLDS(last != STATEMENT_MORE);
    FUZZ_HOLDS(pains_002(bytes, size <= 4096 ? 1 : 61, &pieces) == last);
    FUZZ_HOLDS(whole.length == pieces.length);
    FUZZ_HOLDS(whole.length == 0 || memcmp(whole.data, pieces.data, whole.length) == 0);
    rows_hold(bytes);
    buffer_free(&whole);
    buffer_free(&pieces);
    return 0;
}
