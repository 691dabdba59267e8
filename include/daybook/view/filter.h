/* Words that ask the database (`\`): `channel:ICBC amount>1000 opened<3d`. Pure; fuzzed. */
#ifndef DAYBOOK_VIEW_FILTER_H
#define DAYBOOK_VIEW_FILTER_H

#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/screen/screen.h"

enum { FILTER_CONDITIONS_MAX = 12, FILTER_VALUES_MAX = 8, FILTER_VALUE_MAX = 96 };

/* `in` has 1..FILTER_VALUES_MAX values, the others one. */
enum filter_operator {
    FILTER_IN,
    FILTER_NOT_IN,
    FILTER_LESS,
    FILTER_LESS_EQUAL,
    FILTER_GREATER,
    FILTER_GREATER_EQUAL
};

/* One condition on a column, its values as PostgreSQL reads them for the column's type: money in
 * minor units, times RFC 3339 in UTC, dates YYYY-MM-DD, booleans t/f. They are bound, never
 * pasted. */
struct filter_condition {
    const struct field *field; /* field->name is the column */
    enum filter_operator operator;
    char values[FILTER_VALUES_MAX][FILTER_VALUE_MAX];
    size_t value_count;
};

struct filter {
    struct filter_condition conditions[FILTER_CONDITIONS_MAX]; /* joined by `and` */
    size_t count;
};

struct filter_context {
    const struct field *const *fields; /* the screen's filter line */
    size_t field_count;
    time_us now;       /* for `opened<3d` (younger than three days) and `today`, `yesterday` */
    int utc_offset_s;
    int exponent;      /* digits after the point of amounts as typed */
};

/* Parses the words; a field may be named by any unambiguous beginning. False with a sentence that
 * says which word and what was meant; the filter is empty then. Words without a field are an error:
 * what is on the screen is filtered with `/`. */
bool filter_parse(struct filter *filter, struct span words, const struct filter_context *context,
                  struct error *error);
/* Writes one condition as the chip shows it: "amount > 1,000.00". */
const char *filter_chip(const struct filter_condition *condition, int exponent, char *out,
                        size_t out_size);
const char *filter_operator_sql(enum filter_operator operator); /* "=", "<>", "<"... */

#endif
