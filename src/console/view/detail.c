/* Details: one row in sections, pictures, and the lists that belong to it. The keys of a detail,
 * and its beginning and end. */
#include <stdio.h>
#include <stdlib.h>

#include "detail.h"

struct detail *detail_of(struct view *view)
{
    return (struct detail *)view;
}

const struct detail *detail_of_const(const struct view *view)
{
    return (const struct detail *)view;
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
        detail_ask_all(detail);
        return effect_redraw();
    }
    if (event->code == 'y' && detail->page != NULL)
        return detail_copy(detail);
    return effect_none();
}

/* --- what it is */

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

static bool detail_row(const struct view *view, const struct screen *screen,
                       const struct page **page, size_t *row)
{
    const struct detail *detail = detail_of_const(view);
    bool own = screen == view->screen;
    const struct section_data *data =
        own || detail->focus >= view->screen->item_count ? NULL : &detail->data[detail->focus];
    *page = own ? detail->page : data == NULL ? NULL : data->page;
    *row = data == NULL ? 0 : data->cursor;
    return *page != NULL && *row < (*page)->row_count;
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
    .row = detail_row,
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
    detail_ask_all(detail);
    return &detail->view;
}
