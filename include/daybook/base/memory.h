/* Memory that does not fail: an allocation that the system refuses ends the program cleanly. */
#ifndef DAYBOOK_BASE_MEMORY_H
#define DAYBOOK_BASE_MEMORY_H

#include <stddef.h>

#define MEMORY_NEW __attribute__((warn_unused_result, returns_nonnull))

/* size may be 0; the result is never NULL and is released with free(). */
MEMORY_NEW __attribute__((malloc)) void *memory_new(size_t size);        /* zeroed */
MEMORY_NEW void *memory_resize(void *old, size_t count, size_t size);    /* checks count * size */
MEMORY_NEW __attribute__((malloc)) char *memory_copy_string(const char *text);
MEMORY_NEW __attribute__((malloc)) void *memory_copy(const void *data, size_t size);
MEMORY_NEW __attribute__((malloc, format(printf, 1, 2))) char *memory_format(const char *format,
                                                                            ...);

/* Called once before the program ends for want of memory (the terminal restores itself here). */
void memory_on_exhausted(void (*last_words)(void));

/* An arena owns everything allocated from it and is freed as a whole: one per result set, request
 * or parsed file. limit_bytes is its ceiling from birth; going over it is an error of the caller's
 * input, answered with NULL. */
struct arena;

struct arena *arena_new(size_t limit_bytes);
void arena_free(struct arena *arena); /* NULL is allowed */
void arena_clear(struct arena *arena);
void *arena_take(struct arena *arena, size_t size); /* zeroed, aligned for any type; NULL: limit */
/* Adds the NUL; NULL: limit. */
char *arena_string(struct arena *arena, const char *text, size_t length);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
size_t arena_used(const struct arena *arena);

#endif
