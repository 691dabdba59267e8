/* A growing byte buffer with a ceiling from birth. */
#ifndef DAYBOOK_BASE_BUFFER_H
#define DAYBOOK_BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *data; /* NUL after the last byte, once anything was added; NULL before */
    size_t length;
    size_t capacity;
    size_t limit; /* bytes; appending past it fails and changes nothing but `overflow` */
    bool overflow;
};

void buffer_init(struct buffer *buffer, size_t limit);
void buffer_free(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* keeps the memory, clears `overflow` */

/* All return false where the limit would be passed. */
bool buffer_append(struct buffer *buffer, const void *data, size_t length);
bool buffer_append_string(struct buffer *buffer, const char *text);
bool buffer_append_char(struct buffer *buffer, char character);
bool buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes room for `more` bytes and returns where they go; the caller adds them to `length`.
 * NULL where the limit would be passed. buffer_text() puts the NUL after what was filled. */
char *buffer_reserve(struct buffer *buffer, size_t more);
void buffer_drop_front(struct buffer *buffer, size_t count);

/* The text, "" when nothing was added. Owned by the buffer. */
const char *buffer_text(const struct buffer *buffer);

#endif
