/* Bytes as text and back: what is read is exactly what is written. */
#include "table.h"

#include "daybook/trust/encode.h"

static void hex_goes_there_and_back(void **state)
{
    (void)state;
    unsigned char bytes[256], back[256];
    struct buffer text;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    buffer_init(&text, 1024);
    assert_true(hex_write(&text, bytes, sizeof bytes));
    assert_int_equal(text.length, 512);
    assert_true(hex_read_exactly(back, sizeof back, (struct span){text.data, text.length}));
    assert_memory_equal(bytes, back, sizeof bytes);
    buffer_free(&text);
    assert_false(hex_read_exactly(back, 1, SPAN("0G")));
    assert_false(hex_read_exactly(back, 1, SPAN("AB")));
    assert_false(hex_read_exactly(back, 1, SPAN("abc")));
    assert_false(hex_read_exactly(back, 2, SPAN("ab")));
}

static void base64_goes_there_and_back(void **state)
{
    (void)state;
    unsigned char bytes[100];
    struct buffer text, back;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 + 11);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        buffer_init(&text, 1024);
        buffer_init(&back, 1024);
        assert_true(base64_write(&text, bytes, length));
        assert_int_equal(text.length, (length + 2) / 3 * 4);
        assert_true(base64_read(&back, (struct span){text.data, text.length}));
        assert_int_equal(back.length, length);
        if (length > 0)
            assert_memory_equal(back.data, bytes, length);
        buffer_free(&text);
        buffer_free(&back);
    }
}

static void base64_has_one_form(void **state)
{
    (void)state;
    static const char *const bad[] = {"QQ", "QQ=", "QR==", "Q===", " QQ==", "QQ==\n", "QQ==QQ==",
                                      "QQ=A", "Q\xc3==", "====", "QUJ=", "-_-_"};
    struct buffer back;

    buffer_init(&back, 1024);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(base64_read(&back, span_of(bad[i])));
        assert_int_equal(back.length, 0);
    }
    assert_true(base64_read(&back, SPAN("QQ==")));
    assert_string_equal(buffer_text(&back), "A");
    buffer_free(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_goes_there_and_back),
        cmocka_unit_test(base64_goes_there_and_back),
        cmocka_unit_test(base64_has_one_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
