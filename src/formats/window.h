/* One window of the input: the bytes a reader looks at, refilled from its source. Offsets count
 * from `start`, so they stay right when the window moves; spans do not, and are made only when
 * everything they point at is inside. */
#ifndef DAYBOOK_SRC_FORMATS_WINDOW_H
#define DAYBOOK_SRC_FORMATS_WINDOW_H

#include "daybook/formats/statement.h"

enum {
    WINDOW_SLACK = 64 /* bytes behind the window that may be read, whatever is there */
};

struct window {
    struct statement_source source;
    char *data;
    size_t start, end; /* the bytes not yet consumed are data[start..end) */
    size_t capacity;
    size_t limit; /* bytes one record may take at most */
    bool ended;   /* the source has no more */
};

enum window_fill {
    WINDOW_MORE,
    WINDOW_END,   /* no more bytes: what is there is all */
    WINDOW_FAILED /* the source failed or one record is over the limit; the error is set */
};

void window_init(struct window *window, struct statement_source source, size_t limit);
void window_free(struct window *window);

/* Brings more bytes behind those there are. */
enum window_fill window_more(struct window *window, struct error *error);

static inline const char *window_bytes(const struct window *window)
{
    return window->data + window->start;
}

static inline size_t window_length(const struct window *window)
{
    return window->end - window->start;
}

static inline void window_consume(struct window *window, size_t count)
{
    window->start += count;
}

#endif
