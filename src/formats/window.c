/* The window of the input: moved to the front of its memory when it must be refilled, and grown
 * only where one record does not fit. */
#include "window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"

enum {
    WINDOW_FIRST = 128 * 1024 /* bytes; fits the second-level cache together with its source */
};

void window_init(struct window *window, struct statement_source source, size_t limit)
{
    assert(limit >= WINDOW_FIRST);
    *window = (struct window){.source = source, .limit = limit, .capacity = WINDOW_FIRST};
    window->data = memory_new(window->capacity + WINDOW_SLACK);
}

void window_free(struct window *window)
{
    free(window->data);
    *window = (struct window){.data = NULL};
}

/* Room at the end: by moving what is left to the front, else by growing. */
static bool window_room(struct window *window, struct error *error)
{
    size_t kept = window_length(window);

    if (window->start > 0) {
        memmove(window->data, window->data + window->start, kept);
        window->start = 0;
        window->end = kept;
    }
    if (window->end < window->capacity)
        return true;
    if (window->capacity >= window->limit)
        return error_set(error, ERROR_LIMIT, "one record is longer than %zu bytes", window->limit);
    window->capacity = window->capacity * 2 < window->limit ? window->capacity * 2 : window->limit;
    window->data = memory_resize(window->data, window->capacity + WINDOW_SLACK, 1);
    return true;
}

enum window_fill window_more(struct window *window, struct error *error)
{
    if (window->ended)
        return WINDOW_END;
    if (!window_room(window, error))
        return WINDOW_FAILED;
    long count = window->source.read(window->source.context, window->data + window->end,
                                     window->capacity - window->end, error);
    if (count < 0)
        return WINDOW_FAILED;
    assert((size_t)count <= window->capacity - window->end);
    window->end += (size_t)count;
    window->ended = count == 0;
    return window->ended ? WINDOW_END : WINDOW_MORE;
}
