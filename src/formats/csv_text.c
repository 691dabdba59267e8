/* Rows and cells of delimited text: one small machine over the bytes as they come. */
#include "daybook/formats/csv_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/buffer.h"
#include "daybook/base/memory.h"

enum { TEXT_CHUNK = 65536, TEXT_RAW = 512 };

enum csv_text_state {
    AT_CELL,      /* nothing of the cell was read yet */
    IN_PLAIN,     /* in a cell without quotes */
    IN_QUOTED,    /* between quotes */
    AFTER_QUOTE,  /* a quote between quotes: the end, or half of a doubled one */
    AFTER_QUOTED, /* behind the closing quote: blanks only */
    IN_FAULT      /* in a row that cannot be read, until its end */
};

struct csv_text {
    struct statement_source source;
    struct csv_text_layout layout;
    unsigned char special[256]; /* bytes that end a run of plain ones */
    char chunk[TEXT_CHUNK];
    size_t at, end; /* what of the chunk was not read yet */
    bool ended;
    bool started;     /* the byte order mark was looked for */
    bool after_cr;    /* a row ended in CR: an LF belongs to it */
    bool trail;       /* the byte belongs to the one before it */
    enum csv_text_state state;
    int64_t line, column; /* of the byte at `at` */
    struct buffer bytes;  /* of the row's cells */
    struct csv_text_cell cells[CSV_TEXT_CELLS_MAX];
    size_t starts[CSV_TEXT_CELLS_MAX + 1]; /* of the cells in bytes */
    size_t count;
    int64_t row_line;
    bool row_begun;
    char raw[TEXT_RAW];
    size_t raw_length;
    int64_t fault_line, fault_column;
    const char *reason;
};

struct csv_text *csv_text_new(struct statement_source source, struct csv_text_layout layout)
{
    struct csv_text *text = memory_new(sizeof *text);
    text->source = source;
    text->layout = layout;
    text->line = text->column = 1;
    buffer_init(&text->bytes, CSV_TEXT_ROW_MAX);
    text->special[(unsigned char)layout.delimiter] = 1;
    if (layout.quote != '\0')
        text->special[(unsigned char)layout.quote] = 1;
    text->special['\r'] = text->special['\n'] = 1;
    for (int byte = 0x81; layout.double_byte && byte <= 0xFE; byte++)
        text->special[byte] = 1;
    return text;
}

void csv_text_free(struct csv_text *text)
{
    if (text == NULL)
        return;
    buffer_free(&text->bytes);
    free(text);
}

bool csv_text_blank(const struct csv_text_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (span_trim(row->cells[i].text).length > 0)
            return false;
    return true;
}

/* Makes at least one byte ready; false at the end or where the source failed. */
static bool text_fill(struct csv_text *text, struct error *error)
{
    if (text->at < text->end)
        return true;
    if (text->ended)
        return false;
    long got = text->source.read(text->source.context, text->chunk, sizeof text->chunk, error);
    text->at = 0;
    text->end = got > 0 ? (size_t)got : 0;
    text->ended = got <= 0;
    return got > 0;
}

/* The first bytes are read until there are enough of them to see a byte order mark. */
static void text_skip_mark(struct csv_text *text, struct error *error)
{
    static const char mark[] = {'\xEF', '\xBB', '\xBF'};
    text->started = true;
    while (text->layout.mark && text->end < sizeof mark && !text->ended) {
        long got = text->source.read(text->source.context, text->chunk + text->end,
                                     sizeof text->chunk - text->end, error);
        text->ended = got <= 0;
        text->end += got > 0 ? (size_t)got : 0;
    }
    if (text->layout.mark && text->end >= sizeof mark && memcmp(text->chunk, mark, 3) == 0)
        text->at = sizeof mark;
}

static void text_fault(struct csv_text *text, const char *reason)
{
    text->state = IN_FAULT;
    text->fault_line = text->line;
    text->fault_column = text->column;
    text->reason = reason;
}

static void text_start_cell(struct csv_text *text)
{
    if (text->count == CSV_TEXT_CELLS_MAX) {
        text_fault(text, "the row has more than 256 cells");
        return;
    }
    text->cells[text->count].line = text->line;
    text->cells[text->count].column = text->column;
    text->starts[text->count++] = text->bytes.length;
}

static void text_add(struct csv_text *text, const char *data, size_t length)
{
    if (buffer_append(&text->bytes, data, length) || text->state == IN_FAULT)
        return;
    text_fault(text, "the row is longer than 1 MiB");
    text->fault_line = text->row_line;
    text->fault_column = 1;
}

static void text_remember_raw(struct csv_text *text, const char *data, size_t length)
{
    size_t room = TEXT_RAW - text->raw_length;
    if (length > room)
        length = room;
    memcpy(text->raw + text->raw_length, data, length);
    text->raw_length += length;
}

/* Takes a run of bytes that mean nothing but themselves; 0 where the next one may mean more. */
static size_t text_run(struct csv_text *text)
{
    const char *data = text->chunk + text->at;
    size_t rest = text->end - text->at;
    size_t length = 0;
    if (text->trail) {
        unsigned char byte = (unsigned char)*data;
        text->trail = false;
        length = byte >= 0x30 && byte != 0x7F && byte != 0xFF && byte != ';';
    }
    while (length < rest && !text->special[(unsigned char)data[length]])
        length++;
    if (length < rest && (unsigned char)data[length] >= 0x81) {
        length++;
        text->trail = true;
    }
    return length;
}

static void text_run_after_quoted(struct csv_text *text, struct span run)
{
    size_t blanks = 0;
    while (blanks < run.length && (run.data[blanks] == ' ' || run.data[blanks] == '\t'))
        blanks++;
    if (blanks == run.length)
        return;
    text_fault(text, "text follows the closing quote of a cell");
    text->fault_column += (int64_t)blanks;
}

static void text_run_bytes(struct csv_text *text, size_t length)
{
    const char *data = text->chunk + text->at;
    if (text->state == AT_CELL)
        text->state = IN_PLAIN;
    if (text->state == AFTER_QUOTE)
        text->state = AFTER_QUOTED;
    if (text->state == AFTER_QUOTED) {
        text_run_after_quoted(text, (struct span){data, length});
    } else if (text->state != IN_FAULT) {
        text_add(text, data, length);
    }
    text_remember_raw(text, data, length);
    text->at += length;
    text->column += (int64_t)length;
}

static void text_quote(struct csv_text *text)
{
    const char quote = text->layout.quote;
    switch (text->state) {
    case AT_CELL:
        text->state = IN_QUOTED;
        break;
    case IN_QUOTED:
        text->state = AFTER_QUOTE;
        break;
    case AFTER_QUOTE:
        text_add(text, &quote, 1);
        if (text->state == AFTER_QUOTE)
            text->state = IN_QUOTED;
        break;
    case AFTER_QUOTED:
        text_fault(text, "a quote follows the closing quote of a cell");
        break;
    case IN_PLAIN:
        text_add(text, &quote, 1);
        break;
    case IN_FAULT:
        break;
    }
}

/* One byte that may mean something; true where it ends the row. */
static bool text_special(struct csv_text *text)
{
    char byte = text->chunk[text->at];
    bool line_end = byte == '\r' || byte == '\n';
    bool row_end = false;
    if (line_end && text->state != IN_QUOTED) {
        row_end = true;
        text->after_cr = byte == '\r';
    } else if (byte == text->layout.quote && text->layout.quote != '\0') {
        text_quote(text);
    } else if (text->state == IN_QUOTED) {
        text_add(text, &byte, 1);
    }
    bool cell_end = !row_end && byte == text->layout.delimiter && text->state != IN_QUOTED &&
                    text->state != IN_FAULT;
    if (!row_end)
        text_remember_raw(text, &byte, 1);
    text->at++;
    text->column++;
    if (byte == '\n' || (byte == '\r' && row_end)) {
        text->line++;
        text->column = 1;
    }
    if (cell_end) {
        text->state = AT_CELL;
        text_start_cell(text);
    }
    return row_end;
}

static void text_begin_row(struct csv_text *text)
{
    text->count = 0;
    text->raw_length = 0;
    text->state = AT_CELL;
    text->row_line = text->line;
    text->row_begun = true;
    text->reason = NULL;
    buffer_clear(&text->bytes);
    text_start_cell(text);
}

static enum csv_text_step text_give(struct csv_text *text, struct csv_text_row *row)
{
    text->starts[text->count] = text->bytes.length;
    for (size_t i = 0; i < text->count; i++)
        text->cells[i].text = (struct span){buffer_text(&text->bytes) + text->starts[i],
                                            text->starts[i + 1] - text->starts[i]};
    *row = (struct csv_text_row){.cells = text->cells,
                                 .count = text->count,
                                 .line = text->row_line,
                                 .raw = {text->raw, text->raw_length},
                                 .fault_line = text->fault_line,
                                 .fault_column = text->fault_column,
                                 .reason = text->reason};
    text->row_begun = false;
    return text->state == IN_FAULT ? CSV_TEXT_FAULT : CSV_TEXT_ROW;
}

static bool text_unclosed(const struct csv_text *text, struct error *error)
{
    const struct csv_text_cell *cell = &text->cells[text->count - 1];
    return error_set(error, ERROR_INPUT,
                     "Line %lld, column %lld: a quoted cell begins here and never ends.",
                     (long long)cell->line, (long long)cell->column);
}

enum csv_text_step csv_text_read(struct csv_text *text, struct csv_text_row *row,
                                 struct error *error)
{
    struct error failed = {.code = ERROR_NONE};
    if (!text->started)
        text_skip_mark(text, &failed);
    while (text_fill(text, &failed)) {
        if (text->after_cr && text->chunk[text->at] == '\n') {
            text->after_cr = false;
            text->at++;
            continue;
        }
        text->after_cr = false;
        if (!text->row_begun)
            text_begin_row(text);
        size_t run = text_run(text);
        if (run > 0)
            text_run_bytes(text, run);
        else if (text_special(text))
            return text_give(text, row);
    }
    if (failed.code != ERROR_NONE) {
        *error = failed;
        return CSV_TEXT_FAILED;
    }
    if (!text->row_begun)
        return CSV_TEXT_END;
    if (text->state == IN_QUOTED)
        return text_unclosed(text, error), CSV_TEXT_FAILED;
    return text_give(text, row);
}
