/* Amounts in words: a table of cases, and that the longest amounts fit. */
#include "table.h"

#include "daybook/domain/money_words.h"

static void words_case(const struct table_row *row, char *out, size_t size)
{
    char words[MONEY_WORDS_TEXT];
    struct currency currency;
    bool chinese = strcmp(table_cell(row, 0), "zh") == 0;
    assert_true(currency_parse(row->cells[2], &currency));
    int64_t minor = table_number(row, 1);
    snprintf(out, size, "%s", chinese ? money_words_chinese(minor, currency, words)
                                      : money_words_english(minor, currency, words));
}

static void words_follow_the_table(void **state)
{
    (void)state;
    table_check("tests/unit/money_words.tbl", words_case);
}

static void the_longest_fit(void **state)
{
    (void)state;
    char words[MONEY_WORDS_TEXT];
    static const char *const codes[] = {"CNY", "HKD", "JPY", "BHD", "XXX"};
    static const int64_t amounts[] = {INT64_MIN, INT64_MAX, -7777777777777777777,
                                      7373737373737373737};
    for (size_t c = 0; c < 5; c++)
        for (size_t a = 0; a < 4; a++) {
            struct currency currency;
            assert_true(currency_parse(span_of(codes[c]), &currency));
            assert_true(strlen(money_words_english(amounts[a], currency, words)) > 20);
            assert_true(strlen(money_words_chinese(amounts[a], currency, words)) > 20);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_follow_the_table),
        cmocka_unit_test(the_longest_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
