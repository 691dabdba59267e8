/* How fast MT940 is read, beside a loop that only looks for line ends in the same bytes.
 *
 *     bench_mt940 [MEGABYTES]
 *
 * Habits of writing :86: are measured: plain text, with LF and with CR LF, slash codes, and
 * subfields behind question marks. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/formats/source.h"
#include "daybook/formats/statement.h"

enum { RUNS = 9, PER_STATEMENT = 50000 };

static void plain(struct buffer *out, uint32_t n, uint32_t noise)
{
    buffer_printf(out, "PAYOUT BATCH 2026112000 ITEM %07" PRIu32 " OF THE EVENING RUN TO\n"
                       "ZHANG WEI, CARD ACCOUNT 6222020000%09" PRIu32 " AT ICBC\n", n, noise);
}

static void plain_returns(struct buffer *out, uint32_t n, uint32_t noise)
{
    buffer_printf(out, "PAYOUT BATCH 2026112000 ITEM %07" PRIu32 " OF THE EVENING RUN TO\r\n"
                       "ZHANG WEI, CARD ACCOUNT 6222020000%09" PRIu32 " AT ICBC\r\n", n, noise);
}

static void slashes(struct buffer *out, uint32_t n, uint32_t noise)
{
    buffer_printf(out, "/EREF/P20261120%08" PRIu32 "/IBAN/NL91ABNA0417164300/NAME/ZHANG W\n"
                       "EI EXAMPLE TRADING/REMI/PAYOUT OF 20 NOVEMBER ITEM %09" PRIu32 "\n",
                  n, noise);
}

static void subfields(struct buffer *out, uint32_t n, uint32_t noise)
{
    buffer_printf(out, "020?00UEBERWEISUNG?100599?20EREF+P20261120%08" PRIu32 "?21SVWZ+PAYOUT O\n"
                       "F 20 NOVEMBER?22ITEM %09" PRIu32 "?30ICBKCNBJ?31NL91ABNA0417164300?32ZHA\n"
                       "NG WEI?33 EXAMPLE TRADING?34000\n", n, noise);
}

static const struct habit {
    const char *name;
    void (*details)(struct buffer *out, uint32_t n, uint32_t noise);
} habits[] = {
    {"plain", plain}, {"returns", plain_returns}, {"slash", slashes}, {"subfield", subfields}};
enum { HABITS = sizeof(habits) / sizeof(habits[0]) };

/* Statements of PER_STATEMENT entries until there are that many bytes. */
static void fill(struct buffer *out, const struct habit *habit, size_t bytes)
{
    uint32_t n = 0;

    while (out->length < bytes) {
        buffer_printf(out, ":20:STATEMENT%u\n:25:62220200001234\n:28C:%u/1\n", n, n + 1);
        buffer_append_string(out, ":60F:C201119CNY1000000,00\n");
        for (int i = 0; i < PER_STATEMENT && out->length < bytes; i++, n++) {
            uint32_t cents = n * 2654435761u;
            buffer_printf(out, ":61:2611200920D%" PRIu32 ",%02" PRIu32 "NTRF P20261120%06" PRIu32
                               "//ICBC%08" PRIu32 "\n:86:", cents / 100 % 1000000, cents % 100,
                          n % 1000000, n);
            habit->details(out, n % 10000000, cents % 1000000000);
        }
        buffer_append_string(out, ":62F:C201120CNY1000000,00\n-\n");
    }
}

static int64_t count_lines(struct span bytes)
{
    const char *at = bytes.data, *end = at + bytes.length;
    int64_t lines = 0;

    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        lines++;
        at++;
    }
    return lines;
}

static int64_t count_entries(struct span bytes)
{
    struct source_memory memory = {.rest = bytes};
    struct error error;
    struct statement_reader *reader = statement_reader_new("mt940", source_of_memory(&memory),
                                                           &error);
    static struct statement_record record;
    int64_t entries = 0;

    if (!reader)
        return -1;
    while (statement_read(reader, &record, &error) == STATEMENT_MORE) {
        entries += record.kind == STATEMENT_ENTRY && record.entry.customer_ref.length > 0;
        if (record.kind == STATEMENT_FAULT)
            printf("fault: %s\n", record.fault.reason);
    }
    statement_reader_free(reader);
    return entries;
}

static int64_t timed(int64_t (*count)(struct span), struct span bytes, int64_t *counted)
{
    int64_t start = clock_monotonic_us();

    *counted = count(bytes);
    return clock_monotonic_us() - start;
}

static double megabytes_a_second(struct span bytes, int64_t took_us)
{
    return (double)bytes.length / (double)(took_us > 0 ? took_us : 1);
}

/* Both by turns, so that a busy machine is as busy for both; the best of each counts. */
static void measure(const struct habit *habit, struct span bytes)
{
    int64_t lines = 0, entries = 0, best_search = INT64_MAX, best_read = INT64_MAX;

    for (int run = 0; run < RUNS; run++) {
        int64_t search = timed(count_lines, bytes, &lines);
        int64_t read = timed(count_entries, bytes, &entries);
        best_search = search < best_search ? search : best_search;
        best_read = read < best_read ? read : best_read;
    }
    printf("mt940 %-8s %" PRId64 " entries, %" PRId64 " lines: %.0f MB/s, memchr %.0f MB/s, "
           "ratio %.3f (goal 0.2)\n", habit->name, entries, lines,
           megabytes_a_second(bytes, best_read), megabytes_a_second(bytes, best_search),
           (double)best_search / (double)(best_read > 0 ? best_read : 1));
}

int main(int argc, char **argv)
{
    size_t bytes = (size_t)(argc > 1 ? strtoul(argv[1], NULL, 10) : 128) << 20;
    struct buffer text;

    buffer_init(&text, bytes + (1 << 20));
    for (int i = 0; i < HABITS; i++) {
        buffer_clear(&text);
        fill(&text, &habits[i], bytes);
        measure(&habits[i], (struct span){text.data, text.length});
    }
    buffer_free(&text);
    return 0;
}
