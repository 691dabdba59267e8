/* The payouts feed: every file of tests/data/feed gives the records of its file in
 * tests/data/records/feed. */
#include "table.h"

#include "feeds.h"
#include "files.h"

static void read_feed(const char *format, struct span bytes, size_t step, struct buffer *out)
{
    (void)format;
    feeds_read(bytes, step, out);
}

static void feeds_are_as_written(void **state)
{
    (void)state;
    files_check_with("tests/data/feed", ".csv", "tests/data/records/feed", "", read_feed);
}

static void bytes_are_counted(void **state)
{
    static const char text[] = "order_no,channel,amount,currency,state,business_date\n"
                               "A,X,1,CNY,PAID,2026-11-19\n";
    struct source_memory memory = {.rest = SPAN(text)};
    struct feed_record record;
    struct error error;
    (void)state;
    struct feed_reader *reader = feed_reader_new(source_of_memory(&memory));
    assert_int_equal(feed_reader_bytes(reader), 0);
    while (feed_read(reader, &record, &error) == STATEMENT_MORE)
        continue;
    assert_int_equal(feed_reader_bytes(reader), sizeof text - 1);
    feed_reader_free(reader);
}

static void texts_have_a_limit(void **state)
{
    struct buffer file;
    struct buffer out;
    (void)state;
    buffer_init(&file, RECORDS_LIMIT);
    buffer_init(&out, RECORDS_LIMIT);
    buffer_append_string(&file, "order_no,channel,amount,currency,state,business_date\n");
    for (int length = FEED_TEXT_MAX; length <= FEED_TEXT_MAX + 1; length++) {
        for (int i = 0; i < length; i++)
            buffer_append_char(&file, 'x');
        buffer_append_string(&file, ",X,1,CNY,PAID,2026-11-19\n");
    }
    assert_int_equal(feeds_read((struct span){file.data, file.length}, 0, &out), STATEMENT_DONE);
    assert_memory_equal(out.data, "OUT line=2 order=xxxx", 21);
    assert_non_null(strstr(out.data, "\nFAULT 3:1 order_no \"xxxx"));
    assert_non_null(strstr(out.data, "is longer than 512 bytes"));
    buffer_free(&file);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_are_as_written),
        cmocka_unit_test(bytes_are_counted),
        cmocka_unit_test(texts_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
