/* What the database keeps in English (reasons, labels, checks), in the operator's language. Such
 * sentences are evidence and stay as they were written; they are recognised by what they were made
 * from, and shown as they stand where any part of them is not known. */
#ifndef DAYBOOK_VIEW_STORED_H
#define DAYBOOK_VIEW_STORED_H

#include <stddef.h>

#include "daybook/view/view.h"

/* text itself, or out filled; codes of states in it become the words of the world's screens. */
const char *stored_text(const struct view_world *world, const char *text, char *out, size_t size);

/* The text of an exception's event of the action `what`: "OPEN > CLAIMED called the bank". States
 * are shown in words; what people wrote stays. */
const char *stored_event(const struct view_world *world, const char *what, const char *text,
                         char *out, size_t size);

#endif
