/* Keyset paging (DESIGN.md 8): a list statement is wrapped as `(columns) > (values)` in its order,
 * in both directions, never OFFSET; counts and sums stop at a limit. Values are bound, never
 * pasted; their types are those of the columns they are compared with. It only builds texts. */
#ifndef DAYBOOK_STORE_KEYSET_H
#define DAYBOOK_STORE_KEYSET_H

#include <stdbool.h>
#include <stddef.h>

#include "daybook/base/buffer.h"
#include "daybook/store/request.h"

enum { KEYSET_COUNT_MAX = 10000 };

/* `column operator value`; operators: = <> < <= > >=. = and <> may have several values (in, not
 * in). */
struct keyset_condition {
    const char *column;
    const char *operator;
    const char *const *values;
    size_t value_count;
};

enum keyset_part {
    KEYSET_FIRST,  /* from the order's beginning */
    KEYSET_AFTER,  /* rows after key */
    KEYSET_FROM,   /* the row at key and those after it */
    KEYSET_BEFORE, /* rows before key, nearest first: turn them round */
    KEYSET_LAST    /* from the order's end, last first: turn them round */
};

struct keyset {
    const struct store_statement *statement;
    const char *const *parameters; /* statement->parameter_count of them */
    const char *const *order;      /* columns; all go one way and together are unique */
    size_t order_count;
    bool descending;
    const char *const *key;        /* order_count values for AFTER, FROM, BEFORE */
    enum keyset_part part;
    const struct keyset_condition *conditions;
    size_t condition_count;
    size_t limit;
};

/* A text with its values; values are borrowed from the keyset. */
struct keyset_sql {
    struct buffer sql;
    const char *values[STORE_PARAMETERS_MAX];
    size_t value_count;
};
void keyset_sql_free(struct keyset_sql *sql);

/* The rows. False with the error set where a name is no column name, an operator is not known or
 * there are too many values. */
bool keyset_rows(struct keyset_sql *out, const struct keyset *keyset, struct error *error);
/* `rows`, currency (where it is not NULL), the sum of each total, and `capped`: over at most
 * KEYSET_COUNT_MAX rows, one row a currency. */
bool keyset_summary(struct keyset_sql *out, const struct keyset *keyset, const char *currency,
                    const char *const *totals, size_t total_count, struct error *error);

#endif
