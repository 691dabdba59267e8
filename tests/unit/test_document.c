/* The request document: one form, and nothing that differs from it by a byte. */
#include "table.h"

#include "daybook/base/buffer.h"
#include "daybook/base/memory.h"
#include "daybook/domain/document.h"

static char *good; /* tests/unit/document.txt, read once for all tests */
static size_t good_length;

static int read_good(void **state)
{
    (void)state;
    FILE *file = fopen("tests/unit/document.txt", "rb");
    if (file == NULL)
        return -1;
    good = memory_new(65536);
    good_length = fread(good, 1, 65535, file);
    fclose(file);
    return good_length > 0 ? 0 : -1;
}

static int free_good(void **state)
{
    (void)state;
    free(good);
    return 0;
}

/* The good document with the first `from` replaced by `to`; an empty `from` appends. */
static void edit(struct buffer *out, struct span from, struct span to)
{
    const char *at = from.length == 0 ? good + good_length
                                      : memmem(good, good_length, from.data, from.length);
    if (at == NULL)
        fail_msg("'%.*s' is not in the document", (int)from.length, from.data);
    buffer_init(out, 4 << 20);
    buffer_append(out, good, (size_t)(at - good));
    buffer_append(out, to.data, to.length);
    buffer_append(out, at + from.length, good_length - (size_t)(at - good) - from.length);
}

/* A document in a block of its own size, so that sanitizers see a read past its end. */
static bool parses(struct span bytes, struct error *error)
{
    char *copy = memory_copy(bytes.data, bytes.length);
    struct document document;
    bool fine = document_parse(&document, (struct span){copy, bytes.length}, error);
    if (fine) {
        struct buffer again;
        buffer_init(&again, DOCUMENT_BYTES_MAX);
        assert_true(document_write(&document, &again));
        assert_int_equal(again.length, bytes.length);
        assert_memory_equal(buffer_text(&again), bytes.data, bytes.length);
        buffer_free(&again);
        document_free(&document);
    }
    free(copy);
    return fine;
}

static void strict_case(const struct table_row *row, char *out, size_t size)
{
    struct buffer bytes;
    struct error error = {0};
    edit(&bytes, row->cells[0], row->cells[1]);
    bool fine = parses((struct span){buffer_text(&bytes), bytes.length}, &error);
    snprintf(out, size, "%s", fine ? "fine" : error.message);
    if (!fine)
        assert_true(error.code == ERROR_INPUT || error.code == ERROR_LIMIT);
    buffer_free(&bytes);
}

static void what_is_not_the_form_is_refused(void **state)
{
    (void)state;
    table_check("tests/unit/document.tbl", strict_case);
}

static void its_parts_are_found(void **state)
{
    (void)state;
    struct document document;
    struct error error;
    char text[64];
    assert_true(document_parse(&document, (struct span){good, good_length}, &error));
    assert_true(span_is(document.head.request, "R2026112300001"));
    assert_int_equal(document.head.amount, 1248000);
    assert_int_equal(document.head.tier, 1);
    assert_int_equal(document.head.excluded.count, 1);
    assert_int_equal(document.items.count, 2);
    struct document_item item = document_item(&document, 0);
    assert_true(span_is(item.object, "X-17"));
    assert_int_equal(item.count, 2);
    struct span value;
    assert_true(document_item_word(&item, "payee", &value));
    document_decode(value, text, sizeof text);
    assert_string_equal(text, "\xE6\x9E\x97 X");
    assert_false(document_item_word(&item, "pay", &value));
    assert_int_equal(document_basis(&document, 0).version, 4);
    assert_true(span_is(document_move(&document, 0).to, "CREDITED_BACK"));
    assert_int_equal(document_posting(&document, 1).amount, -1248000);
    assert_int_equal(document_balance(&document, 1).after, -1248500);
    struct span words[2];
    assert_int_equal(document_words(document.changes.rows[0], words, 2), 4);
    assert_true(span_is(words[1], "of,their"));
    /* The parts stand one behind the other and reach to the end. */
    assert_ptr_equal(document.items_part.data + document.items_part.length, document.effect.data);
    assert_ptr_equal(document.effect.data + document.effect.length, document.balances_part.data);
    assert_ptr_equal(document.balances_part.data + document.balances_part.length,
                     good + good_length);
    assert_memory_equal(document.effect.data, "basis 1\n", 8);
    document_free(&document);
}

static void it_is_built_from_its_parts(void **state)
{
    (void)state;
    struct document document;
    struct buffer out;
    struct error error;
    assert_true(document_parse(&document, (struct span){good, good_length}, &error));
    buffer_init(&out, DOCUMENT_BYTES_MAX);
    assert_true(document_build(&document.head, document.items_part, document.effect,
                               document.balances_part, &out, &error));
    assert_int_equal(out.length, good_length);
    assert_memory_equal(buffer_text(&out), good, good_length);
    /* Parts that are whole only together are refused. */
    struct span longer = {document.items_part.data,
                          document.items_part.length + document.effect.length};
    assert_false(document_build(&document.head, longer, (struct span){NULL, 0},
                                document.balances_part, &out, &error));
    assert_int_equal(out.length, 0);
    struct document_head head = document.head;
    head.text = SPAN("a\nitems 9");
    assert_false(document_build(&head, document.items_part, document.effect,
                                document.balances_part, &out, &error));
    head = document.head;
    head.made_at++;
    assert_false(document_build(&head, document.items_part, document.effect,
                                document.balances_part, &out, &error));
    buffer_free(&out);
    document_free(&document);
}

/* Cut anywhere it is refused, and so it is with any one byte taken out or any line twice. */
static void no_piece_of_it_will_do(void **state)
{
    (void)state;
    struct error error;
    for (size_t length = 0; length < good_length; length++)
        assert_false(parses((struct span){good, length}, &error));
    for (const char *line = good; line < good + good_length;) {
        const char *stop = strchr(line, '\n') + 1;
        struct buffer bytes;
        buffer_init(&bytes, 4 << 20);
        buffer_append(&bytes, good, (size_t)(stop - good));
        buffer_append(&bytes, line, (size_t)(good + good_length - line));
        assert_false(parses((struct span){buffer_text(&bytes), bytes.length}, &error));
        buffer_clear(&bytes);
        buffer_append(&bytes, good, (size_t)(line - good));
        buffer_append(&bytes, stop, (size_t)(good + good_length - stop));
        assert_false(parses((struct span){buffer_text(&bytes), bytes.length}, &error));
        buffer_free(&bytes);
        line = stop;
    }
}

/* Bytes that no line may have, put between any two bytes. */
static void nothing_hidden_gets_in(void **state)
{
    (void)state;
    static const char *const hidden[] = {"\r", "\t", "\x7F", "\x1B", "\xC2\x85", "\xE2\x80\xAE",
                                         "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE2\x80\xA8", "\xFF",
                                         "\xC0\x80", "\xF3\xA0\x80\x81"};
    struct error error;
    for (size_t h = 0; h < sizeof hidden / sizeof hidden[0]; h++)
        for (size_t at = 0; at <= good_length; at++) {
            struct buffer bytes;
            buffer_init(&bytes, 4 << 20);
            buffer_append(&bytes, good, at);
            buffer_append_string(&bytes, hidden[h]);
            buffer_append(&bytes, good + at, good_length - at);
            if (parses((struct span){buffer_text(&bytes), bytes.length}, &error))
                fail_msg("hidden character %zu at byte %zu", h, at);
            buffer_free(&bytes);
        }
}

static void many_items(struct buffer *bytes, size_t count)
{
    const char *items = strstr(good, "items 2\n");
    const char *basis = strstr(good, "basis 1\n");
    buffer_append(bytes, good, (size_t)(items - good));
    buffer_printf(bytes, "items %zu\n", count);
    for (size_t i = 1; i <= count; i++)
        buffer_printf(bytes, "item.%zu X-%zu %d\n", i, i, i == 1 ? 1248000 : 0);
    buffer_append_string(bytes, basis);
}

static void its_limits(void **state)
{
    (void)state;
    struct buffer bytes;
    struct error error;
    buffer_init(&bytes, 4 << 20);
    many_items(&bytes, DOCUMENT_ITEMS_MAX);
    assert_true(parses((struct span){buffer_text(&bytes), bytes.length}, &error));
    buffer_clear(&bytes);
    many_items(&bytes, DOCUMENT_ITEMS_MAX + 1);
    assert_false(parses((struct span){buffer_text(&bytes), bytes.length}, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
    while (bytes.length <= DOCUMENT_BYTES_MAX)
        buffer_append_string(&bytes, "x\n");
    assert_false(parses((struct span){buffer_text(&bytes), bytes.length}, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
    buffer_free(&bytes);
}

static void words_go_both_ways(void **state)
{
    (void)state;
    struct buffer word;
    char text[64];
    buffer_init(&word, 1000);
    assert_true(document_encode(SPAN("a b%c,\xE4\xB8\xAD"), &word));
    assert_string_equal(buffer_text(&word), "a%20b%25c%2C%E4%B8%AD");
    document_decode((struct span){buffer_text(&word), word.length}, text, sizeof text);
    assert_string_equal(text, "a b%c,\xE4\xB8\xAD");
    assert_int_equal(document_decode(SPAN("abc"), text, 3), 2);
    buffer_free(&word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_the_form_is_refused),
        cmocka_unit_test(its_parts_are_found),
        cmocka_unit_test(it_is_built_from_its_parts),
        cmocka_unit_test(no_piece_of_it_will_do),
        cmocka_unit_test(nothing_hidden_gets_in),
        cmocka_unit_test(its_limits),
        cmocka_unit_test(words_go_both_ways),
    };
    return cmocka_run_group_tests(tests, read_good, free_good);
}
