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

static void write_quoted(struct buffer *out, struct span text)
{
    while (text.length > 0) {
        const char *quote = memchr(text.data, '"', text.length);
        size_t length = quote == NULL ? text.length : (size_t)(quote - text.data) + 1;
        buffer_append(out, text.data, length);
        if (quote != NULL)
            buffer_append_char(out, '"');
        text = (struct span){text.data + length, text.length - length};
    }
}

void csv_write_cell(struct csv_writer *writer, struct span text)
{
    bool formula = is_formula(text);
    bool quotes = formula || needs_quotes(text);
    if (writer->inside)
        buffer_append_char(writer->out, ',');
    writer->inside = true;
    if (!quotes) {
        buffer_append(writer->out, text.data, text.length);
        return;
    }
    buffer_append_string(writer->out, formula ? "\"'" : "\"");
    write_quoted(writer->out, text);
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
