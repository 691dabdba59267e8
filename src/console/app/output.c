#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/csv_write.h"
#include "daybook/base/json.h"
#include "daybook/base/language.h"
#include "daybook/domain/money.h"

enum {
    OUTPUT_PIECE = 64 * 1024,
    OUTPUT_LIMIT = 8 << 20
};

bool write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, data, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        data += wrote;
        length -= (size_t)wrote;
    }
    return true;
}

void narrate(const char *format, ...)
{
    struct error sentence;
    va_list args;
    va_start(args, format);
    error_set_va(&sentence, ERROR_NONE, format, args);
    va_end(args);
    fprintf(stderr, "%s\n", sentence.message);
}

int output_status(enum error_code code)
{
    switch (code) {
    case ERROR_NONE: return 0;
    case ERROR_USAGE: return 2;
    case ERROR_CONNECTION: return 3;
    case ERROR_TIMEOUT: return 4;
    case ERROR_REFUSED:
    case ERROR_CONFLICT: return 5;
    case ERROR_CANCELLED: return 130;
    case ERROR_INPUT:
    case ERROR_NOT_FOUND:
    case ERROR_LIMIT:
    case ERROR_SYSTEM: return 1;
    }
    return 1;
}

/* --- cells */

static const struct field *cell_field(const struct output *output, const char *name)
{
    return output->screens == NULL ? NULL : field_find(output->screens, name);
}

/* An amount in its currency's digits, exactly; what is no amount stays as it came. */
static const char *cell_text(const struct output *output, const struct store_result *result,
                             size_t row, const char *name, char money[MONEY_TEXT])
{
    const char *text = store_cell(result, row, name);
    const struct field *field = cell_field(output, name);
    int64_t minor;
    if (text == NULL || field == NULL || field->type != FIELD_MONEY ||
        !text_to_int64(span_of(text), &minor))
        return text;
    struct currency currency;
    const char *code = field->currency == NULL ? NULL : store_cell(result, row, field->currency);
    int exponent = code != NULL && currency_parse(span_of(code), &currency)
                       ? currency_exponent(currency) : 2;
    return money_text(minor, exponent < 0 ? 2 : exponent, false, money);
}

static void put_text_cell(struct buffer *line, const char *text)
{
    if (text == NULL)
        return;
    struct span rest = span_of(text);
    while (rest.length > 0) {
        char safe[512];
        size_t piece = rest.length;
        /* Piece by piece at whole characters: the sanitiser cuts where its output is full. */
        if (piece > 120) {
            piece = 120;
            while (piece > 1 && ((unsigned char)rest.data[piece] & 0xC0) == 0x80)
                piece--;
        }
        size_t length = text_printable(safe, sizeof safe, (struct span){rest.data, piece});
        buffer_append(line, safe, length);
        rest.data += piece;
        rest.length -= piece;
    }
}

static bool type_is_number(const char *type)
{
    return strcmp(type, "int8") == 0 || strcmp(type, "int4") == 0 || strcmp(type, "numeric") == 0;
}

static void put_json_cell(struct json *json, const struct store_result *result, size_t column,
                          const char *raw, const char *text)
{
    int64_t number;
    json_write_key(json, result->names[column]);
    if (text == NULL)
        json_write_null(json);
    else if (strcmp(result->types[column], "bool") == 0)
        json_write_bool(json, text[0] == 't');
    else if (raw == text && type_is_number(result->types[column]) &&
             text_to_int64(span_of(text), &number))
        json_write_int(json, number);
    else
        json_write_string(json, text); /* money too: an exact decimal is a string */
}

/* --- rows */

static void flush(struct output *output, size_t keep)
{
    if (output->line.length <= keep)
        return;
    if (output->line.overflow ||
        !write_all(output->fd, output->line.data, output->line.length))
        output->failed = true;
    buffer_clear(&output->line);
}

void output_begin(struct output *output, enum options_format format,
                  const struct screen_set *screens, int fd)
{
    *output = (struct output){.format = format, .screens = screens, .fd = fd};
    buffer_init(&output->line, OUTPUT_LIMIT);
}

static void put_separated(struct output *output, const struct store_result *result, size_t row,
                          const char *const *columns, size_t count)
{
    struct csv_writer csv;
    csv_write_start(&csv, &output->line);
    for (size_t c = 0; c < count; c++) {
        char money[MONEY_TEXT];
        const char *text = cell_text(output, result, row, columns[c], money);
        if (output->format == FORMAT_CSV) {
            csv_write_string(&csv, text);
        } else {
            if (c > 0)
                buffer_append_char(&output->line, '\t');
            put_text_cell(&output->line, text);
        }
    }
    if (output->format == FORMAT_CSV)
        csv_write_end(&csv);
    else
        buffer_append_char(&output->line, '\n');
}

static void put_heading(struct output *output, const char *const *columns, size_t count)
{
    for (size_t c = 0; c < count; c++)
        buffer_printf(&output->line, "%s%s",
                      c == 0 ? "" : output->format == FORMAT_CSV ? "," : "\t", columns[c]);
    buffer_append_string(&output->line, output->format == FORMAT_CSV ? "\r\n" : "\n");
}

static void put_object(struct output *output, const struct store_result *result, size_t row,
                       const char *const *columns, size_t count)
{
    struct json json;
    if (!output->one)
        buffer_append_string(&output->line, output->rows == 0 ? "[\n" : ",\n");
    json_write_start(&json, &output->line);
    json_write_object(&json);
    for (size_t c = 0; c < count; c++) {
        char money[MONEY_TEXT];
        int at = store_column(result, columns[c]);
        if (at >= 0)
            put_json_cell(&json, result, (size_t)at, result->cells[row][at],
                          cell_text(output, result, row, columns[c], money));
    }
    json_write_end(&json);
}

void output_rows(struct output *output, const struct store_result *result,
                 const char *const *columns, size_t column_count)
{
    if (columns == NULL) {
        columns = result->names;
        column_count = result->columns;
    }
    if (output->format != FORMAT_JSON && output->rows == 0 && output->line.length == 0)
        put_heading(output, columns, column_count);
    for (size_t r = 0; r < result->rows; r++) {
        if (output->format == FORMAT_JSON)
            put_object(output, result, r, columns, column_count);
        else
            put_separated(output, result, r, columns, column_count);
        output->rows++;
        flush(output, OUTPUT_PIECE);
    }
}

bool output_end(struct output *output, struct error *error)
{
    if (output->format == FORMAT_JSON && !output->one)
        buffer_append_string(&output->line, output->rows == 0 ? "[]\n" : "\n]\n");
    else if (output->format == FORMAT_JSON)
        buffer_append_char(&output->line, '\n');
    flush(output, 0);
    buffer_free(&output->line);
    if (output->failed)
        return error_set(error, ERROR_SYSTEM, _("the output could not be written: %s"),
                         strerror(errno));
    return true;
}
