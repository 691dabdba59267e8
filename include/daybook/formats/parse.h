/* A statement file from its bytes to its canonical rows: `daybook parse` without its terminal. */
#ifndef DAYBOOK_FORMATS_PARSE_H
#define DAYBOOK_FORMATS_PARSE_H

#include "daybook/formats/statement.h"

struct canonical_output {
    /* Gets rows, whole ones, in order. False, with the error set, ends the parse. */
    bool (*write)(void *context, const char *data, size_t length, struct error *error);
    /* Gets every fault and note, for messages beside the rows. May be NULL. */
    void (*fault)(void *context, const struct statement_fault *fault);
    void *context;
};

/* The exit status: 0, or 1 where an entry could not be read (its X row is written), where the file
 * is broken, or where a camt file has no statement. error is set only in the last two cases: it
 * names line, column and reason, the caller puts the file's name before it. */
int canonical_parse(const char *format, struct statement_source source,
                    const struct canonical_output *output, struct error *error);

#endif
