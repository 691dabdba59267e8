/* How fast camt.053 is read, beside a loop that only asks libxml2 for the next node of the same
 * bytes with the same options.
 *
 *     bench_camt [MEGABYTES]
 *
 * Two layouts are measured: indented, as most banks write, and without any white space between
 * elements. The two take turns, the best run of each counts, and what is measured is the thread's
 * own processor time: both only compute. */
#include <inttypes.h>
#include <libxml/xmlreader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daybook/base/buffer.h"
#include "daybook/formats/source.h"
#include "daybook/formats/statement.h"

enum { RUNS = 7, OPTIONS = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES };

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Writes one element on a line of its own, or without the line. */
static void line(struct buffer *out, bool indented, int depth, const char *text)
{
    if (indented)
        buffer_printf(out, "\n%*s", 2 * depth, "");
    buffer_append_string(out, text);
}

static void entry(struct buffer *out, bool indented, uint32_t n)
{
    char text[128];
    uint32_t cents = n * 2654435761u;
    line(out, indented, 3, "<Ntry>");
    snprintf(text, sizeof text, "<NtryRef>%010" PRIu32 "</NtryRef>", n);
    line(out, indented, 4, text);
    snprintf(text, sizeof text, "<Amt Ccy=\"CNY\">%" PRIu32 ".%02" PRIu32 "</Amt>",
             cents / 100 % 1000000, cents % 100);
    line(out, indented, 4, text);
    line(out, indented, 4, "<CdtDbtInd>DBIT</CdtDbtInd>");
    line(out, indented, 4, "<Sts><Cd>BOOK</Cd></Sts>");
    line(out, indented, 4, "<BookgDt><Dt>2026-11-20</Dt></BookgDt>");
    line(out, indented, 4, "<ValDt><Dt>2026-11-20</Dt></ValDt>");
    snprintf(text, sizeof text, "<AcctSvcrRef>ICBC%012" PRIu32 "</AcctSvcrRef>", n);
    line(out, indented, 4, text);
    line(out, indented, 4, "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd>");
    line(out, indented, 5, "<SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>");
    line(out, indented, 4, "<NtryDtls>");
    line(out, indented, 5, "<TxDtls>");
    snprintf(text, sizeof text, "<Refs><EndToEndId>P20261120%08" PRIu32 "</EndToEndId></Refs>", n);
    line(out, indented, 6, text);
    line(out, indented, 6, "<RltdPties><Cdtr><Nm>Zhang Wei Example Trading</Nm></Cdtr>");
    snprintf(text, sizeof text, "<CdtrAcct><Id><Othr><Id>622202%010" PRIu32 "</Id></Othr></Id>", n);
    line(out, indented, 7, text);
    line(out, indented, 7, "</CdtrAcct></RltdPties>");
    line(out, indented, 6, "<RmtInf><Ustrd>Payout of 20 November</Ustrd></RmtInf>");
    line(out, indented, 5, "</TxDtls>");
    line(out, indented, 4, "</NtryDtls>");
    line(out, indented, 3, "</Ntry>");
}

/* Entries until there are that many bytes; returns how many. */
static uint32_t fill(struct buffer *out, bool indented, size_t bytes)
{
    uint32_t n = 0;
    buffer_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    line(out, indented, 0, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">");
    line(out, indented, 1, "<BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId></GrpHdr>");
    line(out, indented, 2, "<Stmt><Id>1</Id><Acct><Id><Othr><Id>6222</Id></Othr></Id></Acct>");
    while (out->length < bytes)
        entry(out, indented, n++);
    line(out, indented, 2, "</Stmt></BkToCstmrStmt></Document>\n");
    return n;
}

static int bare_read(void *context, char *out, int size)
{
    struct error error;
    struct statement_source source = source_of_memory(context);
    return (int)source.read(source.context, out, (size_t)size, &error);
}

static int64_t bare(struct span bytes, int64_t *nodes)
{
    struct source_memory memory = {.rest = bytes};
    int64_t start = now_us();
    xmlTextReaderPtr reader = xmlReaderForIO(bare_read, NULL, &memory, NULL, NULL, OPTIONS);
    *nodes = 0;
    while (xmlTextReaderRead(reader) == 1)
        (*nodes)++;
    xmlFreeTextReader(reader);
    return now_us() - start;
}

static int64_t ours(struct span bytes, int64_t *entries)
{
    struct source_memory memory = {.rest = bytes};
    struct error error;
    struct statement_record record;
    int64_t start = now_us();
    struct statement_reader *reader = statement_reader_new("camt", source_of_memory(&memory),
                                                           &error);
    enum statement_step step;
    *entries = 0;
    while ((step = statement_read(reader, &record, &error)) == STATEMENT_MORE)
        *entries += record.kind == STATEMENT_ENTRY;
    if (step == STATEMENT_FAILED)
        fprintf(stderr, "%s\n", error.message);
    statement_reader_free(reader);
    return now_us() - start;
}

static bool measure(const char *name, bool indented, size_t megabytes)
{
    struct buffer buffer;
    int64_t best_bare = INT64_MAX;
    int64_t best_ours = INT64_MAX;
    int64_t nodes = 0;
    int64_t entries = 0;
    buffer_init(&buffer, (megabytes + 1) << 20);
    uint32_t wanted = fill(&buffer, indented, megabytes << 20);
    struct span bytes = {buffer.data, buffer.length};
    for (int run = 0; run < RUNS; run++) {
        int64_t time = bare(bytes, &nodes);
        best_bare = time < best_bare ? time : best_bare;
        time = ours(bytes, &entries);
        best_ours = time < best_ours ? time : best_ours;
    }
    printf("camt %-9s %4zu MiB  bare xmlTextReader %6.1f MiB/s  daybook %6.1f MiB/s, "
           "%" PRId64 " entries, %.0f a second  ratio %.2f (goal 0.50)\n", name, megabytes,
           (double)buffer.length / 1.048576 / (double)best_bare,
           (double)buffer.length / 1.048576 / (double)best_ours, entries,
           (double)entries * 1e6 / (double)best_ours, (double)best_bare / (double)best_ours);
    buffer_free(&buffer);
    return entries == wanted;
}

int main(int argc, char **argv)
{
    size_t megabytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 32;
    bool whole = measure("indented", true, megabytes);
    whole = measure("compact", false, megabytes) && whole;
    if (!whole)
        fprintf(stderr, "bench_camt: entries are missing\n");
    return !whole;
}
