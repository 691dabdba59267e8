/* Files compiled into the program byte for byte: screens, queries, schema, CSV profiles. */
#ifndef DAYBOOK_BASE_EMBED_H
#define DAYBOOK_BASE_EMBED_H

#include <stddef.h>

struct embedded_file {
    const char *name; /* the path in the source tree: "sql/query/exceptions.sql" */
    const char *data; /* NUL after the last byte */
    size_t length;
};

/* Sorted by name. */
extern const struct embedded_file embedded_files[];
extern const size_t embedded_file_count;

const struct embedded_file *embedded_find(const char *name); /* NULL when there is none */
/* The first file whose name starts with prefix, and how many follow it with the same prefix. */
const struct embedded_file *embedded_with_prefix(const char *prefix, size_t *count);

#endif
