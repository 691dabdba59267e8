/* The JSON writer. */
#include "table.h"

#include "daybook/base/json.h"

static void objects_nest(void **state)
{
    (void)state;
    struct buffer out;
    struct json json;
    buffer_init(&out, 4096);
    json_start(&json, &out);
    json_object(&json);
    json_key(&json, "a"), json_int(&json, INT64_MIN);
    json_key(&json, "b"), json_array(&json);
    json_end(&json);
    json_key(&json, "c"), json_array(&json);
    json_bool(&json, true), json_null(&json), json_string(&json, NULL);
    json_object(&json);
    json_end(&json);
    json_end(&json);
    json_key(&json, "d"), json_string(&json, "");
    json_end(&json);
    assert_string_equal(buffer_text(&out),
                        "{\"a\":-9223372036854775808,\"b\":[],\"c\":[true,null,null,{}],\"d\":\"\"}");
    buffer_free(&out);
}

static void text_case(const struct table_row *row, char *out, size_t size)
{
    struct buffer buffer;
    struct json json;
    buffer_init(&buffer, 4096);
    json_start(&json, &buffer);
    json_text(&json, row->cells[0]);
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
