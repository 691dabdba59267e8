/* Sources of bytes for readers. */
#ifndef DAYBOOK_FORMATS_SOURCE_H
#define DAYBOOK_FORMATS_SOURCE_H

#include "daybook/formats/statement.h"

struct source_memory {
    struct span rest;
    size_t step; /* bytes a read gives at most; 0: all that fit. Tests use 1 and 4. */
};
struct statement_source source_of_memory(struct source_memory *memory);

struct source_file {
    int fd; /* the caller's to close */
};
struct statement_source source_of_file(struct source_file *file);

#endif
