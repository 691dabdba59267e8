/* Lists: asking for pages, joining them, and moving over what is loaded. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

static const struct screen_order *current_order(const struct list *list)
{
    return &list->view.screen->orders[list->order];
}

bool list_locate(const struct list *list, size_t loaded_row, const struct page **page,
                 size_t *row)
{
    for (size_t i = 0; i < list->page_count; i++) {
        if (loaded_row < list->pages[i]->row_count) {
            *page = list->pages[i];
            *row = loaded_row;
            return true;
        }
        loaded_row -= list->pages[i]->row_count;
    }
    return false;
}

bool list_row(const struct list *list, size_t index, const struct page **page, size_t *row)
{
    return index < list->shown_count && list_locate(list, list->shown[index], page, row);
}

/* Every order ends in a unique column: its text is the row's identity. */
const char *list_identity(const struct list *list, const struct page *page, size_t row)
{
    const struct screen_order *order = &list->view.screen->orders[0];
    return page_named(page, row, order->columns[order->count - 1]).text;
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

static void keep_no_row(struct list *list)
{
    free(list->keep_identity);
    list->keep_identity = NULL;
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

static void keep_cursor_row(struct list *list)
{
    const struct page *page = NULL;
    size_t row = 0;
    keep_no_row(list);
    if (list_row(list, list->cursor, &page, &row)) {
        list->keep_identity = memory_copy_string(list_identity(list, page, row));
        list->keep_offset = list->cursor - list->top;
    }
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
        keep_cursor_row(list);
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

void list_ask_all(struct list *list)
{
    struct view_need need = base_need(list, NEED_FIRST);
    need.limit = list->view.world->page_rows > 0 ? list->view.world->page_rows : 1000;
    list->collecting = true;
    fetch_ask(&list->collect, list->view.world, need);
}

static bool window_full(const struct list *list)
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
    bool full = window_full(list);
    bool first_free = !full || (!narrowed && list->top >= list->pages[0]->row_count);
    bool last_free = !full || (!narrowed && list->top + list->visible + last_rows <= list->loaded);
    bool near_end = list->cursor + ahead >= list->shown_count;
    bool near_start = list->cursor < ahead;
    if (list->more_after && near_end && first_free && !fetch_busy(&list->after))
        ask_at(list, &list->after, NEED_AFTER, list->loaded - 1, 0);
    if (list->more_before && near_start && last_free && !fetch_busy(&list->before))
        ask_at(list, &list->before, NEED_BEFORE, 0, 0);
}

/* --- what is shown */

static bool row_matches(const struct list *list, const struct page *page, size_t row)
{
    const struct screen *screen = list->view.screen;
    struct shown shown;
    if (list->quick == NULL || list->quick[0] == '\0')
        return true;
    for (size_t i = 0; i < screen->column_count; i++) {
        cell_show(list->view.world, screen->columns[i].field, page, row, false, &shown);
        char *folded = text_fold(span_of(shown.text));
        bool found = strstr(folded, list->quick) != NULL;
        free(folded);
        if (found)
            return true;
    }
    return false;
}

static void clamp_place(struct list *list)
{
    if (list->shown_count == 0) {
        list->cursor = list->top = 0;
        return;
    }
    if (list->cursor >= list->shown_count)
        list->cursor = list->shown_count - 1;
    if (list->top > list->cursor)
        list->top = list->cursor;
    if (list->visible > 0 && list->cursor >= list->top + list->visible)
        list->top = list->cursor - list->visible + 1;
}

void list_show_rows(struct list *list)
{
    size_t at = 0;
    list->shown = memory_resize(list->shown, list->loaded + 1, sizeof *list->shown);
    list->shown_count = 0;
    for (size_t i = 0; i < list->page_count; i++) {
        for (size_t row = 0; row < list->pages[i]->row_count; row++, at++) {
            if (row_matches(list, list->pages[i], row))
                list->shown[list->shown_count++] = (uint32_t)at;
        }
    }
    clamp_place(list);
}

/* --- moving */

void list_move(struct list *list, int64_t rows)
{
    int64_t target = (int64_t)list->cursor + rows;
    int64_t last = (int64_t)list->shown_count - 1;
    list->pending = 0;
    if (last < 0)
        return;
    if (target > last) {
        list->pending = list->more_after ? target - last : 0;
        target = last;
    } else if (target < 0) {
        list->pending = list->more_before ? target : 0;
        target = 0;
    }
    list->cursor = (size_t)target;
    clamp_place(list);
    list_prefetch(list);
}

void list_page(struct list *list, int pages)
{
    size_t visible = list->visible > 0 ? list->visible : VISIBLE_DEFAULT;
    int64_t rows = (int64_t)visible * pages;
    int64_t top = (int64_t)list->top + rows;
    int64_t most = (int64_t)list->shown_count - (int64_t)visible;
    list->top = top < 0 || most < 0 ? 0 : (size_t)(top < most ? top : most);
    list_move(list, rows);
}

void list_home(struct list *list)
{
    if (list->more_before)
        list_ask(list, NEED_FIRST);
    else
        list_move(list, -(int64_t)list->cursor);
}

void list_end(struct list *list)
{
    if (list->more_after)
        list_ask(list, NEED_LAST);
    else
        list_move(list, (int64_t)list->shown_count - 1 - (int64_t)list->cursor);
}

/* --- answers */

static void drop_pages(struct list *list)
{
    for (size_t i = 0; i < list->page_count; i++)
        page_free(list->pages[i]);
    list->page_count = 0;
    list->loaded = 0;
}

static int64_t known_count(const struct list *list)
{
    int64_t count = 0, part = 0;
    if (list->totals == NULL || list->totals->capped)
        return -1;
    for (size_t row = 0; row < list->totals->row_count; row++) {
        if (cell_number(page_named(list->totals, row, "rows"), &part))
            count += part;
    }
    return count;
}

static void number_rows(struct list *list, enum view_need_kind kind)
{
    int64_t count = known_count(list);
    if (kind == NEED_FIRST || !list->more_before)
        list->first_number = 1;
    else if (kind == NEED_LAST)
        list->first_number = count < 0 ? 0 : count - (int64_t)list->loaded + 1;
}

/* Puts the cursor back on the row it was on, at the same height of the screen. */
static void find_kept_row(struct list *list)
{
    const struct page *page = NULL;
    size_t row = 0;
    for (size_t i = 0; list->keep_identity != NULL && i < list->shown_count; i++) {
        if (!list_row(list, i, &page, &row) ||
            strcmp(list_identity(list, page, row), list->keep_identity) != 0)
            continue;
        list->cursor = i;
        list->top = i > list->keep_offset ? i - list->keep_offset : 0;
        break;
    }
    free(list->keep_identity);
    list->keep_identity = NULL;
}

static void take_window(struct list *list, struct page *page, enum view_need_kind kind)
{
    bool keep = list->keep_identity != NULL;
    drop_pages(list);
    list->pages[list->page_count++] = page;
    list->loaded = page->row_count;
    list->more_before = page->more_before;
    list->more_after = page->more_after;
    list->fetched_at = page->fetched_at;
    list->refreshed_us = list->view.world->clock.monotonic_us;
    list->error[0] = '\0';
    page_free(list->changed);
    list->changed = NULL;
    list->changed_rows = 0;
    number_rows(list, kind);
    if (!keep)
        list->cursor = list->top = 0;
    list_show_rows(list);
    find_kept_row(list);
    if (list->to_end && list->shown_count > 0)
        list->cursor = list->shown_count - 1;
    list->to_end = false;
    clamp_place(list);
}

static void drop_first_page(struct list *list)
{
    size_t rows = list->pages[0]->row_count;
    page_free(list->pages[0]);
    memmove(list->pages, list->pages + 1, (list->page_count - 1) * sizeof list->pages[0]);
    list->page_count--;
    list->loaded -= rows;
    list->more_before = true;
    list->first_number += list->first_number > 0 ? (int64_t)rows : 0;
    list->cursor = list->cursor > rows ? list->cursor - rows : 0;
    list->top = list->top > rows ? list->top - rows : 0;
}

static void drop_last_page(struct list *list)
{
    struct page *last = list->pages[--list->page_count];
    list->loaded -= last->row_count;
    list->more_after = true;
    page_free(last);
}

static void take_after(struct list *list, struct page *page)
{
    if (window_full(list))
        drop_first_page(list);
    list->pages[list->page_count++] = page;
    list->loaded += page->row_count;
    list->more_after = page->more_after;
    list_show_rows(list);
    if (list->pending > 0)
        list_move(list, list->pending);
}

static void take_before(struct list *list, struct page *page)
{
    size_t rows = page->row_count;
    if (window_full(list))
        drop_last_page(list);
    memmove(list->pages + 1, list->pages, list->page_count * sizeof list->pages[0]);
    list->pages[0] = page;
    list->page_count++;
    list->loaded += rows;
    list->more_before = page->more_before;
    list->first_number = !page->more_before ? 1
                         : list->first_number > (int64_t)rows
                             ? list->first_number - (int64_t)rows : 0;
    size_t shown = list->shown_count;
    list->cursor += rows;
    list->top += rows;
    list_show_rows(list);
    /* Under a quick filter fewer rows than the page's came before the cursor. */
    if (list->quick != NULL && list->quick[0] != '\0') {
        size_t added = list->shown_count > shown ? list->shown_count - shown : 0;
        list->cursor = list->cursor - rows + added;
        list->top = list->cursor;
        clamp_place(list);
    }
    if (list->pending < 0)
        list_move(list, list->pending);
}

static bool same_row(const struct page *a, size_t row_a, const struct page *b, size_t row_b)
{
    for (size_t i = 0; i < a->column_count; i++) {
        struct rows_cell left = page_cell(a, row_a, (int)i);
        struct rows_cell right = page_named(b, row_b, a->names[i]);
        if (left.null != right.null || strcmp(left.text, right.text) != 0)
            return false;
    }
    return true;
}

bool list_row_changed(const struct list *list, const struct page *page, size_t row)
{
    if (list->changed == NULL)
        return false;
    const char *identity = list_identity(list, page, row);
    for (size_t i = 0; i < list->changed->row_count; i++) {
        if (strcmp(list_identity(list, list->changed, i), identity) == 0)
            return !same_row(page, row, list->changed, i);
    }
    return true;
}

/* Rows that differ between the window and a newer one. Rows never move under the cursor: the newer
 * window waits until R. */
static void compare_window(struct list *list, struct page *page)
{
    size_t differ = page->row_count > list->loaded ? page->row_count - list->loaded
                                                   : list->loaded - page->row_count;
    for (size_t i = 0; i < list->loaded && i < page->row_count; i++) {
        const struct page *old = NULL;
        size_t row = 0;
        if (list_locate(list, i, &old, &row) && !same_row(old, row, page, i))
            differ++;
    }
    page_free(list->changed);
    list->changed = differ > 0 ? page : NULL;
    list->changed_rows = differ;
    list->fetched_at = page->fetched_at;
    if (differ == 0)
        page_free(page);
}

void list_apply_changed(struct list *list)
{
    struct page *page = list->changed;
    list->changed = NULL;
    keep_cursor_row(list);
    take_window(list, page, list->more_before ? NEED_FROM : NEED_FIRST);
    list_ask_summary(list);
}

/* `*`: marks a page of rows and asks for the next one. */
static void collect_page(struct list *list, struct page *page)
{
    const char *key[8];
    const struct screen_order *order = current_order(list);
    bool room = true;
    for (size_t row = 0; row < page->row_count && room; row++)
        room = row_matches(list, page, row)
                   ? marks_set(&list->marks, list_identity(list, page, row), true, page, row)
                   : room;
    list->marks_full = !room || (list->marks.count == MARKS_MAX && page->more_after);
    list->collecting = page->more_after && room && page->row_count > 0;
    if (list->collecting) {
        struct view_need need = base_need(list, NEED_AFTER);
        for (size_t i = 0; i < order->count; i++)
            key[i] = page_named(page, page->row_count - 1, order->columns[i]).text;
        need.key = key;
        need.limit = list->view.world->page_rows > 0 ? list->view.world->page_rows : 1000;
        fetch_ask(&list->collect, list->view.world, need);
    }
    page_free(page);
}

bool list_arrived(struct view *view, unsigned serial, struct page *page)
{
    struct list *list = list_of(view);
    enum view_need_kind kind = list->main.need.kind;
    if (fetch_done(&list->main, serial)) {
        take_window(list, page, kind);
        list_ask_summary(list);
    } else if (fetch_done(&list->after, serial)) {
        take_after(list, page);
    } else if (fetch_done(&list->before, serial)) {
        take_before(list, page);
    } else if (fetch_done(&list->fresh, serial)) {
        compare_window(list, page);
    } else if (fetch_done(&list->collect, serial)) {
        collect_page(list, page);
    } else if (fetch_done(&list->summary, serial)) {
        page_free(list->totals);
        list->totals = page;
        if (list->first_number == 0 && !list->more_after && known_count(list) > 0)
            list->first_number = known_count(list) - (int64_t)list->loaded + 1;
    } else {
        return false;
    }
    list_prefetch(list);
    return true;
}

bool list_failed(struct view *view, unsigned serial, const struct error *error)
{
    struct list *list = list_of(view);
    if (fetch_done(&list->main, serial)) {
        snprintf(list->error, sizeof list->error, "%s", error->message);
        return true;
    }
    list->collecting = list->collecting && list->collect.serial != serial;
    list->pending = 0;
    return fetch_done(&list->after, serial) || fetch_done(&list->before, serial) ||
           fetch_done(&list->fresh, serial) || fetch_done(&list->collect, serial) ||
           fetch_done(&list->summary, serial);
}

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

void list_forget(struct list *list)
{
    struct fetch *all[] = {&list->main, &list->after, &list->before, &list->summary, &list->fresh,
                           &list->collect};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        fetch_free(all[i]);
    drop_pages(list);
    page_free(list->totals);
    page_free(list->changed);
    free(list->shown);
    free(list->keep_identity);
}
