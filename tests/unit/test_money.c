/* Decimals and money: a table of cases, and what must hold for all of them. */
#include "table.h"

#include <inttypes.h>

#include "daybook/domain/money.h"
#include "random.h"

static struct decimal row_decimal(const struct table_row *row, size_t index)
{
    struct decimal value = {.scale = (int)table_number(row, index + 1)};
    assert_true(text_to_int64(row->cells[index], &value.mantissa));
    return value;
}

static void put_decimal(bool known, struct decimal value, char *out, size_t size)
{
    if (known)
        snprintf(out, size, "%" PRId64 "/%d", value.mantissa, value.scale);
    else
        snprintf(out, size, "no");
}

static void put_minor(bool known, int64_t minor, char *out, size_t size)
{
    if (known)
        snprintf(out, size, "%" PRId64, minor);
    else
        snprintf(out, size, "no");
}

static void currency_case(const struct table_row *row, char *out, size_t size)
{
    struct currency currency;
    if (currency_parse(row->cells[1], &currency))
        snprintf(out, size, "%s %d", currency.code, currency_exponent(currency));
    else
        snprintf(out, size, "no");
}

static void text_case(const struct table_row *row, char *out, size_t size)
{
    char text[MONEY_TEXT];
    int64_t minor = 0;
    assert_true(text_to_int64(row->cells[1], &minor));
    bool grouped = strcmp(table_cell(row, 3), "yes") == 0;
    snprintf(out, size, "%s", money_text(minor, (int)table_number(row, 2), grouped, text));
}

static void money_case(const struct table_row *row, char *out, size_t size)
{
    const char *verb = table_cell(row, 0);
    struct decimal value = {0, 0};
    int64_t minor = 0;
    if (strcmp(verb, "decimal") == 0) {
        bool known = decimal_parse(span_of(table_cell(row, 1)), table_cell(row, 2)[0],
                                   table_cell(row, 3)[0], &value);
        put_decimal(known, value, out, size);
    } else if (strcmp(verb, "minor") == 0) {
        bool known = decimal_to_minor(row_decimal(row, 1), (int)table_number(row, 3), &minor);
        put_minor(known, minor, out, size);
    } else if (strcmp(verb, "add") == 0) {
        bool known = decimal_add(row_decimal(row, 1), row_decimal(row, 3), &value);
        put_decimal(known, value, out, size);
    } else if (strcmp(verb, "compare") == 0) {
        snprintf(out, size, "%d", decimal_compare(row_decimal(row, 1), row_decimal(row, 3)));
    } else if (strcmp(verb, "text") == 0) {
        text_case(row, out, size);
    } else if (strcmp(verb, "money") == 0) {
        bool known = money_parse(row->cells[1], (int)table_number(row, 2), &minor);
        put_minor(known, minor, out, size);
    } else {
        currency_case(row, out, size);
    }
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/money.tbl", money_case);
}

/* Numbers of every length, not only the long ones that random bits give. */
static int64_t random_amount(struct random *random)
{
    int64_t amount = (int64_t)(random_next(random) >> (1 + random_below(random, 63)));
    return random_next(random) % 2 == 0 ? amount : -amount;
}

static void test_print_then_parse_is_identity(void **state)
{
    (void)state;
    struct random random = {1};
    char text[MONEY_TEXT];
    for (int i = 0; i < 200000; i++) {
        struct decimal value = {random_amount(&random), (int)random_below(&random, 16)};
        struct decimal again;
        assert_true(decimal_parse(span_of(decimal_text(value, text)), '.', 0, &again));
        assert_true(again.mantissa == value.mantissa && again.scale == value.scale);

        int exponent = (int)random_below(&random, 5);
        int64_t minor;
        bool grouped = i % 2 == 0;
        assert_true(money_parse(span_of(money_text(value.mantissa, exponent, grouped, text)),
                                exponent, &minor));
        assert_true(minor == value.mantissa);
    }
}

static void test_adding_keeps_order_and_inverse(void **state)
{
    (void)state;
    struct random random = {2};
    for (int i = 0; i < 200000; i++) {
        struct decimal a = {random_amount(&random), (int)random_below(&random, 16)};
        struct decimal b = {random_amount(&random), (int)random_below(&random, 16)};
        assert_int_equal(decimal_compare(a, b), -decimal_compare(b, a));
        struct decimal sum, back;
        struct decimal minus_b = {-b.mantissa, b.scale};
        if (!decimal_add(a, b, &sum))
            continue;
        assert_int_equal(decimal_compare(sum, a), (b.mantissa > 0) - (b.mantissa < 0));
        if (decimal_add(sum, minus_b, &back))
            assert_int_equal(decimal_compare(back, a), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_print_then_parse_is_identity),
        cmocka_unit_test(test_adding_keeps_order_and_inverse),
    };
    return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
