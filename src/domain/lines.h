/* Lines of the form `word value`, as documents and charters have them: taken one by one in the
 * order they must come in. Private to the room. */
#ifndef DAYBOOK_DOMAIN_LINES_H
#define DAYBOOK_DOMAIN_LINES_H

#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/base/text.h"

struct lines {
    const char *what; /* "document", "charter": how faults begin */
    const char *at, *end;
    size_t number; /* of the line taken last, from 1 */
    struct error *error;
};

/* Every line ends in a line feed; ERROR_LIMIT past max bytes. */
bool lines_start(struct lines *lines, const char *what, struct span bytes, size_t max,
                 struct error *error);
/* Says what is wrong with the line taken last. Returns false. */
bool lines_fault(const struct lines *lines, const char *fault, struct span value);
bool lines_limit(const struct lines *lines, const char *what, size_t max);
bool lines_end(struct lines *lines); /* nothing may follow */

/* Each takes the next line, which must begin with that word. */
bool lines_take(struct lines *lines, const char *word, struct span *value);
bool lines_take_text(struct lines *lines, const char *word, size_t max, struct span *text);
bool lines_take_int(struct lines *lines, const char *word, int64_t low, int64_t high,
                    int64_t *value);
bool lines_take_time(struct lines *lines, const char *word, time_us *time);
bool lines_take_count(struct lines *lines, const char *word, size_t max, size_t *count);
/* `word.index value`, index from 1. */
bool lines_take_row(struct lines *lines, const char *word, size_t index, struct span *row);

/* --- values */

/* A decimal integer in its only form: no sign but -, no leading zero, no -0. */
bool value_to_int(struct span value, int64_t *number);
/* YYYY-MM-DDThh:mm:ssZ. */
bool value_to_time(struct span value, time_us *time);
/* Small letters, digits, - and _, beginning with a letter, shorter than room. */
bool value_is_name(struct span value, size_t room);
bool value_is_code(struct span value); /* capitals, digits and _, at most 40 */
bool value_is_currency(struct span value);
/* A word of a row: safe bytes, those of `more` ("" for none) and %HH of printable text. */
bool value_is_word(struct span value, const char *more);
bool value_is_safe(char byte);
/* A channel's name in a document or a charter: a word of safe bytes only. */
bool value_is_plain(struct span value);

/* Cuts at single blanks; false where there are not exactly `count` words, or an empty one. */
bool row_cut(struct span row, struct span *words, size_t count);
/* Takes the first word off a row; false where none is left or it is empty. */
bool row_next(struct span *row, struct span *word);

#endif
