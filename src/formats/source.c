/* Sources of bytes for readers: memory and files. */
#include "daybook/formats/source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static long memory_read(void *context, char *out, size_t size, struct error *error)
{
    struct source_memory *memory = context;
    size_t count = memory->rest.length < size ? memory->rest.length : size;

    (void)error;
    if (memory->step > 0 && count > memory->step)
        count = memory->step;
    if (count == 0)
        return 0;
    memcpy(out, memory->rest.data, count);
    memory->rest.data += count;
    memory->rest.length -= count;
    return (long)count;
}

struct statement_source source_of_memory(struct source_memory *memory)
{
    return (struct statement_source){.read = memory_read, .context = memory};
}

static long file_read(void *context, char *out, size_t size, struct error *error)
{
    const struct source_file *file = context;

    for (;;) {
        ssize_t count = read(file->fd, out, size);
        if (count >= 0)
            return (long)count;
        if (errno != EINTR) {
            error_set(error, ERROR_SYSTEM, "The file cannot be read: %s.", strerror(errno));
            return -1;
        }
    }
}

struct statement_source source_of_file(struct source_file *file)
{
    return (struct statement_source){.read = file_read, .context = file};
}
