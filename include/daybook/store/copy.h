/* COPY FROM STDIN as a stream: a store_call with `copy` set starts it, rows are put as there is
 * room, its callback runs when the server has taken or refused them all. Nothing else is sent
 * between start and end. */
#ifndef DAYBOOK_STORE_COPY_H
#define DAYBOOK_STORE_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "daybook/base/buffer.h"
#include "daybook/base/text.h"

struct store;

/* Whether the server waits for rows and what was put before has left this program. */
bool store_copy_ready(const struct store *store);
/* Whether the COPY has ended or failed before its end, so that nothing more can be put. */
bool store_copy_over(const struct store *store);
/* Puts bytes of the text format; call only when ready. They need not end at a row's end. False:
 * the connection is lost, which the callback will tell. */
bool store_copy_put(struct store *store, const void *data, size_t length);
/* Ends it: reason NULL keeps the rows, a reason makes the server refuse them. */
void store_copy_end(struct store *store, const char *reason);

/* --- rows of COPY's text format */

/* Adds a field and, from the second on, the tab before it: `first` is true at a row's start. Ill-
 * formed UTF-8 becomes U+FFFD and NUL is dropped: the raw bytes are kept with the file. */
bool copy_text(struct buffer *row, bool *first, struct span value);
bool copy_null(struct buffer *row, bool *first);
bool copy_int(struct buffer *row, bool *first, int64_t value);
bool copy_bytes(struct buffer *row, bool *first, struct span value); /* bytea, as \x... */
bool copy_end_row(struct buffer *row, bool *first);

#endif
