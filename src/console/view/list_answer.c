/* Lists: what the answers do to the window of pages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

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
    list_clamp(list);
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
    if (list_window_full(list))
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
    if (list_window_full(list))
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
        list_clamp(list);
    }
    if (list->pending < 0)
        list_move(list, list->pending);
}

/* --- a newer window */

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

/* The row of the newer window with the same identity; SIZE_MAX: there is none. `near` is tried
 * first: rows mostly stand where they stood. */
static size_t newer_row(const struct list *list, const struct page *page, size_t row, size_t near)
{
    const struct page *newer = list->changed;
    const char *identity = list_identity(list, page, row);
    if (near < newer->row_count && strcmp(list_identity(list, newer, near), identity) == 0)
        return near;
    for (size_t i = 0; i < newer->row_count; i++)
        if (strcmp(list_identity(list, newer, i), identity) == 0)
            return i;
    return SIZE_MAX;
}

void list_newest(const struct list *list, size_t loaded_row, const struct page **page, size_t *row)
{
    size_t at = list->changed == NULL ? SIZE_MAX : newer_row(list, *page, *row, loaded_row);
    if (at == SIZE_MAX)
        return;
    *page = list->changed;
    *row = at;
}

enum list_change list_row_change(const struct list *list, size_t index)
{
    const struct page *page = NULL;
    size_t row = 0;
    if (list->changed == NULL || index >= list->shown_count ||
        !list_locate(list, list->shown[index], &page, &row))
        return LIST_SAME;
    size_t at = newer_row(list, page, row, list->shown[index]);
    return at == SIZE_MAX ? LIST_GONE
           : same_row(page, row, list->changed, at) ? LIST_SAME : LIST_CHANGED;
}

/* Rows of the newer window from `from` on stand behind all others: they come into sight at once,
 * since nothing moves for them. Returns how many. */
static size_t append_rows(struct list *list, size_t from)
{
    const struct page *newer = list->changed;
    size_t count = newer->row_count - from;
    if (count == 0 || list->more_after || list_window_full(list))
        return 0;
    struct page *tail = page_new(newer->names, newer->column_count, count, 0);
    for (size_t r = from; tail != NULL && r < newer->row_count && page_row(tail); r++) {
        for (size_t c = 0; c < newer->column_count; c++) {
            struct rows_cell cell = page_cell(newer, r, (int)c);
            page_set(tail, c, cell.null ? NULL : cell.text, cell.length);
        }
    }
    if (tail == NULL)
        return 0;
    list->pages[list->page_count++] = tail;
    list->loaded += tail->row_count;
    list->more_after = newer->more_after;
    list_show_rows(list);
    return tail->row_count;
}

/* Rows never move under the cursor: what changed in a row is shown in its place, what came behind
 * the last row is added there, what came between or went waits until R. */
static void compare_window(struct list *list, struct page *page)
{
    size_t found = 0, differ = 0, last = 0;
    page_free(list->changed);
    list->changed = page;
    for (size_t i = 0; i < list->loaded; i++) {
        const struct page *old = NULL;
        size_t row = 0;
        if (!list_locate(list, i, &old, &row))
            continue;
        size_t at = newer_row(list, old, row, i);
        found += at != SIZE_MAX;
        last = at != SIZE_MAX && at >= last ? at + 1 : last;
        differ += at == SIZE_MAX || !same_row(old, row, page, at);
    }
    size_t before = list->loaded, added = append_rows(list, last);
    /* Gone ones, and those that are new between others. */
    list->changed_rows = before - found + (page->row_count - found - added);
    list->fetched_at = page->fetched_at;
    if (differ + added > 0)
        list_ask_summary(list);
    if (differ > 0 || list->changed_rows > 0)
        return;
    page_free(page);
    list->changed = NULL;
}

void list_apply_changed(struct list *list)
{
    struct page *page = list->changed;
    list_keep_cursor_row(list);
    list->changed = NULL;
    take_window(list, page, list->more_before ? NEED_FROM : NEED_FIRST);
    list_ask_summary(list);
}

/* --- every answer */

/* `*`: marks a page of rows and asks for the next one. */
static void collect_page(struct list *list, struct page *page)
{
    bool room = true;
    for (size_t row = 0; row < page->row_count && room; row++)
        room = list_row_matches(list, page, row)
                   ? marks_set(&list->marks, list_identity(list, page, row), true, page, row)
                   : room;
    list->marks_full = !room || (list->marks.count == MARKS_MAX && page->more_after);
    list->collecting = page->more_after && room && page->row_count > 0;
    if (list->collecting)
        list_collect(list, page);
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
