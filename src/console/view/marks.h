/* Marks and option numbers beside rows of a list: kept by the row's identity, so that they hold
 * over pages that are no longer loaded. Private to view; pure. */
#ifndef DAYBOOK_CONSOLE_VIEW_MARKS_H
#define DAYBOOK_CONSOLE_VIEW_MARKS_H

#include "daybook/view/rows.h"

enum { MARKS_MAX = ROWS_COUNT_MAX };

struct mark {
    char *identity;
    bool marked;
    char option[3]; /* digits as typed; "" for none */
    char **values;  /* of the columns that actions need; NULL for a NULL cell */
};

struct marks {
    const char *const *columns; /* what `values` holds, borrowed */
    size_t column_count;
    struct mark *items;
    size_t count;     /* items in use; those with neither mark nor option are dropped at once */
    uint32_t *slots;  /* hash of identities: index + 1, 0 empty */
    size_t slot_count;
    size_t marked;    /* how many are marked */
    size_t optioned;  /* how many have an option */
};

void marks_init(struct marks *marks, const char *const *columns, size_t column_count);
void marks_clear(struct marks *marks);
void marks_free(struct marks *marks);
/* The mark of a row, or NULL. Valid until the next change. */
const struct mark *marks_find(const struct marks *marks, const char *identity);
/* Both copy the row's values; false when MARKS_MAX rows are marked already. */
bool marks_set(struct marks *marks, const char *identity, bool marked, const struct page *page,
               size_t row);
bool marks_option(struct marks *marks, const char *identity, const char *option,
                  const struct page *page, size_t row);
/* A value of a mark by column name; NULL cell when it was not kept. */
struct rows_cell marks_value(const struct marks *marks, const struct mark *mark,
                             const char *column);

#endif
