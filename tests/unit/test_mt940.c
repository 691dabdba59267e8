/* The reader of MT940 and MT942: every file of tests/data/statements/mt940 gives the records of its
 * file in tests/data/records/mt940, however its bytes arrive. */
#include "table.h"

#include "files.h"
#include "records.h"

static void records_are_as_written(void **state)
{
    (void)state;
    files_check("tests/data/statements/mt940", ".sta", "tests/data/records/mt940", "mt940");
}

static void read_text(struct buffer *out, const struct buffer *file, enum statement_step wanted)
{
    buffer_init(out, RECORDS_LIMIT);
    assert_int_equal(records_read("mt940", (struct span){file->data, file->length}, 0, out),
                     wanted);
}

/* An entry as long as the window is moved, grown for, and read whole. */
static void long_entries_are_whole(void **state)
{
    (void)state;
    struct buffer file, out;
    buffer_init(&file, RECORDS_LIMIT);
    buffer_append_string(&file, ":20:LONG\n:61:201120C1,00NTRFLONG\n:86:");
    for (int i = 0; i < 10000; i++)
        buffer_append_string(&file, "sixty-five characters of a line, or about as many of them\n");
    buffer_append_string(&file, ":61:201120C1,00NTRFNEXT\n");
    read_text(&out, &file, STATEMENT_DONE);
    assert_non_null(strstr(buffer_text(&out), "ENTRY 2 line=10003"));
    assert_true(out.length > 10000 * 50);
    buffer_free(&out);
    buffer_free(&file);
}

/* One that is longer than any bank writes ends the reading, with its line. */
static void endless_entries_are_refused(void **state)
{
    (void)state;
    struct buffer file, out;
    buffer_init(&file, RECORDS_LIMIT);
    buffer_append_string(&file, ":20:LONG\n:61:201120C1,00NTRFLONG\n:86:");
    for (int i = 0; i < 40000; i++)
        buffer_append_string(&file, "sixty-five characters of a line, or about as many of them\n");
    read_text(&out, &file, STATEMENT_FAILED);
    assert_non_null(strstr(buffer_text(&out), "FAILED Line 2, column 1: one record is longer"));
    buffer_free(&out);
    buffer_free(&file);
}

/* Further :86: of one entry than a group has room for stay in its text. */
static void many_texts_are_kept(void **state)
{
    (void)state;
    struct buffer file, out;
    buffer_init(&file, RECORDS_LIMIT);
    buffer_append_string(&file, ":20:MANY\n:61:201120C1,00NTRFMANY\n");
    for (int i = 0; i < 100; i++)
        buffer_printf(&file, ":86:text %d\n", i);
    read_text(&out, &file, STATEMENT_DONE);
    assert_non_null(strstr(buffer_text(&out), "text 30/"));
    assert_non_null(strstr(buffer_text(&out), "text 99"));
    buffer_free(&out);
    buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_as_written),
        cmocka_unit_test(long_entries_are_whole),
        cmocka_unit_test(endless_entries_are_refused),
        cmocka_unit_test(many_texts_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
