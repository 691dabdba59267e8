/* Details: one row in sections, pictures, and the lists that belong to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

enum {
    MARGIN = 2,
    LABEL_WIDTH = 14,
    PAIR_MIN = 36,        /* cells for a label and its value side by side */
    RELATED_ROWS = 12,    /* rows of a related list shown at once */
    RELATED_LIMIT = 100
};

/* What an item needs beyond the detail's own row. */
struct section_data {
    struct fetch fetch;
    struct page *page;
    const struct screen *list; /* of a related list */
    size_t cursor, top;
    char error[MESSAGE_MAX];
};

struct detail {
    struct view view;
    struct fetch main;
    struct page *page;
    bool missing;
    char error[MESSAGE_MAX];
    struct section_data *data; /* one for each item of the screen */
    size_t focus;              /* item that has the cursor; item_count: the detail itself */
    int scroll, height, visible;
    struct surface canvas;     /* the whole detail, of which a part is shown */
    int64_t refreshed_us;
    bool touched;              /* a key was pressed: from then on the cursor is followed */
};

static struct detail *detail_of(struct view *view)
{
    return (struct detail *)view;
}

static const struct detail *detail_of_const(const struct view *view)
{
    return (const struct detail *)view;
}

static bool part_has_query(const struct screen_item *item)
{
    return item->kind == ITEM_PART && item->arg_count == 1 && strcmp(item->name, "ladder") != 0;
}

static void ask_related(struct detail *detail, struct section_data *data)
{
    const struct screen_order *order = &data->list->orders[0];
    fetch_ask(&data->fetch, detail->view.world,
              (struct view_need){.kind = NEED_FIRST, .query = data->list->query,
                                 .param = detail->view.param, .order = order->columns,
                                 .order_count = order->count, .descending = order->descending,
                                 .limit = RELATED_LIMIT, .screen = data->list});
}

static void ask_all(struct detail *detail)
{
    const struct screen *screen = detail->view.screen;
    const struct view_world *world = detail->view.world;
    detail->refreshed_us = world->clock.monotonic_us;
    if (screen->query != NULL)
        fetch_ask(&detail->main, world,
                  (struct view_need){.kind = NEED_ROW, .query = screen->query,
                                     .param = detail->view.param, .limit = 1, .screen = screen});
    for (size_t i = 0; i < screen->item_count; i++) {
        const struct screen_item *item = &screen->items[i];
        struct section_data *data = &detail->data[i];
        if (part_has_query(item))
            fetch_ask(&data->fetch, world,
                      (struct view_need){.kind = NEED_ROW, .query = item->args[0],
                                         .param = detail->view.param, .limit = PART_ROWS_MAX,
                                         .screen = screen});
        else if (data->list != NULL)
            ask_related(detail, data);
    }
}

/* --- drawing */

struct cursor_place {
    int row;
    bool set;
};

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
    surface_text(canvas->surface, canvas->row, canvas->col, canvas->width,
                 failed ? ROLE_BAD : ROLE_DIM, failed ? data->error : _("Reading..."));
    return canvas->row + 1;
}

static int draw_part(struct detail *detail, const struct part_canvas *canvas, size_t index)
{
    const struct screen_item *item = &detail->view.screen->items[index];
    const struct section_data *data = &detail->data[index];
    if (strcmp(item->name, "compare") == 0)
        return part_compare(canvas, item, detail->page);
    if (strcmp(item->name, "ladder") == 0)
        return part_ladder(canvas, item, detail->page);
    if (data->page == NULL)
        return draw_waiting(canvas, data);
    if (strcmp(item->name, "bars") == 0)
        return part_bars(canvas, data->page);
    if (strcmp(item->name, "gates") == 0)
        return part_gates(canvas, data->page);
    return part_timeline(canvas, data->page);
}

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

static void detail_draw(struct view *view, struct surface *surface, struct area area)
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

/* --- keys */

static bool focusable(const struct detail *detail, size_t index)
{
    return index == detail->view.screen->item_count || detail->data[index].list != NULL;
}

static void move_focus(struct detail *detail, int step)
{
    size_t count = detail->view.screen->item_count + 1;
    do {
        detail->focus = (detail->focus + count + (size_t)(step + (int)count)) % count;
    } while (!focusable(detail, detail->focus));
}

static struct section_data *focused(struct detail *detail)
{
    bool list = detail->focus < detail->view.screen->item_count;
    return list ? &detail->data[detail->focus] : NULL;
}

static void move_cursor(struct detail *detail, int rows)
{
    struct section_data *data = focused(detail);
    if (data == NULL || data->page == NULL || data->page->row_count == 0) {
        detail->scroll = detail->scroll + rows < 0 ? 0 : detail->scroll + rows;
        return;
    }
    int64_t target = (int64_t)data->cursor + rows;
    int64_t last = (int64_t)data->page->row_count - 1;
    data->cursor = target < 0 ? 0 : (size_t)(target > last ? last : target);
}

static bool move_key(struct detail *detail, int32_t code)
{
    int page = detail->visible > 2 ? detail->visible - 1 : 1;
    switch (code) {
    case INPUT_TAB: move_focus(detail, 1); return true;
    case INPUT_BACKTAB: move_focus(detail, -1); return true;
    case INPUT_UP: case 'k': move_cursor(detail, -1); return true;
    case INPUT_DOWN: case 'j': move_cursor(detail, 1); return true;
    case INPUT_PAGE_UP: case INPUT_F(7): case 'b': case INPUT_CTRL('b'):
        detail->focus = detail->view.screen->item_count;
        move_cursor(detail, -page);
        return true;
    case INPUT_PAGE_DOWN: case INPUT_F(8): case 'f': case INPUT_CTRL('f'):
        detail->focus = detail->view.screen->item_count;
        move_cursor(detail, page);
        return true;
    case INPUT_HOME: detail->scroll = 0; return true;
    case INPUT_END: detail->scroll = detail->height; return true;
    default: return false;
    }
}

static struct view_effect detail_copy(struct detail *detail)
{
    size_t length = 0;
    struct shown shown;
    const struct screen *screen = detail->view.screen;
    detail->view.message[0] = '\0';
    for (size_t i = 0; i < screen->item_count && length < MESSAGE_MAX - 1; i++) {
        if (screen->items[i].kind != ITEM_SHOW)
            continue;
        const struct field *field = screen->items[i].column.field;
        cell_show(detail->view.world, field, detail->page, 0, false, &shown);
        int added = snprintf(detail->view.message + length, MESSAGE_MAX - length, "%s%s %s",
                             length == 0 ? "" : "  ", _(field->label), shown.text);
        length += added > 0 ? (size_t)added : 0;
    }
    return (struct view_effect){.kind = VIEW_COPY, .text = detail->view.message};
}

static struct view_effect detail_key(struct view *view, const struct input_event *event)
{
    struct detail *detail = detail_of(view);
    detail->touched = true;
    struct section_data *data = focused(detail);
    bool rows = data != NULL && data->page != NULL && data->cursor < data->page->row_count;
    const struct screen_key *key = rows ? screen_key_for(data->list, event) : NULL;
    if (key != NULL)
        return run_row(view, data->list, key, data->page, data->cursor);
    key = screen_key_for(view->screen, event);
    if (key != NULL && detail->page != NULL)
        return run_row(view, view->screen, key, detail->page, 0);
    if (!event->alt && move_key(detail, event->code))
        return effect_redraw();
    if (event->code == 'R' || event->code == INPUT_F(5)) {
        ask_all(detail);
        return effect_redraw();
    }
    if (event->code == 'y' && detail->page != NULL)
        return detail_copy(detail);
    return effect_none();
}

/* --- answers */

static bool detail_need_next(struct view *view, struct view_need *need)
{
    struct detail *detail = detail_of(view);
    if (fetch_take(&detail->main, need))
        return true;
    for (size_t i = 0; i < view->screen->item_count; i++) {
        if (fetch_take(&detail->data[i].fetch, need))
            return true;
    }
    return false;
}

static bool detail_arrived(struct view *view, unsigned serial, struct page *page)
{
    struct detail *detail = detail_of(view);
    if (fetch_done(&detail->main, serial)) {
        bool empty = page->row_count == 0;
        page_free(detail->page);
        detail->page = empty ? NULL : page;
        detail->missing = empty;
        detail->error[0] = '\0';
        if (empty)
            page_free(page);
        return true;
    }
    for (size_t i = 0; i < view->screen->item_count; i++) {
        struct section_data *data = &detail->data[i];
        if (!fetch_done(&data->fetch, serial))
            continue;
        page_free(data->page);
        data->page = page;
        data->error[0] = '\0';
        if (data->cursor >= page->row_count)
            data->cursor = data->top = 0;
        return true;
    }
    return false;
}

static bool detail_failed(struct view *view, unsigned serial, const struct error *error)
{
    struct detail *detail = detail_of(view);
    if (fetch_done(&detail->main, serial)) {
        snprintf(detail->error, sizeof detail->error, "%s", error->message);
        return true;
    }
    for (size_t i = 0; i < view->screen->item_count; i++) {
        if (fetch_done(&detail->data[i].fetch, serial)) {
            snprintf(detail->data[i].error, sizeof detail->data[i].error, "%s", error->message);
            return true;
        }
    }
    return false;
}

static bool detail_waiting(const struct view *view, int64_t *since_us)
{
    const struct detail *detail = detail_of_const(view);
    *since_us = detail->main.asked_us;
    return fetch_busy(&detail->main) && detail->page == NULL;
}

/* Related lists that were never answered count too: Tab goes into them. */
static bool detail_unsettled(const struct view *view)
{
    const struct detail *detail = detail_of_const(view);
    bool open = fetch_busy(&detail->main) && detail->page == NULL;
    for (size_t i = 0; i < view->screen->item_count && !open; i++)
        open = detail->data[i].list != NULL && fetch_busy(&detail->data[i].fetch) &&
               detail->data[i].page == NULL;
    return open;
}

static void detail_cancelled(struct view *view)
{
    struct detail *detail = detail_of(view);
    if (fetch_busy(&detail->main) && detail->page == NULL)
        snprintf(detail->error, sizeof detail->error, "%s", _("Cancelled; R reads again."));
    fetch_stop(&detail->main);
    for (size_t i = 0; i < view->screen->item_count; i++)
        fetch_stop(&detail->data[i].fetch);
}

static void detail_reload(struct view *view, bool done)
{
    (void)done;
    ask_all(detail_of(view));
}

static bool detail_idle(struct view *view)
{
    struct detail *detail = detail_of(view);
    int64_t every = (int64_t)view->screen->refresh_s * 1000000;
    int64_t now = view->world->clock.monotonic_us;
    if (every > 0 && !fetch_busy(&detail->main) && now - detail->refreshed_us >= every)
        ask_all(detail);
    return false;
}

static time_us detail_fetched_at(const struct view *view)
{
    const struct detail *detail = detail_of_const(view);
    return detail->page == NULL ? TIME_NONE : detail->page->fetched_at;
}

static const struct screen *detail_list(const struct view *view)
{
    const struct detail *detail = detail_of_const(view);
    if (detail->focus >= view->screen->item_count)
        return NULL;
    const struct section_data *data = &detail->data[detail->focus];
    return data->page != NULL && data->page->row_count > 0 ? data->list : NULL;
}

static bool detail_name(const struct view *view, char *out, size_t size)
{
    const struct detail *detail = detail_of_const(view);
    struct shown shown;
    if (detail->page == NULL || view->screen->fact_count == 0)
        return false;
    cell_show(view->world, view->screen->facts[0].field, detail->page, 0, true, &shown);
    snprintf(out, size, "%s", shown.text);
    return shown.text[0] != '\0';
}

static void detail_free(struct view *view)
{
    struct detail *detail = detail_of(view);
    fetch_free(&detail->main);
    page_free(detail->page);
    for (size_t i = 0; i < view->screen->item_count; i++) {
        fetch_free(&detail->data[i].fetch);
        page_free(detail->data[i].page);
    }
    free(detail->data);
    surface_free(&detail->canvas);
}

static const struct view_hint hints[] = {
    {.key = "Tab", .help = N_("To the next list of this screen.")},
    {.key = "PgDn", .help = N_("Scroll down: also F8, f, Ctrl-F.")},
    {.key = "PgUp", .help = N_("Scroll up: also F7, b, Ctrl-B.")},
    {.key = "R", .help = N_("Read again.")},
    {.key = "y", .help = N_("Copy what is shown; masked fields stay masked.")},
    {.key = NULL}};

static const struct view_ops detail_ops = {
    .key = detail_key,
    .draw = detail_draw,
    .idle = detail_idle,
    .need_next = detail_need_next,
    .arrived = detail_arrived,
    .failed = detail_failed,
    .waiting = detail_waiting,
    .unsettled = detail_unsettled,
    .cancelled = detail_cancelled,
    .reload = detail_reload,
    .fetched_at = detail_fetched_at,
    .name = detail_name,
    .list = detail_list,
    .free = detail_free,
    .hints = hints};

struct view *detail_new(const struct view_world *world, const struct screen *screen,
                        const char *param)
{
    struct detail *detail = memory_new(sizeof *detail);
    view_prepare(&detail->view, &detail_ops, world, screen, param);
    detail->data = memory_new(screen->item_count * sizeof *detail->data);
    detail->focus = screen->item_count;
    detail->visible = VISIBLE_DEFAULT;
    surface_init(&detail->canvas, 1, 1);
    for (size_t i = 0; i < screen->item_count; i++) {
        if (screen->items[i].kind == ITEM_RELATED)
            detail->data[i].list = screen_find(world->screens, screen->items[i].name);
    }
    ask_all(detail);
    return &detail->view;
}
