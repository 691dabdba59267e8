/* CSV as output: RFC 4180, with CRLF, safe to open in a spreadsheet. */
#ifndef DAYBOOK_BASE_CSV_WRITE_H
#define DAYBOOK_BASE_CSV_WRITE_H

#include "daybook/base/buffer.h"
#include "daybook/base/text.h"

struct csv_writer {
    struct buffer *out;
    bool inside; /* a row was begun */
};

void csv_write_start(struct csv_writer *writer, struct buffer *out);
/* One cell more in the row. A text that a spreadsheet would take for a formula (it starts with = +
 * - @, a tab, a carriage return or a NUL byte) gets a ' in front; plain numbers stay.
 * Control characters but tabs and line ends become a middle dot: a file that is shown on a terminal
 * must not steer it. */
void csv_write_cell(struct csv_writer *writer, struct span text);
void csv_write_string(struct csv_writer *writer, const char *text); /* NULL: an empty cell */
/* Ends the row; false where the buffer is full. */
bool csv_write_end(struct csv_writer *writer);

#endif
