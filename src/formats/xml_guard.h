/* The bytes of an XML file on their way to libxml2, and a short memory of them.
 *
 * Before the first element only white space, comments, the declaration and processing instructions
 * pass; a DOCTYPE ends the file before libxml2 sees it. */
#ifndef DAYBOOK_SRC_FORMATS_XML_GUARD_H
#define DAYBOOK_SRC_FORMATS_XML_GUARD_H

#include "daybook/formats/statement.h"

enum { XML_GUARD_WINDOW = 16384 }; /* bytes kept behind the parser to find a column in */

struct xml_guard {
    struct statement_source source;
    struct error *error; /* set where reading or the prolog fails */
    int state;           /* of the prolog's little machine */
    int64_t line, column;
    char window[XML_GUARD_WINDOW];
    size_t filled;
    int64_t end; /* bytes given to libxml2 so far; the window ends there */
};

/* Makes a zeroed guard ready; source and error outlive it. */
void xml_guard_start(struct xml_guard *guard, struct statement_source source, struct error *error);
int xml_guard_read(void *context, char *out, int size); /* an xmlInputReadCallback */
/* The column of raw in that line, where it stands there once and the window still has the line;
 * `at` is the parser's offset and at_line its line. 0 where it cannot be said. */
int64_t xml_guard_column(const struct xml_guard *guard, int64_t at, int64_t at_line, int64_t line,
                         struct span raw);

#endif
