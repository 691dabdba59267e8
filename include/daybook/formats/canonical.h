/* The canonical text form of statements, one record a line, tab-separated: what `daybook parse`
 * prints and conformance tests compare. Control characters inside values print as blanks. */
#ifndef DAYBOOK_FORMATS_CANONICAL_H
#define DAYBOOK_FORMATS_CANONICAL_H

#include "daybook/base/buffer.h"
#include "daybook/formats/statement.h"

/* Some rows need the statement's end (its closing balance and count stand in the S row, before the
 * E rows), so a canonical writer keeps one statement's rows until its END. */
struct canonical;

struct canonical *canonical_new(const char *format);
void canonical_free(struct canonical *canonical);
/* Adds the record; what can be printed by now is appended to out. False where out is full. */
bool canonical_add(struct canonical *canonical, const struct statement_record *record,
                   struct buffer *out);

#endif
