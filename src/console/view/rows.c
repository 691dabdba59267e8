/* Pages of rows: one arena each. */
#include "daybook/view/rows.h"

#include <assert.h>
#include <string.h>

struct page *page_new(const char *const *names, size_t column_count, size_t row_room,
                      size_t limit_bytes)
{
    assert(column_count <= ROWS_COLUMNS_MAX);
    struct arena *arena = arena_new(limit_bytes == 0 ? ROWS_PAGE_BYTES_MAX : limit_bytes);
    struct page *page = arena_take(arena, sizeof *page);
    const char **copies = arena_take(arena, (column_count + 1) * sizeof *copies);
    size_t cells = row_room * column_count;
    struct rows_cell *room = arena_take(arena, (cells + 1) * sizeof *room);
    if (page == NULL || copies == NULL || room == NULL) {
        arena_free(arena);
        return NULL;
    }
    for (size_t i = 0; i < column_count; i++) {
        copies[i] = arena_string(arena, names[i], strlen(names[i]));
        if (copies[i] == NULL) {
            arena_free(arena);
            return NULL;
        }
    }
    *page = (struct page){.arena = arena, .names = copies, .column_count = column_count,
                          .cells = room, .row_room = row_room, .fetched_at = TIME_NONE};
    return page;
}

void page_free(struct page *page)
{
    if (page != NULL)
        arena_free(page->arena);
}

bool page_row(struct page *page)
{
    if (page->row_count == page->row_room)
        return false;
    struct rows_cell *cells = page->cells + page->row_count * page->column_count;
    for (size_t i = 0; i < page->column_count; i++)
        cells[i] = (struct rows_cell){.text = "", .null = true};
    page->row_count++;
    return true;
}

bool page_set(struct page *page, size_t column, const char *text, size_t length)
{
    assert(page->row_count > 0 && column < page->column_count);
    struct rows_cell *cell = page->cells + (page->row_count - 1) * page->column_count + column;
    *cell = (struct rows_cell){.text = "", .null = true};
    if (text == NULL)
        return true;
    const char *copy = arena_string(page->arena, text, length);
    if (copy == NULL)
        return false;
    *cell = (struct rows_cell){.text = copy, .length = length, .null = false};
    return true;
}

int page_column(const struct page *page, const char *name)
{
    for (size_t i = 0; i < page->column_count; i++) {
        if (strcmp(page->names[i], name) == 0)
            return (int)i;
    }
    return -1;
}

struct rows_cell page_cell(const struct page *page, size_t row, int column)
{
    if (column < 0 || row >= page->row_count)
        return (struct rows_cell){.text = "", .null = true};
    return page->cells[row * page->column_count + (size_t)column];
}

struct rows_cell page_named(const struct page *page, size_t row, const char *name)
{
    return page_cell(page, row, page_column(page, name));
}
