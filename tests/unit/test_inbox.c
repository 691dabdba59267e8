/* The inbox: what waits, what is ready, and where it goes. Time is an argument, so nothing here
 * waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/store/inbox.h"

enum { SETTLE_US = 1000 };

struct fixture {
    char directory[64];
    struct inbox *inbox;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct error error;

    snprintf(fixture->directory, sizeof fixture->directory, "/tmp/daybook-inbox.XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    fixture->inbox = inbox_new(fixture->directory, SETTLE_US, &error);
    assert_non_null(fixture->inbox);
    *state = fixture;
    return 0;
}

static void path_of(const struct fixture *fixture, const char *name, char out[512])
{
    snprintf(out, 512, "%s/%s", fixture->directory, name);
}

static void put(const struct fixture *fixture, const char *name, const char *text)
{
    char path[512];

    path_of(fixture, name, path);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool is_there(const struct fixture *fixture, const char *name)
{
    char path[512];

    path_of(fixture, name, path);
    return access(path, F_OK) == 0;
}

static void drop(const struct fixture *fixture, const char *name)
{
    char path[512];

    path_of(fixture, name, path);
    (void)remove(path);
}

static int tear_down(void **state)
{
    static const char *const left[] = {"a",      "b",        "c.part", ".hidden", "link",
                                       "done/a", "done/a.1", "done/b", "bad/a",   "bad",
                                       "done",   ""};
    struct fixture *fixture = *state;

    inbox_free(fixture->inbox);
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        drop(fixture, left[i]);
    assert_int_not_equal(access(fixture->directory, F_OK), 0);
    free(fixture);
    return 0;
}

/* The name of what is ready, "" where nothing is. */
static const char *ready(struct fixture *fixture, int64_t now_us)
{
    inbox_look(fixture->inbox, now_us);
    const char *path = inbox_ready(fixture->inbox, now_us);

    return path ? strrchr(path, '/') + 1 : "";
}

static void test_a_file_settles_first(void **state)
{
    struct fixture *fixture = *state;
    struct error error;

    put(fixture, "a", "one");
    assert_string_equal(ready(fixture, 100), "");
    assert_int_equal(inbox_next_look(fixture->inbox), 100 + SETTLE_US);
    assert_string_equal(ready(fixture, 99 + SETTLE_US), "");
    /* It grew: it starts to settle anew. */
    put(fixture, "a", "one two");
    assert_string_equal(ready(fixture, 100 + SETTLE_US), "");
    assert_string_equal(ready(fixture, 100 + 2 * SETTLE_US), "a");
    assert_true(inbox_done(fixture->inbox, &error));
    assert_true(is_there(fixture, "done/a"));
    assert_false(is_there(fixture, "a"));
    assert_string_equal(ready(fixture, 100 + 9 * SETTLE_US), "");
    assert_int_equal(inbox_next_look(fixture->inbox), INT64_MAX);
}

static void test_by_name_and_without_replacing(void **state)
{
    struct fixture *fixture = *state;
    struct error error;

    put(fixture, "b", "two");
    put(fixture, "a", "one");
    put(fixture, "done/a", "older");
    (void)ready(fixture, 0);
    assert_string_equal(ready(fixture, SETTLE_US), "a");
    assert_true(inbox_done(fixture->inbox, &error));
    assert_true(is_there(fixture, "done/a.1"));
    assert_string_equal(ready(fixture, SETTLE_US), "b");
    assert_true(inbox_done(fixture->inbox, &error));
    assert_true(is_there(fixture, "done/b"));
}

static void test_what_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    char path[512];

    put(fixture, "c.part", "half");
    put(fixture, ".hidden", "not for us");
    path_of(fixture, "link", path);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    (void)ready(fixture, 0);
    assert_string_equal(ready(fixture, SETTLE_US), "");
    assert_int_equal(inbox_next_look(fixture->inbox), INT64_MAX);
}

static void test_later_and_bad(void **state)
{
    struct fixture *fixture = *state;
    struct error error;

    put(fixture, "a", "one");
    put(fixture, "b", "two");
    (void)ready(fixture, 0);
    assert_string_equal(ready(fixture, SETTLE_US), "a");
    /* What cannot be taken now does not keep the others from their turn. */
    inbox_later(fixture->inbox, SETTLE_US);
    assert_string_equal(ready(fixture, SETTLE_US + 1), "b");
    assert_true(inbox_done(fixture->inbox, &error));
    int64_t again_us = inbox_next_look(fixture->inbox);

    assert_true(again_us > SETTLE_US + 1 && again_us < INT64_MAX);
    assert_string_equal(ready(fixture, again_us), "a");
    assert_true(inbox_bad(fixture->inbox, &error));
    assert_true(is_there(fixture, "bad/a"));
}

static void test_a_file_that_went_away(void **state)
{
    struct fixture *fixture = *state;
    struct error error;

    put(fixture, "a", "one");
    (void)ready(fixture, 0);
    assert_string_equal(ready(fixture, SETTLE_US), "a");
    drop(fixture, "a");
    assert_false(inbox_done(fixture->inbox, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_string_equal(ready(fixture, SETTLE_US), "");
    assert_null(inbox_new("/nowhere/at/all", 0, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_file_settles_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_by_name_and_without_replacing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_later_and_bad, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_that_went_away, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
