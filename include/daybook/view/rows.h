/* Rows as views take them: a page of cells as text, as PostgreSQL writes values (integers in
 * decimal, dates ISO, timestamps `2026-11-20 09:31:00.5+00`, booleans t/f; money is int8 minor
 * units beside a currency column). A page is one arena and goes to the view that asked for it. */
#ifndef DAYBOOK_VIEW_ROWS_H
#define DAYBOOK_VIEW_ROWS_H

#include "daybook/base/date.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"

enum {
    ROWS_COLUMNS_MAX = 96,
    ROWS_PAGE_BYTES_MAX = 4 * 1024 * 1024,
    ROWS_COUNT_MAX = 10000 /* counts and sums stop here: "10,000+" */
};

struct rows_cell {
    const char *text; /* NUL-terminated, any bytes: the surface makes it printable; never NULL */
    size_t length;
    bool null;
};

struct page {
    struct arena *arena;
    const char *const *names; /* of columns */
    size_t column_count;
    struct rows_cell *cells; /* row_count * column_count, row after row */
    size_t row_count;
    size_t row_room;  /* rows that page_row() still may fill are row_room - row_count */
    bool more_before; /* rows exist before the first, in the direction of the order */
    bool more_after;
    bool capped;        /* the summary counted ROWS_COUNT_MAX rows and stopped */
    time_us fetched_at; /* when the database answered */
};

/* A page for at most row_room rows with these columns (names are copied). limit_bytes 0 means
 * ROWS_PAGE_BYTES_MAX. NULL when names and cells alone pass the limit. */
struct page *page_new(const char *const *names, size_t column_count, size_t row_room,
                      size_t limit_bytes);
void page_free(struct page *page); /* NULL is allowed */
/* Adds an empty (all NULL) row; false when row_room is used up. Fill it with page_set(). */
bool page_row(struct page *page);
/* Sets a cell of the last row; text NULL is a NULL. False where the limit is passed. */
bool page_set(struct page *page, size_t column, const char *text, size_t length);

int page_column(const struct page *page, const char *name); /* -1: no such column */
/* The cell, or an empty NULL cell where the column is not there. row < row_count. */
struct rows_cell page_cell(const struct page *page, size_t row, int column);
struct rows_cell page_named(const struct page *page, size_t row, const char *name);

#endif
