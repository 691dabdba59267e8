/* Lists: where a row is, which rows are shown, and the cursor that moves over them. */
#include <stdlib.h>
#include <string.h>

#include "list.h"

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
    if (index >= list->shown_count || !list_locate(list, list->shown[index], page, row))
        return false;
    list_newest(list, list->shown[index], page, row);
    return true;
}

/* Every order ends in a unique column: its text is the row's identity. */
const char *list_identity(const struct list *list, const struct page *page, size_t row)
{
    const struct screen_order *order = &list->view.screen->orders[0];
    return page_named(page, row, order->columns[order->count - 1]).text;
}

/* --- what is shown */

bool list_row_matches(const struct list *list, const struct page *page, size_t row)
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

void list_clamp(struct list *list)
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
            if (list_row_matches(list, list->pages[i], row))
                list->shown[list->shown_count++] = (uint32_t)at;
        }
    }
    list_clamp(list);
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
    list_clamp(list);
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
