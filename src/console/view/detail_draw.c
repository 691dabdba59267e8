/* Details: the sections on a canvas, of which the part around the cursor is shown. */
#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "parts.h"

enum {
    MARGIN = 2,
    LABEL_WIDTH = 14,
    PAIR_MIN = 36,    /* cells for a label and its value side by side */
    RELATED_ROWS = 12 /* rows of a related list shown at once */
};

struct cursor_place {
    int row;
    bool set;
};

/* --- sections */

static int draw_pairs(struct detail *detail, const struct part_canvas *canvas, size_t from,
                      size_t to)
{
    int columns = canvas->width >= 3 * PAIR_MIN ? 3 : canvas->width >= 2 * PAIR_MIN - 4 ? 2 : 1;
    int width = canvas->width / columns;
    int row = canvas->row, at = 0;
    for (size_t i = from; i < to; i++) {
        const struct field *field = detail->view.screen->items[i].column.field;
        struct shown shown;
        cell_show(canvas->world, field, detail->page, 0, canvas->surface->ascii, &shown);
        bool absent = page_named(detail->page, 0, field->name).null;
        const char *currency = field->type == FIELD_MONEY && field->currency != NULL && !absent
                                   ? page_named(detail->page, 0, field->currency).text : "";
        char text[SHOWN_TEXT_MAX + 8];
        snprintf(text, sizeof text, "%s%s%.4s", shown.text, currency[0] != '\0' ? " " : "",
                 currency);
        /* What needs the whole line gets one. */
        bool long_text = LABEL_WIDTH + text_width(span_of(text)) + 1 > width;
        if (long_text && at > 0) {
            row++;
            at = 0;
        }
        int col = canvas->col + at * width;
        int room = long_text ? canvas->width - LABEL_WIDTH : width - LABEL_WIDTH - 1;
        surface_text(canvas->surface, row, col, LABEL_WIDTH - 1, ROLE_DIM, _(field->label));
        int used = 1;
        if (long_text)
            used = draw_wrapped(canvas->surface, row, col + LABEL_WIDTH, room, 4, shown.role, text);
        else
            surface_text(canvas->surface, row, col + LABEL_WIDTH, room, shown.role, text);
        at = long_text ? columns : at + 1;
        if (at >= columns) {
            row += used > 0 ? used : 1;
            at = 0;
        }
    }
    return at > 0 ? row + 1 : row;
}

static int draw_waiting(const struct part_canvas *canvas, const struct section_data *data)
{
    bool failed = data->error[0] != '\0';
    return canvas->row + draw_wrapped(canvas->surface, canvas->row, canvas->col, canvas->width, 4,
                                      failed ? ROLE_BAD : ROLE_DIM,
                                      failed ? data->error : _("Reading..."));
}

static int draw_part(struct detail *detail, const struct part_canvas *canvas, size_t index)
{
    const struct screen_item *item = &detail->view.screen->items[index];
    const struct section_data *data = &detail->data[index];
    if (strcmp(item->name, "compare") == 0)
        return part_compare(canvas, item, detail->page);
    if (strcmp(item->name, "customer") == 0)
        return part_customer(canvas, detail->page);
    if (strcmp(item->name, "document") == 0)
        return part_document(canvas, detail->page);
    if (data->page == NULL)
        return draw_waiting(canvas, data);
    if (strcmp(item->name, "ladder") == 0)
        return part_ladder(canvas, detail->page, data->page);
    if (strcmp(item->name, "postings") == 0)
        return part_postings(canvas, detail->page, data->page);
    if (strcmp(item->name, "bars") == 0)
        return part_bars(canvas, data->page);
    if (strcmp(item->name, "gates") == 0)
        return part_gates(canvas, data->page);
    return part_timeline(canvas, data->page);
}

/* --- related lists */

static int draw_related_rows(struct detail *detail, const struct part_canvas *canvas, size_t index,
                             struct cursor_place *place)
{
    struct section_data *data = &detail->data[index];
    struct placement placement;
    int row = canvas->row;
    columns_place(data->list, canvas->col, canvas->width, 0, &placement);
    columns_draw_headings(canvas->surface, row++, &placement);
    if (data->cursor < data->top)
        data->top = data->cursor;
    if (data->cursor >= data->top + RELATED_ROWS)
        data->top = data->cursor - RELATED_ROWS + 1;
    for (size_t i = data->top; i < data->page->row_count && i < data->top + RELATED_ROWS; i++) {
        bool selected = detail->focus == index && data->cursor == i;
        columns_draw_row(canvas->surface, row, canvas->world, &placement, data->page, i, selected);
        if (selected) {
            surface_put(canvas->surface, row, canvas->col - 2, ROLE_SELECTED, ">");
            *place = (struct cursor_place){.row = row, .set = true};
        }
        row++;
    }
    size_t last = data->top + RELATED_ROWS;
    if (last < data->page->row_count || data->page->more_after)
        surface_printf(canvas->surface, row++, canvas->col, ROLE_DIM, _("rows %zu-%zu  More..."),
                       data->top + 1, last < data->page->row_count ? last : data->page->row_count);
    return row;
}

static int draw_related(struct detail *detail, const struct part_canvas *canvas, size_t index,
                        struct cursor_place *place)
{
    const struct section_data *data = &detail->data[index];
    const struct screen_item *item = &detail->view.screen->items[index];
    struct part_canvas below = *canvas;
    surface_put(canvas->surface, canvas->row, canvas->col, ROLE_HEADING, _(item->title));
    below.row++;
    if (data->page == NULL)
        return draw_waiting(&below, data);
    if (data->page->row_count > 0)
        return draw_related_rows(detail, &below, index, place);
    if (detail->focus == index)
        *place = (struct cursor_place){.row = canvas->row, .set = true};
    const char *empty = data->list->empty;
    surface_text(canvas->surface, below.row, canvas->col, canvas->width, ROLE_DIM,
                 empty == NULL ? _("none") : _(empty));
    return below.row + 1;
}

/* --- the whole */

/* Draws everything on a canvas, on which nothing outside it is drawn; returns the height. */
static int draw_items(struct detail *detail, struct surface *surface, struct cursor_place *place)
{
    const struct screen *screen = detail->view.screen;
    struct part_canvas canvas = {.surface = surface, .world = detail->view.world, .col = MARGIN,
                                 .width = surface->cols - 2 * MARGIN};
    for (size_t i = 0; i < screen->item_count; i++) {
        const struct screen_item *item = &screen->items[i];
        size_t shows = i;
        switch (item->kind) {
        case ITEM_SECTION:
            canvas.row += canvas.row > 0;
            surface_put(surface, canvas.row++, MARGIN, ROLE_HEADING, _(item->title));
            break;
        case ITEM_SHOW:
            while (shows < screen->item_count && screen->items[shows].kind == ITEM_SHOW)
                shows++;
            canvas.row = draw_pairs(detail, &canvas, i, shows);
            i = shows - 1;
            break;
        case ITEM_PART:
            canvas.row = draw_part(detail, &canvas, i);
            break;
        case ITEM_RELATED:
            canvas.row += canvas.row > 0;
            canvas.row = draw_related(detail, &canvas, i, place);
            break;
        }
    }
    return canvas.row;
}

static void draw_facts(const struct detail *detail, struct surface *surface, struct area area)
{
    int col = area.col + 1;
    for (size_t i = 0; i < detail->view.screen->fact_count; i++) {
        const struct field *field = detail->view.screen->facts[i].field;
        struct shown shown;
        cell_show(detail->view.world, field, detail->page, 0, surface->ascii, &shown);
        const char *currency = field->type == FIELD_MONEY && field->currency != NULL
                                   ? page_named(detail->page, 0, field->currency).text : "";
        if (shown.text[0] == '\0')
            continue;
        col = surface_put(surface, area.row, col, shown.role, shown.text);
        if (currency[0] != '\0')
            col = surface_put(surface, area.row, col + 1, ROLE_TEXT, currency);
        col += 3;
    }
    if (detail->height > detail->visible)
        surface_right(surface, area.row, area.col + area.cols - 12, 11, ROLE_DIM,
                      detail->scroll + detail->visible >= detail->height ? _("Bottom")
                                                                         : _("More..."));
}

static void draw_absence(const struct detail *detail, struct surface *surface, struct area area)
{
    int64_t since = detail->main.asked_us;
    bool slow = detail->view.world->clock.monotonic_us - since > QUICK_US;
    bool bad = detail->error[0] != '\0' || detail->missing;
    const char *gone = _("Nothing has this number any more, or you may not see it.");
    const char *text = detail->error[0] != '\0' ? detail->error
                       : detail->missing ? gone : slow ? _("Reading...") : "";
    draw_wrapped(surface, area.row + 2, area.col + MARGIN, area.cols - 2 * MARGIN, 4,
                 bad ? ROLE_BAD : ROLE_DIM, text);
    surface_cursor(surface, area.row, area.col);
}

/* Until a key says otherwise the first related list with rows has the cursor, in whatever order the
 * answers come and whatever the window's size becomes. */
static void choose_focus(struct detail *detail)
{
    size_t count = detail->view.screen->item_count;
    if (detail->touched)
        return;
    for (detail->focus = 0; detail->focus < count; detail->focus++) {
        const struct section_data *data = &detail->data[detail->focus];
        if (data->list != NULL && data->page != NULL && data->page->row_count > 0)
            return;
    }
}

/* A detail opens at its top: a related list further down has the cursor once it is looked for. */
static void keep_top(struct detail *detail, struct cursor_place *place)
{
    if (detail->touched || !place->set || place->row < detail->visible)
        return;
    detail->focus = detail->view.screen->item_count;
    place->set = false;
}

static void keep_visible(struct detail *detail, const struct cursor_place *place)
{
    int most = detail->height > detail->visible ? detail->height - detail->visible : 0;
    if (place->set && place->row < detail->scroll)
        detail->scroll = place->row;
    if (place->set && place->row >= detail->scroll + detail->visible)
        detail->scroll = place->row - detail->visible + 1;
    if (detail->scroll > most)
        detail->scroll = most;
}

void detail_draw(struct view *view, struct surface *surface, struct area area)
{
    struct detail *detail = detail_of(view);
    struct cursor_place place = {0};
    if (detail->page == NULL) {
        draw_absence(detail, surface, area);
        return;
    }
    choose_focus(detail);
    detail->visible = area.rows - 2;
    detail->canvas.ascii = surface->ascii;
    surface_resize(&detail->canvas, 1, area.cols);
    detail->height = draw_items(detail, &detail->canvas, &place);
    surface_resize(&detail->canvas, detail->height, area.cols);
    draw_items(detail, &detail->canvas, &place);
    keep_top(detail, &place);
    keep_visible(detail, &place);
    draw_facts(detail, surface, area);
    struct area body = {area.row + 2, area.col, area.rows - 2, area.cols};
    surface_copy(surface, body, &detail->canvas, detail->scroll);
    if (place.set)
        surface_cursor(surface, body.row + place.row - detail->scroll, area.col);
    else
        surface_cursor(surface, area.row, area.col);
}
