/* Rows of COPY's binary format, byte by byte as PostgreSQL's manual describes them. */
#include "table.h"

#include "daybook/store/copy.h"

static void expect(struct buffer *rows, const void *bytes, size_t length)
{
    assert_int_equal(rows->length, length);
    assert_memory_equal(rows->data, bytes, length);
    buffer_clear(rows);
}

#define EXPECT(rows, bytes) expect(rows, bytes, sizeof bytes - 1)

static void stream_has_head_and_tail(void **state)
{
    (void)state;
    struct buffer rows;
    buffer_init(&rows, 1024);
    assert_true(copy_binary_begin(&rows));
    EXPECT(&rows, "PGCOPY\n\377\r\n\0" "\0\0\0\0" "\0\0\0\0");
    assert_true(copy_binary_row(&rows, 18));
    EXPECT(&rows, "\0\022");
    assert_true(copy_binary_end(&rows));
    EXPECT(&rows, "\377\377");
    buffer_free(&rows);
}

static void numbers_are_in_network_order(void **state)
{
    (void)state;
    struct buffer rows;
    buffer_init(&rows, 1024);
    copy_binary_int8(&rows, 0x0102030405060708);
    EXPECT(&rows, "\0\0\0\010" "\1\2\3\4\5\6\7\010");
    copy_binary_int8(&rows, -2);
    EXPECT(&rows, "\0\0\0\010" "\377\377\377\377\377\377\377\376");
    copy_binary_int4(&rows, -1);
    EXPECT(&rows, "\0\0\0\4" "\377\377\377\377");
    copy_binary_null(&rows);
    EXPECT(&rows, "\377\377\377\377");
    buffer_free(&rows);
}

/* Days count from 2000-01-01 there. */
static void days_count_from_2000(void **state)
{
    (void)state;
    struct buffer rows;
    date_day day;
    buffer_init(&rows, 1024);
    assert_true(date_parse(span_of("2000-01-01"), &day));
    copy_binary_date(&rows, day);
    EXPECT(&rows, "\0\0\0\4" "\0\0\0\0");
    assert_true(date_parse(span_of("1999-12-31"), &day));
    copy_binary_date(&rows, day);
    EXPECT(&rows, "\0\0\0\4" "\377\377\377\377");
    assert_true(date_parse(span_of("2026-11-20"), &day));
    copy_binary_date(&rows, day);
    EXPECT(&rows, "\0\0\0\4" "\0\0\046\134");
    buffer_free(&rows);
}

static void uuid_is_its_bytes(void **state)
{
    (void)state;
    struct buffer rows;
    buffer_init(&rows, 1024);
    copy_binary_uuid(&rows, (const unsigned char *)"0123456789abcdef");
    EXPECT(&rows, "\0\0\0\020" "0123456789abcdef");
    buffer_free(&rows);
}

static void put(struct buffer *rows, const char *text, size_t length)
{
    assert_true(copy_binary_text(rows, (struct span){text, length}));
}

static void text_is_cleaned(void **state)
{
    (void)state;
    struct buffer rows;
    buffer_init(&rows, 1024);
    put(&rows, NULL, 0);
    EXPECT(&rows, "\0\0\0\0");
    put(&rows, "a\tb\\c\nd", 7);
    EXPECT(&rows, "\0\0\0\7" "a\tb\\c\nd");
    put(&rows, "longer than a word\0, with NUL", 29);
    EXPECT(&rows, "\0\0\0\034" "longer than a word, with NUL");
    put(&rows, "\0\0\0\0\0\0\0\0", 8);
    EXPECT(&rows, "\0\0\0\0");
    put(&rows, "12345678\xE4\xB8\xAD", 11);
    EXPECT(&rows, "\0\0\0\013" "12345678\xE4\xB8\xAD");
    put(&rows, "bad \xFF here and \xC3", 16);
    EXPECT(&rows, "\0\0\0\024" "bad \xEF\xBF\xBD here and \xEF\xBF\xBD");
    buffer_free(&rows);
}

static void two_texts_are_two_lines(void **state)
{
    (void)state;
    struct buffer rows;
    struct span none = {NULL, 0}, one = span_of("one"), two = span_of("two");
    buffer_init(&rows, 1024);
    copy_binary_lines(&rows, one, two);
    EXPECT(&rows, "\0\0\0\7" "one\ntwo");
    copy_binary_lines(&rows, none, two);
    EXPECT(&rows, "\0\0\0\3" "two");
    copy_binary_lines(&rows, one, none);
    EXPECT(&rows, "\0\0\0\3" "one");
    buffer_free(&rows);
}

static void limit_is_kept(void **state)
{
    (void)state;
    struct buffer rows;
    buffer_init(&rows, 10);
    assert_false(copy_binary_text(&rows, span_of("longer than ten")));
    assert_true(rows.overflow);
    buffer_free(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_has_head_and_tail),
        cmocka_unit_test(numbers_are_in_network_order),
        cmocka_unit_test(days_count_from_2000),
        cmocka_unit_test(uuid_is_its_bytes),
        cmocka_unit_test(text_is_cleaned),
        cmocka_unit_test(two_texts_are_two_lines),
        cmocka_unit_test(limit_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
