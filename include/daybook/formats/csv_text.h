/* Text with delimiters, cut into rows and cells as RFC 4180 says, as a stream. Banks deviate, and
 * what does no harm is read: blanks after a closing quote, quotes inside a cell that does not start
 * with one, rows that end in CR, LF or CRLF, a last row without an end. */
#ifndef DAYBOOK_FORMATS_CSV_TEXT_H
#define DAYBOOK_FORMATS_CSV_TEXT_H

#include "daybook/formats/statement.h"

enum {
    CSV_TEXT_CELLS_MAX = 256,      /* in a row */
    CSV_TEXT_ROW_MAX = 1024 * 1024 /* bytes of a row */
};

struct csv_text_layout {
    char delimiter;
    char quote;       /* '\0': cells are never quoted */
    bool double_byte; /* GBK, GB18030: a byte from 0x81 on takes the next one with it */
    bool mark;        /* a UTF-8 byte order mark may stand in front */
};

struct csv_text_cell {
    struct span text;     /* without the quotes around it */
    int64_t line, column; /* where it starts, from 1; columns count bytes of the file as written */
};

/* Spans live until the next csv_text_read(). */
struct csv_text_row {
    const struct csv_text_cell *cells;
    size_t count; /* at least 1: an empty line is a row of one empty cell */
    int64_t line; /* where the row starts */
    struct span raw; /* its first bytes as written, at most 512 */
    /* Of a CSV_TEXT_FAULT: where and why it is none. */
    int64_t fault_line, fault_column;
    const char *reason;
};

enum csv_text_step {
    CSV_TEXT_ROW,
    CSV_TEXT_FAULT, /* this row cannot be read; the next one can be tried */
    CSV_TEXT_END,
    CSV_TEXT_FAILED /* the text cannot be read further: the error names line, column and reason */
};

struct csv_text;

struct csv_text *csv_text_new(struct statement_source source, struct csv_text_layout layout);
void csv_text_free(struct csv_text *text); /* NULL is allowed */
enum csv_text_step csv_text_read(struct csv_text *text, struct csv_text_row *row,
                                 struct error *error);

/* True where every cell is blank. */
bool csv_text_blank(const struct csv_text_row *row);

#endif
