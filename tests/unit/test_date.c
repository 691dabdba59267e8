/* Dates and times: a table of cases, and every day of the calendar. */
#include "table.h"

#include <inttypes.h>

#include "daybook/base/date.h"

static void time_case(const struct table_row *row, char *out, size_t size)
{
    time_us time;
    char text[TIME_TEXT];
    if (time_parse(row->cells[1], &time))
        snprintf(out, size, "%s", time_text(time, text));
    else
        snprintf(out, size, "no");
}

static void local_case(const struct table_row *row, char *out, size_t size)
{
    time_us time;
    char day[DATE_TEXT], clock[9];
    int offset_s = (int)table_number(row, 2);
    assert_true(time_parse(row->cells[1], &time));
    snprintf(out, size, "%s %s", date_text(time_day(time, offset_s), day),
             time_clock_text(time, offset_s, clock));
}

static void date_case(const struct table_row *row, char *out, size_t size)
{
    const char *verb = table_cell(row, 0);
    date_day day = DATE_NONE;
    char text[DATE_TEXT];
    if (strcmp(verb, "parse") == 0) {
        if (date_parse(row->cells[1], &day))
            snprintf(out, size, "%" PRId32, day);
        else
            snprintf(out, size, "no");
    } else if (strcmp(verb, "civil") == 0) {
        snprintf(out, size, "%s", date_text((date_day)table_number(row, 1), text));
    } else if (strcmp(verb, "weekday") == 0) {
        assert_true(date_parse(row->cells[1], &day));
        snprintf(out, size, "%d", date_weekday(day));
    } else if (strcmp(verb, "days") == 0) {
        int year = (int)table_number(row, 1), month = (int)table_number(row, 2);
        snprintf(out, size, "%d", date_days_in_month(year, month));
    } else if (strcmp(verb, "time") == 0) {
        time_case(row, out, size);
    } else {
        local_case(row, out, size);
    }
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/date.tbl", date_case);
}

/* Walks the calendar day by day with the rules a person uses, beside the arithmetic. */
static void test_every_day_follows_the_last(void **state)
{
    (void)state;
    date_day expected = -719162;
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= date_days_in_month(year, month); day++, expected++) {
                date_day number;
                int y, m, d;
                assert_true(date_from_civil(year, month, day, &number));
                assert_int_equal(number, expected);
                date_to_civil(number, &y, &m, &d);
                assert_true(y == year && m == month && d == day);
            }
}

static void test_none_stays_none(void **state)
{
    (void)state;
    char text[TIME_TEXT], clock[9];
    assert_string_equal(date_text(DATE_NONE, text), "");
    assert_string_equal(time_text(TIME_NONE, text), "");
    assert_string_equal(time_clock_text(TIME_NONE, 0, clock), "");
    assert_int_equal(time_day(TIME_NONE, 3600), DATE_NONE);
    assert_int_equal(time_day(INT64_MIN + 1, -3600), DATE_NONE);
}

static void test_clocks_run_forward(void **state)
{
    (void)state;
    assert_true(clock_now() > 0);
    int64_t before = clock_monotonic_us();
    assert_true(clock_monotonic_us() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_every_day_follows_the_last),
        cmocka_unit_test(test_none_stays_none),
        cmocka_unit_test(test_clocks_run_forward),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
