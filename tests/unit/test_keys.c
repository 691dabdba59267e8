/* Keys: bytes into events, whole and one byte at a time. */
#include "table.h"

#include "daybook/term/keys.h"

static size_t put_event(const struct input_event *event, char *out, size_t size, size_t length)
{
    char name[16];
    keys_name(event->code, name);
    const char *gap = length == 0 ? "" : " ";
    if (event->code == INPUT_PASTE)
        return (size_t)snprintf(out + length, size - length, "%spaste[%s]%s", gap, event->text,
                                event->cut ? "cut" : "");
    return (size_t)snprintf(out + length, size - length, "%s%s%s", gap,
                            event->alt ? "Alt-" : "", name);
}

/* Feeds the bytes in pieces; what waits at the end expires. */
static void decode(struct span bytes, size_t piece, char *out, size_t size)
{
    struct keys keys;
    struct input_event event;
    size_t length = 0;
    keys_init(&keys);
    keys_learn(&keys, "\033[X", INPUT_F(11));
    for (size_t at = 0; at < bytes.length; at += piece) {
        size_t count = bytes.length - at < piece ? bytes.length - at : piece;
        assert_int_equal(keys_feed(&keys, bytes.data + at, count), count);
        while (keys_next(&keys, &event))
            length += put_event(&event, out, size, length);
    }
    while (keys_waiting(&keys)) {
        keys_expire(&keys);
        while (keys_next(&keys, &event))
            length += put_event(&event, out, size, length);
    }
    keys_free(&keys);
}

static void keys_case(const struct table_row *row, char *out, size_t size)
{
    char single[1024] = "";
    decode(row->cells[0], row->cells[0].length + 1, out, size);
    decode(row->cells[0], 1, single, sizeof single);
    if (strcmp(out, single) != 0)
        snprintf(out, size, "bytes one by one give: %s", single);
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/keys.tbl", keys_case);
}

static void test_names(void **state)
{
    (void)state;
    for (int32_t code = INPUT_ENTER; code <= INPUT_CTRL_Z; code++) {
        char name[16];
        int32_t again = INPUT_NONE;
        if (code == INPUT_PASTE)
            continue;
        keys_name(code, name);
        assert_true(name[0] != '\0' && keys_code(name, &again));
        assert_int_equal(again, code);
    }
    int32_t code;
    assert_false(keys_code("F13", &code));
    assert_false(keys_code("", &code));
    assert_false(keys_code("Ctrl-1", &code));
}

static void test_limits(void **state)
{
    (void)state;
    struct keys keys;
    struct input_event event;
    static char flood[KEYS_BYTES_MAX + 100];
    memset(flood, 'x', sizeof flood);
    keys_init(&keys);
    assert_int_equal(keys_feed(&keys, flood, sizeof flood), KEYS_BYTES_MAX);
    assert_int_equal(keys_feed(&keys, "y", 1), 0);
    assert_true(keys_next(&keys, &event));
    assert_int_equal(keys_feed(&keys, "y", 1), 1);
    keys_flush(&keys);
    assert_false(keys_next(&keys, &event));
    /* A paste of any size keeps its beginning and says that it was cut. */
    keys_feed(&keys, "\033[200~", 6);
    for (int i = 0; i < 10; i++) {
        assert_false(keys_next(&keys, &event));
        assert_int_equal(keys_feed(&keys, flood, 10000), 10000);
    }
    assert_false(keys_next(&keys, &event));
    assert_false(keys_waiting(&keys));
    keys_feed(&keys, "\033[201~", 6);
    assert_true(keys_next(&keys, &event));
    assert_int_equal(event.code, INPUT_PASTE);
    assert_true(event.cut);
    assert_int_equal(event.length, KEYS_PASTE_MAX);
    keys_free(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_names), cmocka_unit_test(test_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
