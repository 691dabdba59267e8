/* A view's filter as conditions of a keyset; values stay where they are. */
#ifndef DAYBOOK_APP_ROWS_SQL_H
#define DAYBOOK_APP_ROWS_SQL_H

#include "daybook/store/keyset.h"
#include "daybook/view/filter.h"

struct rows_conditions {
    struct keyset_condition list[FILTER_CONDITIONS_MAX];
    const char *values[FILTER_CONDITIONS_MAX][FILTER_VALUES_MAX];
};

size_t rows_conditions_of(struct rows_conditions *out, const struct filter *filter);

#endif
