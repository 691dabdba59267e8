/* One value of a filter word by its field's type. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_FILTER_VALUE_H
#define DAYBOOK_CONSOLE_VIEW_FILTER_VALUE_H

#include "daybook/view/filter.h"

struct filter_target {
    struct filter *filter;
    struct filter_condition *condition;
    const struct filter_context *context;
    bool replaced; /* the word became conditions of its own (a day of timestamps) */
};

/* Adds the value to target->condition, or adds whole conditions and sets `replaced`. */
bool filter_value(struct filter_target *target, struct span typed, struct error *error);
bool filter_add(struct filter *filter, const struct filter_condition *condition,
                struct error *error);

#endif
