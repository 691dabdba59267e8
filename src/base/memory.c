/* Memory that does not fail, and arenas with a ceiling. */
#include "daybook/base/memory.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The one hook of the process, set by app before any thread exists: what gives the terminal back
 * has to be reachable from the depth of any allocation. */
static void (*exhausted_last_words)(void);

void memory_on_exhausted(void (*last_words)(void))
{
    exhausted_last_words = last_words;
}

__attribute__((noreturn)) static void memory_exhausted(void)
{
    static const char sentence[] = "daybook: the system has no memory left; nothing was saved.\n";
    if (exhausted_last_words != NULL)
        exhausted_last_words();
    /* Nothing that allocates may run any more, so neither stdio nor atexit handlers do. */
    ssize_t written = write(STDERR_FILENO, sentence, sizeof sentence - 1);
    (void)written;
    _exit(1);
}

void *memory_new(size_t size)
{
    void *block = calloc(1, size > 0 ? size : 1);
    if (block == NULL)
        memory_exhausted();
    return block;
}

void *memory_resize(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        memory_exhausted();
    void *block = realloc(old, bytes > 0 ? bytes : 1);
    if (block == NULL)
        memory_exhausted();
    return block;
}

void *memory_copy(const void *data, size_t size)
{
    void *block = memory_resize(NULL, size, 1);
    if (size > 0)
        memcpy(block, data, size);
    return block;
}

char *memory_copy_string(const char *text)
{
    return memory_copy(text, strlen(text) + 1);
}

char *memory_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        memory_exhausted();
    return text;
}

/* --- arenas */

enum {
    CHUNK_FIRST = 1024,       /* bytes; later chunks double */
    CHUNK_LARGEST = 64 * 1024 /* bytes; larger requests get a chunk of their own size */
};

struct chunk {
    struct chunk *older;
    size_t size; /* of data */
    size_t used;
    max_align_t data[];
};

struct arena {
    struct chunk *newest; /* NULL until something is taken */
    size_t limit;
    size_t used;      /* over all chunks, with what alignment costs */
    size_t next_size; /* of the next chunk */
};

struct arena *arena_new(size_t limit_bytes)
{
    struct arena *arena = memory_new(sizeof *arena);
    arena->limit = limit_bytes;
    arena->next_size = CHUNK_FIRST;
    return arena;
}

static void chunk_free_older(struct chunk *chunk)
{
    while (chunk != NULL) {
        struct chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    chunk_free_older(arena->newest);
    free(arena);
}

void arena_clear(struct arena *arena)
{
    arena->used = 0;
    if (arena->newest == NULL)
        return;
    /* The newest chunk is as large as any, and keeping it spares the next page an allocation. */
    chunk_free_older(arena->newest->older);
    arena->newest->older = NULL;
    memset(arena->newest->data, 0, arena->newest->used);
    arena->newest->used = 0;
}

static void arena_add_chunk(struct arena *arena, size_t at_least)
{
    size_t size = arena->next_size;
    if (size > arena->limit)
        size = arena->limit;
    if (size < at_least)
        size = at_least;
    struct chunk *chunk = memory_new(sizeof *chunk + size);
    chunk->size = size;
    chunk->older = arena->newest;
    arena->newest = chunk;
    if (arena->next_size < CHUNK_LARGEST)
        arena->next_size *= 2;
}

static void *arena_take_aligned(struct arena *arena, size_t size, size_t alignment)
{
    assert((alignment & (alignment - 1)) == 0);
    if (size == 0)
        size = 1;
    if (size > arena->limit - arena->used)
        return NULL;
    size_t padding = 0;
    struct chunk *chunk = arena->newest;
    if (chunk != NULL) {
        padding = (alignment - chunk->used % alignment) % alignment;
        if (padding + size > chunk->size - chunk->used)
            chunk = NULL;
    }
    if (chunk == NULL) {
        arena_add_chunk(arena, size);
        chunk = arena->newest;
        padding = 0;
    }
    if (padding + size > arena->limit - arena->used)
        return NULL;
    char *block = (char *)chunk->data + chunk->used + padding;
    chunk->used += padding + size;
    arena->used += padding + size;
    assert(chunk->used <= chunk->size && arena->used <= arena->limit);
    return block;
}

void *arena_take(struct arena *arena, size_t size)
{
    return arena_take_aligned(arena, size, alignof(max_align_t));
}

char *arena_string(struct arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *copy = arena_take_aligned(arena, length + 1, 1);
    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        memory_exhausted();
    char *copy = arena_string(arena, text, (size_t)length);
    free(text);
    return copy;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
