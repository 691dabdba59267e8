/* Pictures of details: two sides compared, timelines, bars, gates. */
#include "parts.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_WIDTH = 16, GUTTER = 3, SIDE_MAX = 44, TEXT_ROWS_MAX = 3 };

const char *const view_part_names[] = {"compare", "timeline", "bars", "gates",
                                       "ladder",  "postings", "customer", "today",
                                       "document"};
const size_t view_part_count = sizeof view_part_names / sizeof view_part_names[0];

struct side {
    const char *prefix;
    const char *title;
    int col, width;
    bool present;
};

static struct rows_cell side_cell(const struct page *page, const struct side *side,
                                  const char *name)
{
    char column[160];
    snprintf(column, sizeof column, "%s_%s", side->prefix, name);
    return page_named(page, 0, column);
}

static void show_side(const struct part_canvas *canvas, const struct page *page,
                      const struct side *side, const struct field *field, struct shown *shown)
{
    const char *currency = "";
    struct rows_cell cell = side_cell(page, side, field->name);
    if (field->currency != NULL) {
        currency = side_cell(page, side, field->currency).text;
        if (currency[0] == '\0')
            currency = page_named(page, 0, field->currency).text;
    }
    value_show(canvas->world, field, cell, currency, canvas->surface->ascii, shown);
}

static bool side_present(const struct page *page, const struct side *side,
                         const struct screen_item *item)
{
    for (size_t i = 4; i < item->arg_count; i++) {
        if (!side_cell(page, side, item->args[i]).null)
            return true;
    }
    return false;
}

/* Whether the sides disagree: as they stand, or where what is masked differs, as the row says. */
static bool sides_differ(const struct page *page, const struct rows_cell cells[2],
                         const struct field *field)
{
    char name[64];
    snprintf(name, sizeof name, "%s_differs", field->name);
    return cells[0].null != cells[1].null || strcmp(cells[0].text, cells[1].text) != 0 ||
           cell_true(page_named(page, 0, name));
}

/* One field on both sides; a difference has a mark of its own and stands out. What neither side has
 * takes no row. Returns the row after it. */
static int compare_row(const struct part_canvas *canvas, int row, const struct page *page,
                       const struct side sides[2], const struct field *field)
{
    struct shown shown[2];
    struct rows_cell cells[2];
    for (int i = 0; i < 2; i++) {
        cells[i] = side_cell(page, &sides[i], field->name);
        show_side(canvas, page, &sides[i], field, &shown[i]);
    }
    if (cells[0].null && cells[1].null)
        return row;
    bool both = sides[0].present && sides[1].present;
    bool differ = both && sides_differ(page, cells, field);
    if (differ)
        surface_put(canvas->surface, row, canvas->col - 2, ROLE_WARNING, "!");
    surface_text(canvas->surface, row, canvas->col, LABEL_WIDTH - 1, ROLE_DIM, _(field->label));
    for (int i = 0; i < 2; i++) {
        if (!sides[i].present)
            continue;
        enum text_role role = differ ? ROLE_WARNING : shown[i].role;
        surface_text(canvas->surface, row, sides[i].col, sides[i].width, role, shown[i].text);
    }
    return row + 1;
}

int part_compare(const struct part_canvas *canvas, const struct screen_item *item,
                 const struct page *page)
{
    int row = canvas->row;
    int half = (canvas->width - LABEL_WIDTH - GUTTER) / 2;
    half = half > SIDE_MAX ? SIDE_MAX : half;
    struct side sides[2];
    if (item->arg_count < 5 || half < 8)
        return row;
    for (int i = 0; i < 2; i++) {
        sides[i] = (struct side){.prefix = item->args[2 * i], .title = _(item->args[2 * i + 1]),
                                 .col = canvas->col + LABEL_WIDTH + i * (half + GUTTER),
                                 .width = half};
        sides[i].present = side_present(page, &sides[i], item);
    }
    if (!sides[0].present && !sides[1].present)
        return row;
    for (int i = 0; i < 2; i++)
        surface_text(canvas->surface, row, sides[i].col, half, ROLE_HEADING, sides[i].title);
    row++;
    for (int i = 0; i < 2; i++) {
        if (!sides[i].present)
            surface_text(canvas->surface, row, sides[i].col, half, ROLE_DIM, _("none"));
    }
    for (size_t i = 4; i < item->arg_count; i++) {
        const struct field *field = field_find(canvas->world->screens, item->args[i]);
        if (field != NULL)
            row = compare_row(canvas, row, page, sides, field);
    }
    return row;
}

int part_timeline(const struct part_canvas *canvas, const struct page *page)
{
    static const struct field time_field = {.name = "at", .type = FIELD_TIME, .width = 11};
    int row = canvas->row;
    enum { TIME_WIDTH = 13, WHO_WIDTH = 14, WHAT_WIDTH = 16 };
    int text_col = canvas->col + TIME_WIDTH + WHO_WIDTH + WHAT_WIDTH;
    for (size_t i = 0; i < page->row_count; i++) {
        struct shown shown;
        char text[4 * SHOWN_TEXT_MAX];
        const char *what = page_named(page, i, "what").text;
        cell_show(canvas->world, &time_field, page, i, canvas->surface->ascii, &shown);
        surface_text(canvas->surface, row, canvas->col, TIME_WIDTH - 1, ROLE_DIM, shown.text);
        surface_text(canvas->surface, row, canvas->col + TIME_WIDTH, WHO_WIDTH - 1, ROLE_TEXT,
                     page_named(page, i, "who").text);
        surface_text(canvas->surface, row, canvas->col + TIME_WIDTH + WHO_WIDTH, WHAT_WIDTH - 1,
                     ROLE_TEXT, _(what));
        int used = draw_wrapped(canvas->surface, row, text_col,
                                canvas->col + canvas->width - text_col, TEXT_ROWS_MAX, ROLE_TEXT,
                                stored_event(canvas->world, what, page_named(page, i, "text").text,
                                             text, sizeof text));
        row += used > 0 ? used : 1;
    }
    if (page->row_count == 0)
        surface_put(canvas->surface, row++, canvas->col, ROLE_DIM, _("Nothing has happened yet."));
    return row;
}

static int64_t largest_value(const struct page *page)
{
    int64_t largest = 0, value = 0;
    for (size_t i = 0; i < page->row_count; i++) {
        if (cell_number(page_named(page, i, "value"), &value) && value > largest)
            largest = value;
    }
    return largest;
}

int part_bars(const struct part_canvas *canvas, const struct page *page)
{
    int64_t largest = largest_value(page);
    int row = canvas->row;
    int bar_col = canvas->col + LABEL_WIDTH;
    int bar_width = canvas->width - LABEL_WIDTH - 12;
    if (bar_width > 40)
        bar_width = 40;
    for (size_t i = 0; i < page->row_count; i++, row++) {
        int64_t value = 0, whole = largest;
        char number[MONEY_TEXT];
        cell_number(page_named(page, i, "value"), &value);
        cell_number(page_named(page, i, "whole"), &whole);
        surface_text(canvas->surface, row, canvas->col, LABEL_WIDTH - 1, ROLE_TEXT,
                     _(page_named(page, i, "label").text));
        surface_bar(canvas->surface, row, bar_col, bar_width, value, whole, ROLE_INFO);
        surface_right(canvas->surface, row, bar_col + bar_width + 1, 10, ROLE_TEXT,
                      count_text(value, number));
    }
    return row;
}

int part_gates(const struct part_canvas *canvas, const struct page *page)
{
    int row = canvas->row;
    for (size_t i = 0; i < page->row_count; i++, row++) {
        char note[SHOWN_TEXT_MAX];
        bool done = cell_true(page_named(page, i, "done"));
        enum glyph glyph = done ? GLYPH_CHECK : GLYPH_MIDDLE;
        surface_put(canvas->surface, row, canvas->col, done ? ROLE_OK : ROLE_WARNING,
                    surface_glyph(canvas->surface, glyph));
        surface_text(canvas->surface, row, canvas->col + 2, LABEL_WIDTH + 12, ROLE_TEXT,
                     _(page_named(page, i, "gate").text));
        int col = canvas->col + LABEL_WIDTH + 15;
        surface_text(canvas->surface, row, col, canvas->col + canvas->width - col,
                     done ? ROLE_DIM : ROLE_WARNING,
                     stored_text(canvas->world, page_named(page, i, "note").text, note,
                                 sizeof note));
    }
    return row;
}
