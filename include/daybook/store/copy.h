/* COPY FROM STDIN as a stream: a store_call with `copy` set starts it, rows are put as there is
 * room, its callback runs when the server has taken or refused them all. Nothing else is sent
 * between start and end. */
#ifndef DAYBOOK_STORE_COPY_H
#define DAYBOOK_STORE_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/text.h"

struct store;

/* Whether the server waits for rows and what was put before has left this program. */
bool store_copy_ready(const struct store *store);
/* Whether the COPY has ended or failed before its end, so that nothing more can be put. */
bool store_copy_over(const struct store *store);
/* Puts bytes of the format that was asked for; call only when ready. They need not end at a row's
 * end. False: the connection is lost, which the callback will tell. */
bool store_copy_put(struct store *store, const void *data, size_t length);
/* Ends it: reason NULL keeps the rows, a reason makes the server refuse them. */
void store_copy_end(struct store *store, const char *reason);

/* --- rows of COPY's text format, for what is few */

/* Adds a field and, from the second on, the tab before it: `first` is true at a row's start. Ill-
 * formed UTF-8 becomes U+FFFD and NUL is dropped: the raw bytes are kept with the file. */
bool copy_text(struct buffer *row, bool *first, struct span value);
bool copy_null(struct buffer *row, bool *first);
bool copy_int(struct buffer *row, bool *first, int64_t value);
bool copy_bytes(struct buffer *row, bool *first, struct span value); /* bytea, as \x... */
bool copy_end_row(struct buffer *row, bool *first);

/* --- rows of COPY's binary format, for what is many: begin, rows, end. A row is its number of
 * fields and then each field, which must have exactly its column's type. All return false where
 * the buffer's limit would be passed. */

enum { COPY_UUID_BYTES = 16 };

bool copy_binary_begin(struct buffer *rows);
bool copy_binary_end(struct buffer *rows);
bool copy_binary_row(struct buffer *rows, int fields);
bool copy_binary_null(struct buffer *rows);
bool copy_binary_int8(struct buffer *rows, int64_t value);
bool copy_binary_int4(struct buffer *rows, int32_t value);
bool copy_binary_date(struct buffer *rows, date_day day); /* not DATE_NONE */
bool copy_binary_uuid(struct buffer *rows, const unsigned char uuid[COPY_UUID_BYTES]);
/* Cleaned as copy_text() does. */
bool copy_binary_text(struct buffer *rows, struct span text);
/* Two texts as one, a line end between them where there are both. */
bool copy_binary_lines(struct buffer *rows, struct span one, struct span two);

#endif
