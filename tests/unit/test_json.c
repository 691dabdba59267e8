/* The JSON writer. */
#include "table.h"

#include "daybook/base/json.h"

static void objects_nest(void **state)
{
    (void)state;
    struct buffer out;
    struct json json;
    buffer_init(&out, 4096);
    json_write_start(&json, &out);
    json_write_object(&json);
    json_write_key(&json, "a"), json_write_int(&json, INT64_MIN);
    json_write_key(&json, "b"), json_write_array(&json);
    json_write_end(&json);
    json_write_key(&json, "c"), json_write_array(&json);
    json_write_bool(&json, true), json_write_null(&json), json_write_string(&json, NULL);
    json_write_object(&json);
    json_write_end(&json);
    json_write_end(&json);
    json_write_key(&json, "d"), json_write_string(&json, "");
    json_write_end(&json);
    assert_string_equal(buffer_text(&out),
                        "{\"a\":-9223372036854775808,\"b\":[],"
                        "\"c\":[true,null,null,{}],\"d\":\"\"}");
    buffer_free(&out);
}

static void text_case(const struct table_row *row, char *out, size_t size)
{
    struct buffer buffer;
    struct json json;
    buffer_init(&buffer, 4096);
    json_write_start(&json, &buffer);
    json_write_text(&json, row->cells[0]);
    snprintf(out, size, "%s", buffer_text(&buffer));
    buffer_free(&buffer);
}

static void texts_are_escaped(void **state)
{
    (void)state;
    table_check("tests/unit/json.tbl", text_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_nest),
        cmocka_unit_test(texts_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
