/* CSV as output. Cells come from banks and payees: what starts like a formula is made text
 * (OWASP ASVS 4, 1.2.10). */
#include "daybook/base/csv_write.h"

#include <string.h>

void csv_write_start(struct csv_writer *writer, struct buffer *out)
{
    *writer = (struct csv_writer){.out = out};
}

/* [+-]digits with points and commas: "-1,234.56". */
static bool is_number(struct span text)
{
    size_t at = text.length > 0 && (text.data[0] == '-' || text.data[0] == '+');
    bool digits = false;
    for (; at < text.length; at++) {
        bool digit = text.data[at] >= '0' && text.data[at] <= '9';
        if (!digit && (!digits || (text.data[at] != '.' && text.data[at] != ',')))
            return false;
        digits = digits || digit;
    }
    return digits;
}

static bool is_formula(struct span text)
{
    return text.length > 0 && memchr("=+-@\t\r\0", text.data[0], 7) != NULL && !is_number(text);
}

static bool needs_quotes(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] == '"' || text.data[i] == ',' || text.data[i] == '\r' ||
            text.data[i] == '\n')
            return true;
    return text.length > 0 && (text.data[0] == ' ' || text.data[text.length - 1] == ' ');
}

/* How many bytes at `at` are one control character that would act on a terminal; 0: none. */
static size_t control_length(const char *at, size_t length)
{
    unsigned char byte = (unsigned char)*at;
    if (byte == 0xC2 && length > 1)
        return (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] < 0xA0 ? 2 : 0;
    return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F ? 1 : 0;
}

/* Quotes are doubled; where there is one, the cell stands in quotes. */
static void write_text(struct buffer *out, struct span text)
{
    const char *end = text.data + text.length, *start = text.data;
    for (const char *at = text.data; at < end;) {
        size_t control = control_length(at, (size_t)(end - at));
        if (control == 0 && *at++ != '"')
            continue;
        buffer_append(out, start, (size_t)(at - start));
        buffer_append_string(out, control > 0 ? "\u00B7" : "\"");
        at += control;
        start = at;
    }
    buffer_append(out, start, (size_t)(end - start));
}

void csv_write_cell(struct csv_writer *writer, struct span text)
{
    bool formula = is_formula(text);
    bool quotes = formula || needs_quotes(text);
    if (writer->inside)
        buffer_append_char(writer->out, ',');
    writer->inside = true;
    if (quotes)
        buffer_append_string(writer->out, formula ? "\"'" : "\"");
    write_text(writer->out, text);
    if (quotes)
        buffer_append_char(writer->out, '"');
}

void csv_write_string(struct csv_writer *writer, const char *text)
{
    csv_write_cell(writer, span_of(text));
}

bool csv_write_end(struct csv_writer *writer)
{
    buffer_append_string(writer->out, "\r\n");
    writer->inside = false;
    return !writer->out->overflow;
}
