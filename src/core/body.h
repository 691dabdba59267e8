/* A request's body against the table of its members. */
#ifndef DAYBOOK_CORE_BODY_H
#define DAYBOOK_CORE_BODY_H

#include <jansson.h>

#include "daybook/base/buffer.h"
#include "route.h"

/* NULL where the body is as its table says; else the problem's code, and words `member=payee.name
 * wanted=...` in `words`. */
const char *core_body_check(json_t *body, const struct core_member *members, struct buffer *words);

/* The value at "payee.name"; NULL where there is none or it is null. Borrowed from body. */
json_t *core_body_at(json_t *body, struct span path);

/* Whether a text has a form of struct core_member. */
bool core_form_fits(const char *form, struct span text);

#endif
