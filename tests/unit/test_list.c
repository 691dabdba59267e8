/* Lists without a terminal: pages, marks and options, refresh, answers out of order. */
#include "table.h"

#include "daybook/base/memory.h"
#include "daybook/term/keys.h"
#include "daybook/view/frame.h"
#include "screen/canned.h"

static const char dictionary[] =
    "field exception_id \"Exception\" 10 id priority 1\n"
    "field amount \"Amount\" 14 money of currency\n"
    "field currency \"Cur\" 3 code\n"
    "field payee \"Payee\" 20 text\n";

static const char text[] =
    "list exceptions \"Exceptions\"\n"
    "query exceptions\n"
    "order exception_id\n"
    "refresh 5\n"
    "column exception_id\n"
    "column amount\n"
    "column payee\n"
    "total amount\n"
    "filter amount\n"
    "key Enter open exceptions exception_id\n"
    "key C claim exception_id\n"
    "option 5 open exceptions exception_id\n"
    "option 9 claim exception_id amount\n";

struct fixture {
    struct view_world world;
    struct screen_set *set;
    struct view *view;
    struct surface surface;
};

static int setup(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    struct screen_faults faults = {0};
    fixture->set = screen_set_new();
    screen_set_fields(fixture->set, "fields", span_of(dictionary), &faults);
    screen_set_read(fixture->set, "exceptions.screen", span_of(text), &faults);
    assert_int_equal(faults.count, 0);
    fixture->world = (struct view_world){.screens = fixture->set, .exponent = 2, .page_rows = 7};
    fixture->world.clock.now = CANNED_NOW;
    fixture->view = view_new(&fixture->world, screen_find(fixture->set, "exceptions"), NULL);
    surface_init(&fixture->surface, 24, 80);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    view_free(fixture->view);
    surface_free(&fixture->surface);
    screen_set_free(fixture->set);
    free(fixture);
    return 0;
}

static void answer(struct fixture *fixture)
{
    struct view_need need;
    for (int rounds = 0; view_need_next(fixture->view, &need); rounds++) {
        assert_in_range(rounds, 0, 500);
        struct page *page = canned_page(&need);
        page->fetched_at = CANNED_NOW;
        view_arrived(fixture->view, need.serial, page);
    }
}

static void draw(struct fixture *fixture)
{
    surface_begin(&fixture->surface);
    view_draw(fixture->view, &fixture->surface, surface_area(&fixture->surface));
}

static struct view_effect press(struct fixture *fixture, const char *name)
{
    struct input_event event = {0};
    assert_true(keys_code(name, &event.code));
    struct view_effect effect = view_key(fixture->view, &event);
    answer(fixture);
    draw(fixture);
    return effect;
}

static const char *row_text(struct fixture *fixture, int row)
{
    static char out[1024];
    surface_row_text(&fixture->surface, row, out, sizeof out);
    return out;
}

/* The row under the cursor. */
static const char *cursor_text(struct fixture *fixture)
{
    return row_text(fixture, fixture->surface.cursor_row);
}

static void test_paging(void **state)
{
    struct fixture *fixture = *state;
    answer(fixture);
    draw(fixture);
    assert_non_null(strstr(cursor_text(fixture), "X-0001"));
    for (int i = 0; i < 122; i++)
        press(fixture, "Down");
    assert_non_null(strstr(cursor_text(fixture), "X-0123"));
    assert_non_null(strstr(row_text(fixture, 0), "of 123  Bottom"));
    press(fixture, "Down");
    assert_non_null(strstr(cursor_text(fixture), "X-0123"));
    for (int i = 0; i < 122; i++)
        press(fixture, "Up");
    assert_non_null(strstr(cursor_text(fixture), "X-0001"));
    press(fixture, "End");
    assert_non_null(strstr(cursor_text(fixture), "X-0123"));
    press(fixture, "Home");
    assert_non_null(strstr(cursor_text(fixture), "X-0001"));
}

/* Which row a key means is open while the rows are on their way, and only then. */
static void test_unsettled(void **state)
{
    struct fixture *fixture = *state;
    static const char *const keys[] = {"End", "*", "s"};
    assert_true(view_unsettled(fixture->view));
    answer(fixture);
    draw(fixture);
    assert_false(view_unsettled(fixture->view));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct input_event event = {0};
        assert_true(keys_code(keys[i], &event.code));
        view_key(fixture->view, &event);
        assert_true(view_unsettled(fixture->view));
        answer(fixture);
        assert_false(view_unsettled(fixture->view));
    }
    /* Read again, the cursor stays on its row. */
    view_reload(fixture->view, false);
    assert_false(view_unsettled(fixture->view));
    view_cancelled(fixture->view);
    assert_false(view_unsettled(fixture->view));
}

/* Keys typed while a page is on its way move on when it comes. */
static void test_typed_ahead(void **state)
{
    struct fixture *fixture = *state;
    struct input_event down = {.code = INPUT_DOWN};
    struct view_need need;
    int64_t since;
    assert_true(view_waiting(fixture->view, &since));
    answer(fixture);
    draw(fixture);
    press(fixture, "Home");
    for (int i = 0; i < 60; i++)
        view_key(fixture->view, &down);
    assert_true(view_need_next(fixture->view, &need) || view_need_next(fixture->view, &need));
    assert_int_equal(need.kind, NEED_AFTER);
    view_arrived(fixture->view, need.serial, canned_page(&need));
    answer(fixture);
    draw(fixture);
    assert_false(view_waiting(fixture->view, &since));
}

static void test_marks(void **state)
{
    struct fixture *fixture = *state;
    answer(fixture);
    draw(fixture);
    press(fixture, "Space");
    press(fixture, "PgDn");
    press(fixture, "PgDn");
    press(fixture, "PgDn");
    press(fixture, "Space");
    struct view_effect effect = press(fixture, "C");
    assert_int_equal(effect.kind, VIEW_RUN);
    assert_string_equal(effect.run->action, "claim");
    assert_int_equal(effect.run->row_count, 2);
    assert_true(effect.run->marked);
    assert_string_equal(view_run_value(effect.run, 0, 0), "X-0001");
    assert_null(effect.run->next);
    assert_null(view_run_value(effect.run, 2, 0));
    assert_null(view_run_value(effect.run, 0, 1));
    view_run_free(effect.run);
    press(fixture, "*");
    effect = press(fixture, "C");
    assert_int_equal(effect.run->row_count, 123);
    view_run_free(effect.run);
    press(fixture, "U");
    effect = press(fixture, "C");
    assert_int_equal(effect.run->row_count, 1);
    assert_false(effect.run->marked);
    view_run_free(effect.run);
}

static void test_options(void **state)
{
    struct fixture *fixture = *state;
    answer(fixture);
    draw(fixture);
    assert_false(view_dirty(fixture->view));
    press(fixture, "9");
    press(fixture, "Down");
    press(fixture, "5");
    press(fixture, "Down");
    press(fixture, "9");
    press(fixture, "9");
    assert_true(view_dirty(fixture->view));
    /* Opt 99 is none: nothing is done, the cursor goes there. */
    struct view_effect effect = press(fixture, "Enter");
    assert_int_equal(effect.kind, VIEW_MESSAGE);
    assert_non_null(strstr(effect.text, "99"));
    press(fixture, "Backspace");
    effect = press(fixture, "Enter");
    assert_int_equal(effect.kind, VIEW_RUN);
    assert_string_equal(effect.run->action, "open");
    assert_string_equal(effect.run->open, "exceptions");
    assert_string_equal(view_run_value(effect.run, 0, 0), "X-0002");
    assert_string_equal(effect.run->next->action, "claim");
    assert_int_equal(effect.run->next->row_count, 2);
    assert_int_equal(effect.run->next->arg_count, 2);
    assert_string_equal(view_run_value(effect.run->next, 1, 0), "X-0003");
    view_run_free(effect.run);
    assert_false(view_dirty(fixture->view));
    effect = press(fixture, "Enter");
    assert_int_equal(effect.kind, VIEW_OPEN);
    assert_string_equal(effect.text, "X-0003");
}

/* Rows never move under the cursor: what changed waits for R. */
static void test_refresh(void **state)
{
    struct fixture *fixture = *state;
    struct view_need need;
    answer(fixture);
    draw(fixture);
    press(fixture, "Down");
    fixture->world.clock.monotonic_us += 6 * 1000000;
    view_idle(fixture->view);
    assert_true(view_need_next(fixture->view, &need));
    assert_int_equal(need.kind, NEED_FIRST);
    struct page *page = canned_page(&need);
    /* The first row is gone: all others moved up by one. */
    struct page *changed = page_new(page->names, page->column_count, page->row_count, 0);
    for (size_t row = 1; row < page->row_count; row++) {
        page_row(changed);
        for (size_t column = 0; column < page->column_count; column++) {
            struct rows_cell cell = page_cell(page, row, (int)column);
            page_set(changed, column, cell.null ? NULL : cell.text, cell.length);
        }
    }
    changed->more_after = page->more_after;
    page_free(page);
    view_arrived(fixture->view, need.serial, changed);
    draw(fixture);
    assert_non_null(strstr(cursor_text(fixture), "X-0002"));
    assert_int_equal(fixture->surface.cursor_row, 5);
    assert_non_null(strstr(row_text(fixture, 0), "R applies"));
    assert_non_null(strstr(row_text(fixture, 0), "1 row changed"));
    assert_non_null(strstr(row_text(fixture, 4), "✗"));
    assert_null(strstr(row_text(fixture, 5), "✗"));
    assert_null(strstr(row_text(fixture, 5), "○"));
    press(fixture, "R");
    assert_non_null(strstr(cursor_text(fixture), "X-0002"));
    assert_null(strstr(row_text(fixture, 0), "R applies"));
}

/* What changes in a row is shown in its place, marked, and the cursor stays; R takes the mark. */
static void test_refresh_in_place(void **state)
{
    struct fixture *fixture = *state;
    struct view_need need;
    answer(fixture);
    draw(fixture);
    press(fixture, "Down");
    fixture->world.clock.monotonic_us += 6 * 1000000;
    view_idle(fixture->view);
    assert_true(view_need_next(fixture->view, &need));
    struct page *page = canned_page(&need);
    struct page *changed = page_new(page->names, page->column_count, page->row_count, 0);
    int party = page_column(page, "payee");
    assert_true(party >= 0);
    for (size_t row = 0; row < page->row_count; row++) {
        page_row(changed);
        for (size_t column = 0; column < page->column_count; column++) {
            struct rows_cell cell = page_cell(page, row, (int)column);
            bool other = row == 1 && (int)column == party;
            page_set(changed, column, other ? "Newcomer" : cell.null ? NULL : cell.text,
                     other ? 8 : cell.length);
        }
    }
    changed->more_after = page->more_after;
    page_free(page);
    view_arrived(fixture->view, need.serial, changed);
    draw(fixture);
    assert_int_equal(fixture->surface.cursor_row, 5);
    assert_non_null(strstr(row_text(fixture, 5), "○"));
    assert_non_null(strstr(row_text(fixture, 5), "Newcomer"));
    assert_null(strstr(row_text(fixture, 4), "○"));
    assert_null(strstr(row_text(fixture, 0), "R applies"));
    press(fixture, "R");
    draw(fixture);
    assert_null(strstr(row_text(fixture, 5), "○"));
    assert_non_null(strstr(row_text(fixture, 5), "Newcomer"));
}

/* An answer that nobody waits for any more changes nothing; an error is said in place of rows. */
static void test_answers(void **state)
{
    struct fixture *fixture = *state;
    struct view_need first, second;
    struct error error = {.code = ERROR_TIMEOUT, .message = "The database does not answer."};
    int64_t since;
    assert_true(view_need_next(fixture->view, &first));
    /* Rows on their way are as new as any, unless something was done to them. */
    view_reload(fixture->view, false);
    assert_false(view_need_next(fixture->view, &second));
    view_reload(fixture->view, true);
    assert_true(view_need_next(fixture->view, &second));
    assert_int_not_equal(first.serial, second.serial);
    view_arrived(fixture->view, first.serial, canned_page(&first));
    draw(fixture);
    assert_true(view_waiting(fixture->view, &since));
    view_failed(fixture->view, second.serial, &error);
    draw(fixture);
    assert_false(view_waiting(fixture->view, &since));
    assert_non_null(strstr(row_text(fixture, 5), "does not answer"));
    view_reload(fixture->view, false);
    view_cancelled(fixture->view);
    assert_false(view_waiting(fixture->view, &since));
    view_reload(fixture->view, false);
    answer(fixture);
    draw(fixture);
    assert_non_null(strstr(cursor_text(fixture), "X-0001"));
}

static void test_filter(void **state)
{
    struct fixture *fixture = *state;
    struct error error;
    answer(fixture);
    assert_false(view_filter_words(fixture->view, "amout>5", &error));
    assert_non_null(strstr(error.message, "did you mean 'amount'"));
    assert_true(view_filter_words(fixture->view, "amount>5", &error));
    struct view_need need;
    assert_true(view_need_next(fixture->view, &need));
    assert_int_equal(need.filter->count, 1);
    assert_string_equal(need.filter->conditions[0].values[0], "500");
    view_arrived(fixture->view, need.serial, canned_page(&need));
    answer(fixture);
    draw(fixture);
    assert_non_null(strstr(row_text(fixture, 0), "Amount > 5.00"));
    press(fixture, "Esc");
    assert_null(strstr(row_text(fixture, 0), "Amount > 5.00"));
}

/* Every size down to nothing draws without harm. */
static void test_sizes(void **state)
{
    struct fixture *fixture = *state;
    answer(fixture);
    for (int rows = 1; rows < 30; rows += 3) {
        for (int cols = 1; cols < 200; cols += 13) {
            surface_resize(&fixture->surface, rows, cols);
            draw(fixture);
            press(fixture, "PgDn");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_paging, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unsettled, setup, teardown),
        cmocka_unit_test_setup_teardown(test_typed_ahead, setup, teardown),
        cmocka_unit_test_setup_teardown(test_marks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_options, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refresh_in_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refresh, setup, teardown),
        cmocka_unit_test_setup_teardown(test_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_filter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sizes, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
