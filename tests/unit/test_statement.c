/* The dispatcher of statement readers, sources, and the canonical rows' own rules. */
#include "table.h"

#include <string.h>

#include "daybook/formats/canonical.h"
#include "daybook/formats/parse.h"
#include "daybook/formats/source.h"

static const char file[] = ":20:A\n:25:1\n:61:201120C1,00NTRFONE\n:62F:C201120EUR1,00\n";

static struct statement_reader *reader_of(const char *format, struct source_memory *memory,
                                          struct error *error)
{
    return statement_reader_new(format, source_of_memory(memory), error);
}

static void wrong_names_are_refused(void **state)
{
    static const char *const names[] = {"", "mt94", "mt9400", "mt940:x", "csv", "camt:", "MT940"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct source_memory memory = {.rest = SPAN(file)};
        struct error error = {.code = ERROR_NONE};
        assert_null(reader_of(names[i], &memory, &error));
        assert_int_equal(error.code, ERROR_USAGE);
    }
}

static void the_end_stays_the_end(void **state)
{
    struct source_memory memory = {.rest = SPAN(file)};
    struct statement_record record;
    struct error error = {.code = ERROR_NONE};
    (void)state;
    struct statement_reader *reader = reader_of("mt940", &memory, &error);
    int records = 0;
    while (statement_read(reader, &record, &error) == STATEMENT_MORE)
        records++;
    assert_int_equal(records, 3);
    assert_int_equal(statement_read(reader, &record, &error), STATEMENT_DONE);
    assert_int_equal(statement_reader_bytes(reader), sizeof file - 1);
    statement_reader_free(reader);
    statement_reader_free(NULL);
}

static long failing_read(void *context, char *out, size_t size, struct error *error)
{
    struct source_memory *memory = context;
    struct statement_source source = source_of_memory(memory);
    if (memory->rest.length > 0)
        return source.read(source.context, out, size, error);
    error_set(error, ERROR_SYSTEM, "the disk is gone");
    return -1;
}

static void sources_that_fail_are_named(void **state)
{
    static const struct {
        const char *format, *head;
    } cases[] = {{"mt940", ":20:A\n"}, {"bai2", "01,A,B"}, {"ofx", "<OFX>"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct source_memory memory = {.rest = span_of(cases[i].head)};
        struct statement_source source = {.read = failing_read, .context = &memory};
        struct statement_record record;
        struct error error = {.code = ERROR_NONE};
        struct statement_reader *reader = statement_reader_new(cases[i].format, source,
                                                               &error);
        assert_int_equal(statement_read(reader, &record, &error), STATEMENT_FAILED);
        assert_int_equal(error.code, ERROR_SYSTEM);
        assert_non_null(strstr(error.message, "the disk is gone"));
        assert_int_equal(statement_read(reader, &record, &error), STATEMENT_FAILED);
        statement_reader_free(reader);
    }
}

static void formats_are_detected(void **state)
{
    static const struct {
        const char *head, *format;
    } heads[] = {
        {":20:A\n", "mt940"},
        {"BANK\r\n940\r\n:20:A", "mt940"},
        {"{1:F01AAAABBCCXXX0000000000}{2:O940", "mt940"},
        {"\xEF\xBB\xBF:25:1", "mt940"},
        {"<?xml version=\"1.0\"?><Document xmlns=\"urn:camt.053.001.02\">", "camt"},
        {"<Document><BkToCstmrStmt>", "camt"},
        {"01,A,B,260115,0600,1,,,2/", "bai2"},
        {"  \n01,A,B", "bai2"},
        {"OFXHEADER:100\n", "ofx"},
        {"<?xml version=\"1.0\"?><OFX>", "ofx"},
        {"date,amount\n", NULL},
        {"PAID :20: TIMES", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const char *format = statement_detect(span_of(heads[i].head));
        if (heads[i].format == NULL ? format != NULL
                                    : format == NULL || strcmp(format, heads[i].format) != 0)
            fail_msg("'%s' is taken for %s", heads[i].head, format ? format : "nothing");
    }
}

struct rows {
    struct buffer text;
    int64_t calls, stop_after;
};

static bool rows_write(void *context, const char *data, size_t length, struct error *error)
{
    struct rows *rows = context;
    if (rows->calls++ == rows->stop_after)
        return error_set(error, ERROR_SYSTEM, "the pipe is closed");
    return buffer_append(&rows->text, data, length);
}

static int rows_of(const char *text, struct rows *rows, struct error *error)
{
    struct source_memory memory = {.rest = span_of(text)};
    struct canonical_output output = {.write = rows_write, .context = rows};
    buffer_init(&rows->text, 1 << 20);
    error_clear(error);
    return canonical_parse("mt940", source_of_memory(&memory), &output, error);
}

/* No value can make up a row: tabs and control characters are blanks, and a line of an account that
 * begins like a row is not a line. */
static void values_make_no_rows(void **state)
{
    struct rows rows = {.stop_after = 100};
    struct error error;
    (void)state;
    assert_int_equal(rows_of(":20:A\n:25:ACCOUNT\nS\nE\t1\nX MORE\nEnd\xC2\x85\n"
                             ":61:201120C1,00NTRFA\tB\x1B[2J\n", &rows, &error), 0);
    assert_string_equal(buffer_text(&rows.text),
                        "S\t1\tACCOUNT S E 1 X MORE\nEnd \t\t\t\t\t\t1\n"
                        "E\t1\t2020-11-20\t\t1.00\tC\tNTRF\tA B [2J\t\n");
    buffer_free(&rows.text);
}

static void a_closed_output_ends_the_parse(void **state)
{
    struct rows rows = {.stop_after = 0};
    struct error error;
    (void)state;
    assert_int_equal(rows_of(file, &rows, &error), 1);
    assert_string_equal(error.message, "the pipe is closed");
    buffer_free(&rows.text);
}

static void faults_make_the_status(void **state)
{
    struct rows rows = {.stop_after = 100};
    struct error error;
    (void)state;
    assert_int_equal(rows_of(":20:A\n:61:nothing\n", &rows, &error), 1);
    assert_int_equal(error.code, ERROR_NONE);
    buffer_free(&rows.text);
    assert_int_equal(rows_of(":20:A\n:60F:nothing\n", &rows, &error), 0); /* a note */
    buffer_free(&rows.text);
    assert_int_equal(rows_of("nothing", &rows, &error), 1);
    assert_int_equal(error.code, ERROR_INPUT);
    buffer_free(&rows.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_names_are_refused),
        cmocka_unit_test(the_end_stays_the_end),
        cmocka_unit_test(sources_that_fail_are_named),
        cmocka_unit_test(formats_are_detected),
        cmocka_unit_test(values_make_no_rows),
        cmocka_unit_test(a_closed_output_ends_the_parse),
        cmocka_unit_test(faults_make_the_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
