/* Filter words: typed words into conditions, or a sentence that says what is wrong. */
#include "table.h"

#include "daybook/view/filter.h"

static const struct field_value states[] = {{.code = "NEW", .label = "new"},
                                            {.code = "BANK_ONLY", .label = "bank only"}};
static const struct field fields[] = {
    {.name = "channel", .label = "Bank", .type = FIELD_CODE},
    {.name = "amount", .label = "Amount", .type = FIELD_MONEY},
    {.name = "opened_at", .label = "Opened", .type = FIELD_TIME},
    {.name = "value_date", .label = "Day", .type = FIELD_DATE},
    {.name = "state", .label = "State", .type = FIELD_CODE,
     .values = (struct field_value *)states, .value_count = 2},
    {.name = "payee", .label = "Payee", .type = FIELD_TEXT},
    {.name = "lines", .label = "Lines", .type = FIELD_COUNT},
    {.name = "late_s", .label = "Late", .type = FIELD_DURATION},
    {.name = "matched", .label = "Matched", .type = FIELD_BOOL},
    {.name = "match_rate", .label = "Rate", .type = FIELD_PERCENT}};
enum { FIELD_COUNT_HERE = sizeof fields / sizeof fields[0] };

static bool parse(struct filter *filter, struct span words, struct error *error)
{
    const struct field *list[FIELD_COUNT_HERE];
    for (size_t i = 0; i < FIELD_COUNT_HERE; i++)
        list[i] = &fields[i];
    /* 2026-11-20T01:31:00Z, which is 09:31 in Shanghai. */
    const struct filter_context context = {.fields = list, .field_count = FIELD_COUNT_HERE,
                                           .now = INT64_C(1795138260000000),
                                           .utc_offset_s = 28800, .exponent = 2};
    return filter_parse(filter, words, &context, error);
}

static void filter_case(const struct table_row *row, char *out, size_t size)
{
    struct filter filter;
    struct error error;
    size_t length = 0;
    if (!parse(&filter, row->cells[0], &error)) {
        assert_int_equal(filter.count, 0);
        snprintf(out, size, "%s", error.message);
        return;
    }
    for (size_t i = 0; i < filter.count; i++) {
        const struct filter_condition *condition = &filter.conditions[i];
        length += (size_t)snprintf(out + length, size - length, "%s%s%s", i == 0 ? "" : " and ",
                                   condition->field->name,
                                   filter_operator_sql(condition->operator));
        for (size_t j = 0; j < condition->value_count; j++)
            length += (size_t)snprintf(out + length, size - length, "%s%s", j == 0 ? "" : "|",
                                       condition->values[j]);
    }
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/filter.tbl", filter_case);
}

static void test_chips(void **state)
{
    (void)state;
    struct filter filter;
    struct error error;
    char out[128];
    assert_true(parse(&filter, SPAN("amount>1000 state:new,bankonly late<3d"), &error));
    assert_string_equal(filter_chip(&filter.conditions[0], 2, out, sizeof out),
                        "Amount > 1,000.00");
    assert_string_equal(filter_chip(&filter.conditions[1], 2, out, sizeof out),
                        "State = new, bank only");
    filter_chip(&filter.conditions[1], 2, out, 9);
    assert_string_equal(out, "State = ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_chips)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
