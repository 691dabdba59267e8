/* Surfaces: whatever text comes, only printable cells within the bounds. */
#include "table.h"

#include "daybook/term/surface.h"

/* WIDTH TEXT: the row of a surface of 12 cells, drawn at column 1. */
static void surface_case(const struct table_row *row, char *out, size_t size)
{
    struct surface surface;
    surface_init(&surface, 1, 12);
    surface_span(&surface, 0, 1, (int)table_number(row, 0), ROLE_TEXT, row->cells[1]);
    surface_row_text(&surface, 0, out, size);
    surface_free(&surface);
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/surface.tbl", surface_case);
}

static void bar_text(int width, int64_t part, int64_t whole, bool ascii, char *out, size_t size)
{
    struct surface surface;
    surface_init(&surface, 1, 20);
    surface.ascii = ascii;
    surface_bar(&surface, 0, 0, width, part, whole, ROLE_TEXT);
    surface_row_text(&surface, 0, out, size);
    surface_free(&surface);
}

static void test_bars(void **state)
{
    (void)state;
    static const struct {
        int width;
        int64_t part, whole;
        bool ascii;
        const char *expected;
    } cases[] = {
        {4, 0, 10, false, ""}, {4, 10, 10, false, "████"}, {4, 5, 10, false, "██"},
        {4, 1, 1000000, false, "▏"}, {4, 9999, 10000, false, "███▉"}, {4, 20, 10, false, "████"},
        {4, 5, 0, false, ""}, {4, -3, 10, false, ""}, {4, 5, 10, true, "##"},
        {4, 1, 1000000, true, "#"}, {4, INT64_MAX, INT64_MAX, false, "████"},
        {4, INT64_MAX / 2, INT64_MAX, true, "##"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[128];
        bar_text(cases[i].width, cases[i].part, cases[i].whole, cases[i].ascii, out, sizeof out);
        assert_string_equal(out, cases[i].expected);
    }
}

static void test_wide_edges(void **state)
{
    (void)state;
    struct surface surface;
    char out[128];
    surface_init(&surface, 1, 6);
    surface_put(&surface, 0, 0, ROLE_TEXT, "王小明");
    surface_put(&surface, 0, 1, ROLE_TEXT, "x"); /* half of the first goes: so does all of it */
    surface_row_text(&surface, 0, out, sizeof out);
    assert_string_equal(out, " x小明");
    surface_put(&surface, 0, 2, ROLE_TEXT, "y");
    surface_row_text(&surface, 0, out, sizeof out);
    assert_string_equal(out, " xy 明");
    surface_put(&surface, 0, 5, ROLE_TEXT, "王");
    surface_row_text(&surface, 0, out, sizeof out);
    assert_string_equal(out, " xy  ~");
    surface_put(&surface, 3, 0, ROLE_TEXT, "outside");
    surface_put(&surface, 0, 99, ROLE_TEXT, "outside");
    surface_fill(&surface, -1, -5, 500, ROLE_TEXT);
    surface_resize(&surface, -4, 1 << 20);
    assert_int_equal(surface.rows, 1);
    assert_int_equal(surface.cols, SURFACE_COLS_MAX);
    surface_free(&surface);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_bars),
                                       cmocka_unit_test(test_wide_edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
