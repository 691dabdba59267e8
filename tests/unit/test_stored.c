/* Sentences of the database in another language: tests/unit/stored.tbl. */
#include "table.h"

#include "daybook/base/language.h"
#include "daybook/view/stored.h"

enum { ROOM = 2048 };

static struct screen_set *screens;

static void stored_case(const struct table_row *row, char *out, size_t size)
{
    struct view_world world = {.screens = screens};
    char room[ROOM];
    const char *kind = table_cell(row, 0), *text = table_cell(row, 1);
    const char *shown = strcmp(kind, "text") == 0
        ? stored_text(&world, text, room, sizeof room)
        : stored_event(&world, kind, text, room, sizeof room);
    snprintf(out, size, "%s", shown);
}

static void is_shown_in_chinese(void **state)
{
    (void)state;
    struct screen_faults faults = {0}, notes = {0};
    struct error error;
    assert_true(language_start("zh_CN", "build/share", &error));
    screens = screen_set_load(NULL, &(struct screen_names){0}, &faults, &notes);
    table_check("tests/unit/stored.tbl", stored_case);
    screen_set_free(screens);
    screen_faults_free(&faults);
    screen_faults_free(&notes);
}

static void english_is_left_alone(void **state)
{
    (void)state;
    static const char sentence[] = "The bank returned this payout.";
    char room[ROOM];
    struct error error;
    assert_true(language_start("en", "build/share", &error));
    assert_ptr_equal(stored_text(&(struct view_world){0}, sentence, room, sizeof room), sentence);
    assert_string_equal(_("verb|open"), "open");
    assert_string_equal(_("a | b"), "a | b");
    assert_string_equal(_(""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_shown_in_chinese),
                                       cmocka_unit_test(english_is_left_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
