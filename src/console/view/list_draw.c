/* Lists: drawing. One fact line, options, headings, rows, totals. */
#include <stdio.h>
#include <string.h>

#include "list.h"

enum { MARKER_WIDTH = 3, OPTION_WIDTH = 3, OPTION_HEADING = 5 };

struct list_shape {
    struct area area;
    int headings, first, rows, totals; /* rows of the surface; totals -1: none */
    int left;                          /* where columns begin */
};

static struct list_shape shape_of(const struct list *list, struct area area)
{
    bool options = list_has_options(list);
    bool totals = list->view.screen->total_count > 0;
    struct list_shape shape = {.area = area, .totals = -1};
    shape.headings = area.row + 2 + options;
    shape.first = shape.headings + 1;
    int last = area.row + area.rows;
    if (totals) {
        shape.totals = last - 1;
        last -= 2;
    }
    shape.rows = last > shape.first ? last - shape.first : 1;
    shape.left = area.col + MARKER_WIDTH + (options ? OPTION_WIDTH : 0);
    return shape;
}

/* "76", "10,000+", or "" while nobody knows; the count itself for the plural. */
static unsigned long count_words(const struct list *list, char *out, size_t out_size)
{
    char number[MONEY_TEXT];
    int64_t count = 0, part = 0;
    out[0] = '\0';
    if (list->totals == NULL)
        return 0;
    for (size_t row = 0; row < list->totals->row_count; row++) {
        if (cell_number(page_named(list->totals, row, "rows"), &part))
            count += part;
    }
    snprintf(out, out_size, "%s%s", count_text(count, number), list->totals->capped ? "+" : "");
    return (unsigned long)count;
}

/* "rows 1-15 of 44", "row 1 of 1". */
static void range_words(const char *from, const char *to, const char *count, const char *end,
                        char *out, size_t out_size)
{
    bool one = strcmp(from, to) == 0;
    if (count[0] == '\0' && one)
        snprintf(out, out_size, _("row %s  %s"), from, end);
    else if (count[0] == '\0')
        snprintf(out, out_size, _("rows %s-%s  %s"), from, to, end);
    else if (one)
        snprintf(out, out_size, _("row %s of %s  %s"), from, count, end);
    else
        snprintf(out, out_size, _("rows %s-%s of %s  %s"), from, to, count, end);
}

static void place_words(const struct list *list, size_t visible, char *out, size_t out_size)
{
    char count[MONEY_TEXT + 2], from[MONEY_TEXT], to[MONEY_TEXT];
    bool filtered = list->quick != NULL && list->quick[0] != '\0';
    size_t last = list->top + visible < list->shown_count ? list->top + visible
                                                          : list->shown_count;
    bool bottom = last == list->shown_count && !list->more_after;
    const char *end = bottom ? _("Bottom") : _("More...");
    unsigned long number = count_words(list, count, sizeof count);
    if (list->shown_count == 0)
        out[0] = '\0';
    else if (filtered)
        snprintf(out, out_size,
                 language_plural("%zu of %zu row read", "%zu of %zu rows read", list->loaded),
                 list->shown_count, list->loaded);
    else if (list->first_number == 0)
        snprintf(out, out_size,
                 language_plural("the last of %s row  %s", "the last of %s rows  %s", number),
                 count, end);
    else {
        count_text(list->first_number + (int64_t)list->top, from);
        count_text(list->first_number + (int64_t)last - 1, to);
        range_words(from, to, count, end, out, out_size);
    }
}

static int draw_chip(struct surface *surface, int row, int col, int end, const char *text)
{
    int width = text_width(span_of(text));
    if (col + 2 > end)
        return col;
    if (col + width > end)
        width = end - col;
    surface_text(surface, row, col, width, ROLE_INFO, text);
    return col + width + 3;
}

/* Filters in force stand as chips; then what the order is, if it is not the usual one. */
static int draw_chips(const struct list *list, struct surface *surface, int row, int col, int end)
{
    char text[SHOWN_TEXT_MAX];
    const struct screen *screen = list->view.screen;
    for (size_t i = 0; i < list->filter.count; i++) {
        filter_chip(&list->filter.conditions[i], list->view.world->exponent, text, sizeof text);
        col = draw_chip(surface, row, col, end, text);
    }
    if (list->quick != NULL && list->quick[0] != '\0') {
        snprintf(text, sizeof text, "/%s", list->quick);
        col = draw_chip(surface, row, col, end, text);
    }
    if (list->order > 0 || list->reversed) {
        const struct field *field = field_find(list->view.world->screens,
                                               screen->orders[list->order].columns[0]);
        bool down = screen->orders[list->order].descending != list->reversed;
        snprintf(text, sizeof text, "%s %s",
                 surface_glyph(surface, down ? GLYPH_DOWN : GLYPH_UP),
                 field == NULL ? screen->orders[list->order].columns[0] : _(field->label));
        col = draw_chip(surface, row, col, end, text);
    }
    return col;
}

static int draw_states(const struct list *list, struct surface *surface, int row, int col, int end)
{
    char text[SHOWN_TEXT_MAX], number[MONEY_TEXT];
    if (list->marks.marked > 0) {
        snprintf(text, sizeof text,
                 language_plural("%s marked", "%s marked", list->marks.marked),
                 count_text((int64_t)list->marks.marked, number));
        col = draw_chip(surface, row, col, end, text);
        if (list->marks_full)
            col = draw_chip(surface, row, col, end, _("no more can be marked"));
    }
    if (list->changed_rows > 0) {
        snprintf(text, sizeof text,
                 language_plural("%zu row changed, R applies", "%zu rows changed, R applies",
                                 list->changed_rows),
                 list->changed_rows);
        col = draw_chip(surface, row, col, end, text);
    }
    return col;
}

static void draw_prompt(const struct list *list, struct surface *surface, int row, int col,
                        int end)
{
    char text[EDITOR_BYTES_MAX];
    int cursor = 0;
    surface_put(surface, row, col, ROLE_KEY, list->prompt == PROMPT_QUICK ? "/" : "\\");
    int width = end - col - 2;
    if (width < 4)
        width = 4;
    editor_window(&list->editor, width, text, sizeof text, &cursor);
    surface_text(surface, row, col + 2, width, ROLE_INPUT, text);
    surface_cursor(surface, row, col + 2 + cursor);
}

static void draw_fact_line(struct list *list, struct surface *surface,
                           const struct list_shape *shape)
{
    char place[SHOWN_TEXT_MAX], more[64];
    struct area area = shape->area;
    place_words(list, (size_t)shape->rows, place, sizeof place);
    int width = text_width(span_of(place));
    int end = area.col + area.cols - 1 - width;
    surface_text(surface, area.row, end, width, ROLE_DIM, place);
    end -= 2;
    if (list->prompt != PROMPT_NONE) {
        draw_prompt(list, surface, area.row, area.col + 1, end);
        return;
    }
    int col = draw_chips(list, surface, area.row, area.col + 1, end);
    col = draw_states(list, surface, area.row, col, end);
    if (list->hidden > 0) {
        snprintf(more, sizeof more,
                 language_plural("%zu more column: Right", "%zu more columns: Right",
                                 list->hidden),
                 list->hidden);
        if (col + text_width(span_of(more)) <= end)
            surface_put(surface, area.row, col, ROLE_DIM, more);
    }
}

static void draw_options(const struct list *list, struct surface *surface, int row, int col)
{
    const struct screen *screen = list->view.screen;
    char number[8];
    surface_put(surface, row, col, ROLE_DIM, _("Opt"));
    col += OPTION_HEADING;
    for (size_t i = 0; i < screen->key_count; i++) {
        const struct screen_key *key = &screen->keys[i];
        if (key->option == 0)
            continue;
        const struct view_action *action = world_action(list->view.world, key->action);
        const char *word = action != NULL ? _(action->word)
                           : strcmp(key->action, "open") == 0 ? _("display") : key->action;
        snprintf(number, sizeof number, "%d", key->option);
        col = surface_put(surface, row, col, ROLE_KEY, number) + 1;
        col = surface_put(surface, row, col, ROLE_DIM, word) + 2;
    }
}

/* `>` and the hardware cursor on the cursor's row, `*` on a marked one, a circle on one that
 * changed, a cross on one that is gone. */
static void draw_markers(struct list *list, struct surface *surface, int row, int col,
                         size_t index, bool selected)
{
    const struct page *page = NULL;
    size_t page_row = 0;
    if (!list_row(list, index, &page, &page_row))
        return;
    enum list_change change = list_row_change(list, index);
    const struct mark *mark = marks_find(&list->marks, list_identity(list, page, page_row));
    bool options = list_has_options(list);
    surface_put(surface, row, col, ROLE_SELECTED, selected ? ">" : " ");
    if (mark != NULL && mark->marked)
        surface_put(surface, row, col + 1, ROLE_MARKED, "*");
    if (change != LIST_SAME)
        surface_put(surface, row, col + 2, ROLE_WARNING,
                    surface_glyph(surface, change == LIST_GONE ? GLYPH_CROSS : GLYPH_CIRCLE));
    const char *option = mark == NULL ? "" : mark->option;
    if (options)
        surface_text(surface, row, col + MARKER_WIDTH, 2, ROLE_INPUT, option);
    if (selected && list->prompt == PROMPT_NONE) {
        bool typing = options && option[0] != '\0';
        surface_cursor(surface, row,
                       typing ? col + MARKER_WIDTH + (int)strlen(option) : col);
    }
}

static void draw_rows(struct list *list, struct surface *surface, const struct list_shape *shape,
                      const struct placement *placement)
{
    for (int i = 0; i < shape->rows; i++) {
        const struct page *page = NULL;
        size_t row = 0, index = list->top + (size_t)i;
        if (!list_row(list, index, &page, &row))
            return;
        bool selected = index == list->cursor;
        columns_draw_row(surface, shape->first + i, list->view.world, placement, page, row,
                         selected);
        draw_markers(list, surface, shape->first + i, shape->area.col, index, selected);
    }
}

/* What stands in place of rows: why there are none. */
static void draw_nothing(const struct list *list, struct surface *surface,
                         const struct list_shape *shape)
{
    int64_t since = 0;
    const char *empty = list->view.screen->empty;
    bool narrowed = list->filter.count > 0 || (list->quick != NULL && list->quick[0] != '\0');
    bool waiting = list_waiting(&list->view, &since);
    const char *text = narrowed ? _("No row fits the filter; Esc takes it away.")
                       : empty != NULL ? _(empty) : _("There is nothing here.");
    enum text_role role = ROLE_TEXT;
    if (list->error[0] != '\0') {
        text = list->error;
        role = ROLE_BAD;
    } else if (waiting) {
        bool slow = list->view.world->clock.monotonic_us - since > QUICK_US;
        text = slow ? _("Reading...") : "";
        role = ROLE_DIM;
    }
    draw_wrapped(surface, shape->first + 1, shape->area.col + MARKER_WIDTH,
                 shape->area.cols - 2 * MARKER_WIDTH, 4, role, text);
    surface_cursor(surface, shape->first, shape->area.col);
}

static void total_words(const struct list *list, size_t index, char *out, size_t out_size)
{
    const struct field *field = list->view.screen->totals[index];
    struct sums sums = {0};
    int64_t amount = 0;
    const char *by = list->view.screen->totals[0]->currency;
    for (size_t row = 0; row < list->totals->row_count; row++) {
        const char *currency = by == NULL ? "" : page_named(list->totals, row, by).text;
        bool known = cell_number(page_named(list->totals, row, field->name), &amount);
        /* Rows without an amount have no currency either: nothing to add up. */
        if (known && (amount != 0 || currency[0] != '\0' || by == NULL))
            sums_add(&sums, field->type == FIELD_MONEY ? currency : "", amount);
    }
    sums_text(&sums, list->view.world, field, out, out_size);
}

/* A total says what it is the total of; of nothing there is none. */
static void draw_totals(const struct list *list, struct surface *surface,
                        const struct list_shape *shape)
{
    char count[MONEY_TEXT + 2], sum[192];
    int col = shape->area.col + MARKER_WIDTH;
    int end = shape->area.col + shape->area.cols - 1;
    unsigned long number = count_words(list, count, sizeof count);
    if (list->totals != NULL && number == 0)
        return;
    surface_rule(surface, shape->totals - 1, shape->area.col, shape->area.cols);
    if (list->totals == NULL)
        return;
    char label[128];
    if (list->totals->capped)
        snprintf(label, sizeof label, _("Total of the first %s rows"),
                 count_text(ROWS_COUNT_MAX, count));
    else
        snprintf(label, sizeof label,
                 language_plural("Total of %s row", "Total of %s rows", number), count);
    col = surface_put(surface, shape->totals, col, ROLE_DIM, label) + 3;
    for (size_t i = 0; i < list->view.screen->total_count && col < end; i++) {
        total_words(list, i, sum, sizeof sum);
        col = surface_put(surface, shape->totals, col, ROLE_DIM,
                          _(list->view.screen->totals[i]->label)) + 1;
        col = surface_put(surface, shape->totals, col, ROLE_TEXT, sum) + 3;
    }
}

void list_draw(struct view *view, struct surface *surface, struct area area)
{
    struct list *list = list_of(view);
    struct list_shape shape = shape_of(list, area);
    struct placement placement;
    list->visible = (size_t)shape.rows;
    columns_place(view->screen, shape.left, area.col + area.cols - shape.left - 1, list->shift,
                  &placement);
    list->hidden = placement.hidden;
    if (list->cursor >= list->top + list->visible)
        list->top = list->cursor - list->visible + 1;
    if (list_has_options(list))
        draw_options(list, surface, shape.headings - 1, area.col + MARKER_WIDTH);
    columns_draw_headings(surface, shape.headings, &placement);
    if (list->shown_count == 0)
        draw_nothing(list, surface, &shape);
    else
        draw_rows(list, surface, &shape, &placement);
    if (shape.totals >= 0)
        draw_totals(list, surface, &shape);
    draw_fact_line(list, surface, &shape);
}
