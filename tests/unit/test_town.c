/* The town's parts that must not change from system to system: numbers, names, amounts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daybook/town/town.h"
#include "daybook/base/text.h"

static void test_numbers_follow_from_the_seed(void **state)
{
    struct town_random a, b, c;
    bool differs = false;

    (void)state;
    town_random_seed(&a, 7);
    town_random_seed(&b, 7);
    town_random_seed(&c, 8);
    for (int i = 0; i < 1000; i++) {
        uint64_t number = town_random_next(&a);

        assert_true(number == town_random_next(&b));
        differs = differs || number != town_random_next(&c);
    }
    assert_true(differs);
}

static void test_numbers_stay_inside_and_reach_the_ends(void **state)
{
    struct town_random random;
    int counts[5] = {0};

    (void)state;
    town_random_seed(&random, 1);
    for (int i = 0; i < 5000; i++)
        counts[town_random_between(&random, -2, 2) + 2]++;
    for (int i = 0; i < 5; i++)
        assert_in_range(counts[i], 850, 1150);
    assert_int_equal(town_random_below(&random, 1), 0);
    assert_false(town_random_chance(&random, 0));
    assert_true(town_random_chance(&random, 1000));
}

/* Payees must survive every reader: well-formed, not empty, without what CSV or :86: would cut. */
static void test_names_are_text(void **state)
{
    struct town_random random;

    (void)state;
    town_random_seed(&random, 3);
    for (int i = 0; i < 20000; i++) {
        char name[TOWN_NAME], account[TOWN_ACCOUNT];

        town_name(&random, name);
        town_account(&random, account);
        assert_true(text_is_utf8(span_of(name)));
        assert_true(strlen(name) > 0);
        assert_null(strpbrk(name, "\r\n,\"?/"));
        assert_int_equal(strlen(account), 19);
    }
}

static void test_amounts_are_counted(void **state)
{
    struct town town = {.amounts = town_amounts_new(10)};

    (void)state;
    town_random_seed(&town.random, 5);
    town_amounts_add(town.amounts, 500);
    town_amounts_add(town.amounts, 500);
    assert_int_equal(town_amounts_count(town.amounts, 500), 2);
    assert_int_equal(town_amounts_count(town.amounts, 501), 0);
    for (int i = 0; i < 200; i++) {
        int64_t amount = town_amounts_fresh(&town, 100);

        assert_int_equal(town_amounts_count(town.amounts, amount), 1);
        assert_int_not_equal(amount, 500);
    }
    town_amounts_free(town.amounts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_follow_from_the_seed),
        cmocka_unit_test(test_numbers_stay_inside_and_reach_the_ends),
        cmocka_unit_test(test_names_are_text),
        cmocka_unit_test(test_amounts_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
