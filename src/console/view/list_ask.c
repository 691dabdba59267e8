/* Lists: what is asked of the database, and what of it is still on its way. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "list.h"

enum { COLLECT_ROWS = 1000 };

static const struct screen_order *current_order(const struct list *list)
{
    return &list->view.screen->orders[list->order];
}

static size_t page_limit(const struct list *list)
{
    size_t limit = list->view.world->page_rows;
    if (limit > 0)
        return limit;
    limit = list->visible * 2;
    return limit < LIST_PAGE_MIN ? LIST_PAGE_MIN : limit > LIST_PAGE_MAX ? LIST_PAGE_MAX : limit;
}

static struct view_need base_need(const struct list *list, enum view_need_kind kind)
{
    const struct screen_order *order = current_order(list);
    return (struct view_need){.kind = kind, .query = list->view.screen->query,
                              .param = list->view.param, .order = order->columns,
                              .order_count = order->count,
                              .descending = order->descending != list->reversed,
                              .limit = page_limit(list), .filter = &list->filter,
                              .screen = list->view.screen};
}

/* The order columns of a loaded row, as the key of a request. */
static bool row_key(const struct list *list, size_t loaded_row, const char *key[8])
{
    const struct page *page = NULL;
    size_t row = 0;
    const struct screen_order *order = current_order(list);
    if (!list_locate(list, loaded_row, &page, &row))
        return false;
    for (size_t i = 0; i < order->count; i++) {
        struct rows_cell cell = page_named(page, row, order->columns[i]);
        key[i] = cell.null ? NULL : cell.text;
    }
    return true;
}

static void ask_at(struct list *list, struct fetch *fetch, enum view_need_kind kind,
                   size_t loaded_row, size_t limit)
{
    const char *key[8];
    struct view_need need = base_need(list, kind);
    if (limit > 0)
        need.limit = limit;
    if (!row_key(list, loaded_row, key))
        return;
    need.key = key;
    fetch_ask(fetch, list->view.world, need);
}

/* --- the window */

static void keep_no_row(struct list *list)
{
    free(list->keep_identity);
    list->keep_identity = NULL;
}

void list_keep_cursor_row(struct list *list)
{
    const struct page *page = NULL;
    size_t row = 0;
    keep_no_row(list);
    if (list_row(list, list->cursor, &page, &row)) {
        list->keep_identity = memory_copy_string(list_identity(list, page, row));
        list->keep_offset = list->cursor - list->top;
    }
}

void list_ask(struct list *list, enum view_need_kind kind)
{
    assert(kind == NEED_FIRST || kind == NEED_LAST);
    keep_no_row(list);
    fetch_ask(&list->main, list->view.world, base_need(list, kind));
    fetch_stop(&list->after);
    fetch_stop(&list->before);
    fetch_stop(&list->fresh);
    list->pending = 0;
    list->to_end = kind == NEED_LAST;
}

/* The loaded window again, from its first row on; from the list's beginning where that is loaded,
 * so that new first rows appear. */
static struct view_need window_need(const struct list *list, const char *key[8])
{
    bool at_start = list->page_count == 0 || !list->more_before;
    struct view_need need = base_need(list, at_start ? NEED_FIRST : NEED_FROM);
    size_t least = need.limit;
    need.limit = list->loaded < least ? least : list->loaded;
    if (!at_start && row_key(list, 0, key))
        need.key = key;
    return need;
}

void list_ask_window(struct list *list, bool keep_cursor)
{
    const char *key[8];
    if (keep_cursor)
        list_keep_cursor_row(list);
    fetch_ask(&list->main, list->view.world, window_need(list, key));
    fetch_stop(&list->after);
    fetch_stop(&list->before);
    fetch_stop(&list->fresh);
    list->pending = 0;
    list->to_end = false;
}

void list_ask_summary(struct list *list)
{
    struct view_need need = base_need(list, NEED_SUMMARY);
    need.limit = ROWS_COUNT_MAX;
    fetch_ask(&list->summary, list->view.world, need);
}

void list_collect(struct list *list, const struct page *last)
{
    const char *key[8];
    struct view_need need = base_need(list, last == NULL ? NEED_FIRST : NEED_AFTER);
    need.limit = list->view.world->page_rows > 0 ? list->view.world->page_rows : COLLECT_ROWS;
    for (size_t i = 0; last != NULL && i < need.order_count; i++)
        key[i] = page_named(last, last->row_count - 1, need.order[i]).text;
    if (last != NULL)
        need.key = key;
    list->collecting = true;
    fetch_ask(&list->collect, list->view.world, need);
}

bool list_window_full(const struct list *list)
{
    size_t most = list->visible * 6;
    return list->page_count == LIST_PAGES_MAX ||
           list->loaded >= (most > LIST_WINDOW_MIN ? most : LIST_WINDOW_MIN);
}

/* The next page comes while the operator reads. A full window gives up the page at its other end,
 * but never rows on the screen, and a quick filter never reads on by itself through the whole
 * table. */
void list_prefetch(struct list *list)
{
    if (fetch_busy(&list->main) || list->loaded == 0)
        return;
    size_t ahead = list->visible * 2;
    size_t last_rows = list->pages[list->page_count - 1]->row_count;
    bool narrowed = list->shown_count < list->loaded;
    bool full = list_window_full(list);
    bool first_free = !full || (!narrowed && list->top >= list->pages[0]->row_count);
    bool last_free = !full || (!narrowed && list->top + list->visible + last_rows <= list->loaded);
    bool near_end = list->cursor + ahead >= list->shown_count;
    bool near_start = list->cursor < ahead;
    if (list->more_after && near_end && first_free && !fetch_busy(&list->after))
        ask_at(list, &list->after, NEED_AFTER, list->loaded - 1, 0);
    if (list->more_before && near_start && last_free && !fetch_busy(&list->before))
        ask_at(list, &list->before, NEED_BEFORE, 0, 0);
}

/* --- on its way */

bool list_need_next(struct view *view, struct view_need *need)
{
    struct list *list = list_of(view);
    return fetch_take(&list->main, need) || fetch_take(&list->after, need) ||
           fetch_take(&list->before, need) || fetch_take(&list->collect, need) ||
           fetch_take(&list->summary, need) || fetch_take(&list->fresh, need);
}

bool list_waiting(const struct view *view, int64_t *since_us)
{
    const struct list *list = list_of_const(view);
    const struct fetch *fetch = fetch_busy(&list->main) ? &list->main
                                : fetch_busy(&list->collect) ? &list->collect
                                : list->pending > 0 && fetch_busy(&list->after) ? &list->after
                                : list->pending < 0 && fetch_busy(&list->before) ? &list->before
                                                                                 : NULL;
    *since_us = fetch == NULL ? 0 : fetch->asked_us;
    return fetch != NULL;
}

/* A window that is only read again keeps the cursor's row. */
bool list_unsettled(const struct view *view)
{
    const struct list *list = list_of_const(view);
    return (fetch_busy(&list->main) && list->keep_identity == NULL) || list->collecting ||
           (list->pending > 0 && fetch_busy(&list->after)) ||
           (list->pending < 0 && fetch_busy(&list->before));
}

void list_cancelled(struct view *view)
{
    struct list *list = list_of(view);
    struct fetch *all[] = {&list->main, &list->after, &list->before, &list->summary, &list->fresh,
                           &list->collect};
    if (fetch_busy(&list->main) && list->page_count == 0)
        snprintf(list->error, sizeof list->error, "%s", _("Cancelled; R reads again."));
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        fetch_stop(all[i]);
    keep_no_row(list);
    list->pending = 0;
    list->collecting = false;
}

void list_reload(struct view *view, bool done)
{
    struct list *list = list_of(view);
    if (done)
        marks_clear(&list->marks);
    list->error[0] = '\0';
    /* What is on its way already (Home, End) is as new, and goes where the operator wanted. */
    if (done || !fetch_busy(&list->main))
        list_ask_window(list, true);
}

bool list_idle(struct view *view)
{
    struct list *list = list_of(view);
    const char *key[8];
    int64_t now = view->world->clock.monotonic_us;
    int64_t every = (int64_t)view->screen->refresh_s * 1000000;
    bool busy = fetch_busy(&list->main) || fetch_busy(&list->fresh);
    if (every == 0 || busy || list->page_count == 0 || now - list->refreshed_us < every)
        return false;
    list->refreshed_us = now;
    fetch_ask(&list->fresh, view->world, window_need(list, key));
    return false;
}
