/* What the writers of pain.001 and pain.002 write, held against the published schemas; and the
 * published pain.001 files through our reader. Skipped where the files are not there.
 *
 *     pain_schema REPOSITORY
 */
#include <dirent.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "pains.h"
#include "random.h"

struct counts {
    int passed, failed, skipped;
};

static void check(struct counts *counts, bool good, const char *what, const char *detail)
{
    if (good)
        counts->passed++;
    else
        counts->failed++, printf("FAIL %s: %s\n", what, detail);
}

static xmlSchemaPtr schema_load(const char *root, const char *name)
{
    char *path = memory_format("%s/../shared/data/statements/xsd/%s", root, name);
    FILE *file = fopen(path, "rb");
    xmlSchemaPtr schema = NULL;
    if (file != NULL) {
        fclose(file);
        xmlSchemaParserCtxtPtr context = xmlSchemaNewParserCtxt(path);
        schema = xmlSchemaParse(context);
        xmlSchemaFreeParserCtxt(context);
    }
    free(path);
    return schema;
}

static bool valid(xmlSchemaPtr schema, const struct buffer *file)
{
    xmlDocPtr document = xmlReadMemory(file->data, (int)file->length, "written.xml", NULL,
                                       XML_PARSE_NONET);
    if (document == NULL)
        return false;
    xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(schema);
    int status = xmlSchemaValidateDoc(context, document);
    xmlSchemaFreeValidCtxt(context);
    xmlFreeDoc(document);
    return status == 0;
}

/* A text of 1 to max characters, of everything that may come out of a payout's fields. */
static const char *text_make(struct random *random, char out[1024], size_t max)
{
    static const char *const pieces[] = {"a", "Z", "0", " ", "&", "<", ">", "\"", "'", "]]>",
                                         "李", "\xF0\x9F\x98\x80", "\x01", "\t", "-", "é"};
    size_t count = 1 + (size_t)random_below(random, max);
    struct buffer text;
    buffer_init(&text, 1023);
    buffer_append_char(&text, 'x');
    for (size_t i = 1; i + 4 < count; i++) {
        const char *piece = pieces[random_below(random, sizeof pieces / sizeof pieces[0])];
        buffer_append_string(&text, piece);
        i += strcmp(piece, "]]>") == 0 ? 2 : 0;
    }
    buffer_append_char(&text, 'y');
    memcpy(out, text.data, text.length + 1);
    buffer_free(&text);
    return out;
}

static void batch_make(struct random *random, struct pain001_batch *batch, char text[4][1024])
{
    static const char *const currencies[] = {"CNY", "JPY", "BHD", "EUR"};
    *batch = (struct pain001_batch){
        .message_id = span_of(text_make(random, text[0], PAIN_ID_MAX)),
        .batch_id = SPAN("B2026112000007"),
        .debtor_name = span_of(text_make(random, text[1], PAIN_NAME_MAX)),
        .debtor_account = span_of(text_make(random, text[2], PAIN_ACCOUNT_MAX)),
        .bank = span_of(text_make(random, text[3], PAIN_ID_MAX)),
        .created_at = (int64_t)random_below(random, 1UL << 50) * (random_below(random, 2) ? 1 : -1),
        .execution_day = (date_day)random_below(random, 40000),
        .not_after = random_below(random, 2) ? TIME_NONE : (int64_t)random_below(random, 1UL << 50),
        .items = 1 + (int64_t)random_below(random, 5)};
    currency_parse(span_of(currencies[random_below(random, 4)]), &batch->currency);
}

/* One message; the items' amounts are drawn twice from the same seed: for the total, and for the
 * items. */
static void order_make(uint64_t seed, struct buffer *file, struct error *error)
{
    struct random random = {seed}, amounts = {seed + 1};
    char text[4][1024], name[1024], account[1024], reference[1024];
    struct pain001_batch batch;
    struct pain001_writer writer;
    batch_make(&random, &batch, text);
    for (int64_t i = 0; i < batch.items; i++)
        batch.total += 1 + (int64_t)random_below(&amounts, 1UL << 40);
    amounts = (struct random){seed + 1};
    bool good = pain001_write_start(&writer, file, &batch, error);
    for (int64_t i = 0; good && i < batch.items; i++) {
        struct pain001_item item = {
            .end_to_end = span_of(text_make(&random, reference, PAIN_ID_MAX)),
            .instruction_id = i % 2 ? SPAN("E3") : SPAN(""),
            .amount = 1 + (int64_t)random_below(&amounts, 1UL << 40),
            .currency = batch.currency,
            .payee_name = span_of(text_make(&random, name, PAIN_NAME_MAX)),
            .payee_account = span_of(text_make(&random, account, PAIN_ACCOUNT_MAX)),
            .text = i % 3 ? SPAN("wages <11>") : SPAN("")};
        good = pain001_write_item(&writer, &item, error);
    }
    if (good)
        pain001_write_end(&writer, error);
}

static void orders_check(struct counts *counts, xmlSchemaPtr schema)
{
    enum { ORDERS = 500 };
    for (uint64_t seed = 1; seed <= ORDERS; seed++) {
        struct buffer file, out;
        struct error error = {.code = ERROR_NONE};
        char *what = memory_format("pain.001 of seed %d", (int)seed);
        buffer_init(&file, RECORDS_LIMIT);
        buffer_init(&out, RECORDS_LIMIT);
        order_make(seed, &file, &error);
        bool good = error.code == ERROR_NONE && valid(schema, &file);
        check(counts, good, what, error.message);
        struct span bytes = {buffer_text(&file), file.length};
        check(counts, pains_001(bytes, 0, &out) == STATEMENT_DONE, what, buffer_text(&out));
        free(what);
        buffer_free(&file);
        buffer_free(&out);
    }
}

static void report_make(uint64_t seed, struct buffer *file, struct error *error)
{
    static const char *const statuses[] = {"ACSC", "ACSP", "RJCT", "PDNG", ""};
    struct random random = {seed};
    char text[1024], reference[1024];
    struct pain002_writer writer;
    struct pain002_record record = {
        .kind = PAIN002_GROUP, .report_id = SPAN("R-1"), .message_id = SPAN("M-1"),
        .message_name = SPAN("pain.001.001.10"), .status = SPAN("PART"), .accepted_at = TIME_NONE};
    bool good = pain002_write_start(&writer, file, &record, 0, error);
    record.batch_id = SPAN("B-1");
    for (uint64_t i = 0; good && i < 1 + seed % 4; i++) {
        record.kind = i == 0 ? PAIN002_PAYMENT : PAIN002_ITEM;
        record.status = span_of(statuses[random_below(&random, 5)]);
        record.end_to_end = span_of(text_make(&random, reference, PAIN_ID_MAX));
        record.reasons = i % 2 ? SPAN("AC04") : SPAN("own reason");
        record.text = span_of(text_make(&random, text, PAIN_REASON_TEXT_MAX));
        record.bank_ref = SPAN("IC-77");
        record.accepted_at = i % 2 ? TIME_NONE : 1234567;
        good = pain002_write(&writer, &record, error);
    }
    if (good)
        pain002_write_end(&writer, error);
}

static void reports_check(struct counts *counts, xmlSchemaPtr schema)
{
    enum { REPORTS = 200 };
    for (uint64_t seed = 1; seed <= REPORTS; seed++) {
        struct buffer file;
        struct error error = {.code = ERROR_NONE};
        char *what = memory_format("pain.002 of seed %d", (int)seed);
        buffer_init(&file, RECORDS_LIMIT);
        report_make(seed, &file, &error);
        bool good = error.code == ERROR_NONE && valid(schema, &file);
        check(counts, good, what, error.message);
        free(what);
        buffer_free(&file);
    }
}

/* A published order is read to its end; the one that asks for a conversion is refused with its
 * place, since no amount of money is said that leaves an account. */
static void published_check(struct counts *counts, const char *path)
{
    struct buffer bytes, out;
    FILE *file = fopen(path, "rb");
    size_t got = 1;
    buffer_init(&bytes, RECORDS_LIMIT);
    buffer_init(&out, RECORDS_LIMIT);
    while (file != NULL && got > 0) {
        char *room = buffer_reserve(&bytes, 65536);
        got = fread(room, 1, 65536, file);
        bytes.length += got;
    }
    if (file != NULL)
        fclose(file);
    enum statement_step last = pains_001((struct span){buffer_text(&bytes), bytes.length}, 0, &out);
    bool good = last == STATEMENT_DONE;
    if (memmem(buffer_text(&bytes), bytes.length, "<EqvtAmt>", 9) != NULL)
        good = last == STATEMENT_FAILED &&
               strstr(buffer_text(&out), "no amount that its currency knows") != NULL;
    check(counts, good && strstr(buffer_text(&out), "ITEM") != NULL, path, buffer_text(&out));
    buffer_free(&bytes);
    buffer_free(&out);
}

static void folder_check(struct counts *counts, const char *root, const char *folder)
{
    char *full = memory_format("%s/../shared/data/statements/pain/%s", root, folder);
    DIR *directory = opendir(full);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        const char *name = entry->d_name;
        size_t length = strlen(name);
        if (length < 4 || strcmp(name + length - 4, ".xml") != 0 || strstr(name, "002_") != NULL ||
            strstr(name, "pain002") != NULL)
            continue;
        char *path = memory_format("%s/%s", full, name);
        published_check(counts, path);
        free(path);
    }
    if (directory != NULL)
        closedir(directory);
    free(full);
}

int main(int argc, char **argv)
{
    struct counts counts = {0};
    if (argc != 2)
        return fputs("usage: pain_schema REPOSITORY\n", stderr), 2;
    xmlSchemaPtr order = schema_load(argv[1], "pain.001.001.10_1.xsd");
    xmlSchemaPtr report = schema_load(argv[1], "pain.002.001.11.xsd");
    if (order == NULL || report == NULL) {
        puts("The published schemas of pain.001 and pain.002 are not here: skipped.");
        counts.skipped = 1;
    } else {
        orders_check(&counts, order);
        reports_check(&counts, report);
        folder_check(&counts, argv[1], "iso20022js");
        folder_check(&counts, argv[1], "moov");
        folder_check(&counts, argv[1], "sepa_king");
    }
    xmlSchemaFree(order);
    xmlSchemaFree(report);
    xmlCleanupParser();
    printf("%d passed, %d failed, %d skipped\n", counts.passed, counts.failed, counts.skipped);
    return counts.failed > 0;
}
