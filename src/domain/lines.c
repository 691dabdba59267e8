/* Lines of documents and charters, and the values in them: one form for each, nothing else. */
#include "lines.h"

#include <assert.h>
#include <string.h>

enum { SHOWN_MAX = 60, CODE_MAX = 40, WORD_MAX = 1000, TIME_LENGTH = 20 };

bool lines_start(struct lines *lines, const char *what, struct span bytes, size_t max,
                 struct error *error)
{
    assert(bytes.data != NULL || bytes.length == 0);
    *lines = (struct lines){.what = what, .error = error};
    if (bytes.length > max)
        return error_set(error, ERROR_LIMIT, "%s: it is longer than %zu bytes", what, max);
    if (bytes.length == 0)
        return error_set(error, ERROR_INPUT, "%s: it is empty", what);
    if (bytes.data[bytes.length - 1] != '\n')
        return error_set(error, ERROR_INPUT, "%s: its last line does not end", what);
    lines->at = bytes.data;
    lines->end = bytes.data + bytes.length;
    return true;
}

bool lines_fault(const struct lines *lines, const char *fault, struct span value)
{
    int shown = (int)(value.length < SHOWN_MAX ? value.length : SHOWN_MAX);
    return error_set(lines->error, ERROR_INPUT, "%s, line %zu: %s '%.*s'", lines->what,
                     lines->number, fault, shown, value.length > 0 ? value.data : "");
}

bool lines_limit(const struct lines *lines, const char *what, size_t max)
{
    return error_set(lines->error, ERROR_LIMIT, "%s, line %zu: more than %zu %s", lines->what,
                     lines->number, max, what);
}

bool lines_end(struct lines *lines)
{
    if (lines->at == lines->end)
        return true;
    lines->number++;
    return lines_fault(lines, "nothing may follow",
                       (struct span){lines->at, (size_t)(lines->end - lines->at)});
}

/* The next line without its end; false where there is none. */
static bool lines_next(struct lines *lines, const char *word, struct span *line)
{
    lines->number++;
    if (lines->at == lines->end)
        return error_set(lines->error, ERROR_INPUT, "%s, line %zu: '%s' is missing", lines->what,
                         lines->number, word);
    const char *stop = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
    assert(stop != NULL); /* the last line ends, lines_start() saw it */
    *line = (struct span){lines->at, (size_t)(stop - lines->at)};
    lines->at = stop + 1;
    return true;
}

static bool starts_with(struct span *line, const char *word)
{
    size_t length = strlen(word);
    if (line->length < length || memcmp(line->data, word, length) != 0)
        return false;
    *line = (struct span){line->data + length, line->length - length};
    return true;
}

static bool lines_out_of_place(const struct lines *lines, const char *word, struct span line)
{
    int shown = (int)(line.length < SHOWN_MAX ? line.length : SHOWN_MAX);
    return error_set(lines->error, ERROR_INPUT, "%s, line %zu: '%s' is expected, not '%.*s'",
                     lines->what, lines->number, word, shown, line.data);
}

bool lines_take(struct lines *lines, const char *word, struct span *value)
{
    struct span line;
    if (!lines_next(lines, word, &line))
        return false;
    *value = line;
    if (!starts_with(value, word) || !starts_with(value, " "))
        return lines_out_of_place(lines, word, line);
    return value->length > 0 || lines_fault(lines, "no value follows", line);
}

/* What a terminal shows is what stands there: nothing hidden, turned round or dropped. */
static bool is_printable(struct span text)
{
    char shown[2 * WORD_MAX + 8];
    assert(text.length <= WORD_MAX);
    size_t length = text_printable(shown, sizeof shown, text);
    return length == text.length && (length == 0 || memcmp(shown, text.data, length) == 0);
}

bool lines_take_text(struct lines *lines, const char *word, size_t max, struct span *text)
{
    if (!lines_take(lines, word, text))
        return false;
    assert(max <= WORD_MAX);
    if (text->length > max)
        return lines_fault(lines, "the text is too long", *text);
    if (span_trim(*text).length != text->length)
        return lines_fault(lines, "a blank at an end of", *text);
    if (!is_printable(*text))
        return lines_fault(lines, "this cannot be shown as it is", *text);
    if (span_is(*text, "-"))
        text->length = 0;
    return true;
}

bool lines_take_int(struct lines *lines, const char *word, int64_t low, int64_t high,
                    int64_t *value)
{
    struct span text;
    if (!lines_take(lines, word, &text))
        return false;
    if (!value_to_int(text, value))
        return lines_fault(lines, "this is no number as it must be written", text);
    return (*value >= low && *value <= high) ||
           lines_fault(lines, "this number is out of range", text);
}

bool lines_take_time(struct lines *lines, const char *word, time_us *time)
{
    struct span text;
    if (!lines_take(lines, word, &text))
        return false;
    return value_to_time(text, time) || lines_fault(lines, "this is no time in whole seconds, Z",
                                                    text);
}

bool lines_take_count(struct lines *lines, const char *word, size_t max, size_t *count)
{
    int64_t value;
    if (!lines_take_int(lines, word, 0, INT64_MAX, &value))
        return false;
    if ((uint64_t)value > max)
        return lines_limit(lines, word, max);
    *count = (size_t)value;
    return true;
}

bool lines_take_row(struct lines *lines, const char *word, size_t index, struct span *row)
{
    struct span line, number;
    int64_t value;
    if (!lines_next(lines, word, &line))
        return false;
    *row = line;
    if (!starts_with(row, word) || !starts_with(row, "."))
        return lines_out_of_place(lines, word, line);
    if (!row_next(row, &number) || !value_to_int(number, &value) || value < 0 ||
        (uint64_t)value != index)
        return error_set(lines->error, ERROR_INPUT, "%s, line %zu: %s.%zu is expected",
                         lines->what, lines->number, word, index);
    return row->length > 0 || lines_fault(lines, "no value follows", line);
}

/* --- values */

bool value_to_int(struct span value, int64_t *number)
{
    bool negative = value.length > 0 && value.data[0] == '-';
    size_t first = negative ? 1 : 0;
    if (value.length == first || !text_to_int64(value, number))
        return false;
    return value.data[first] != '0' || (value.length == 1 && !negative);
}

bool value_to_time(struct span value, time_us *time)
{
    char text[TIME_TEXT];
    return value.length == TIME_LENGTH && time_parse(value, time) &&
           span_is(value, time_text(*time, text));
}

static bool is_small(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool is_capital(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

bool value_is_name(struct span value, size_t room)
{
    if (value.length == 0 || value.length >= room || !is_small(value.data[0]))
        return false;
    for (size_t i = 1; i < value.length; i++) {
        char byte = value.data[i];
        if (!is_small(byte) && !is_digit(byte) && byte != '_' && byte != '-')
            return false;
    }
    return true;
}

bool value_is_code(struct span value)
{
    if (value.length == 0 || value.length > CODE_MAX || !is_capital(value.data[0]))
        return false;
    for (size_t i = 1; i < value.length; i++) {
        char byte = value.data[i];
        if (!is_capital(byte) && !is_digit(byte) && byte != '_')
            return false;
    }
    return true;
}

bool value_is_currency(struct span value)
{
    return value.length == 3 && is_capital(value.data[0]) && is_capital(value.data[1]) &&
           is_capital(value.data[2]);
}

bool value_is_safe(char byte)
{
    return is_small(byte) || is_capital(byte) || is_digit(byte) ||
           (byte != '\0' && strchr("._:/+-", byte) != NULL);
}

static int hex_digit(char byte)
{
    if (is_digit(byte))
        return byte - '0';
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* %HH at data; only of a byte that needs it, so that a text has one form. */
static bool decode_byte(const char *data, size_t left, const char *more, char *byte)
{
    int high = left >= 3 ? hex_digit(data[1]) : -1;
    int low = left >= 3 ? hex_digit(data[2]) : -1;
    if (high < 0 || low < 0)
        return false;
    *byte = (char)(high * 16 + low);
    return *byte != '\0' && !value_is_safe(*byte) && strchr(more, *byte) == NULL;
}

bool value_is_word(struct span value, const char *more)
{
    char decoded[WORD_MAX];
    size_t length = 0;
    if (value.length == 0 || value.length > WORD_MAX)
        return false;
    for (size_t i = 0; i < value.length; i++) {
        char byte = value.data[i];
        if (byte == '%') {
            if (!decode_byte(value.data + i, value.length - i, more, &byte))
                return false;
            i += 2;
        } else if (!value_is_safe(byte) && (byte == '\0' || strchr(more, byte) == NULL)) {
            return false;
        }
        decoded[length++] = byte;
    }
    return length == value.length || is_printable((struct span){decoded, length});
}

bool value_is_plain(struct span value)
{
    for (size_t i = 0; i < value.length; i++)
        if (!value_is_safe(value.data[i]))
            return false;
    return value.length > 0 && value.length <= WORD_MAX;
}

/* --- rows */

bool row_next(struct span *row, struct span *word)
{
    const char *blank = row->length > 0 ? memchr(row->data, ' ', row->length) : NULL;
    size_t length = blank != NULL ? (size_t)(blank - row->data) : row->length;
    *word = (struct span){row->data, length};
    if (length == 0)
        return false;
    size_t used = blank != NULL ? length + 1 : length;
    /* A blank with nothing behind it would be a second way to write the row. */
    if (blank != NULL && used == row->length)
        return false;
    *row = (struct span){row->data + used, row->length - used};
    return true;
}

bool row_cut(struct span row, struct span *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!row_next(&row, &words[i]))
            return false;
    return row.length == 0;
}
