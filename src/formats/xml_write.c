/* Elements appended to a buffer. */
#include "xml_write.h"

#include <inttypes.h>
#include <string.h>

static void write_fault(struct xml_write *write, const char *name, const char *reason)
{
    if (write->error.code == ERROR_NONE)
        error_set(&write->error, ERROR_INPUT, "%s %s.", name, reason);
}

void xml_write_open(struct xml_write *write, const char *name)
{
    buffer_printf(write->out, "<%s>", name);
}

void xml_write_close(struct xml_write *write, const char *name)
{
    buffer_printf(write->out, "</%s>\n", name);
}

static void write_character(struct buffer *out, const char *data, size_t length)
{
    switch (*data) {
    case '&':
        buffer_append_string(out, "&amp;");
        break;
    case '<':
        buffer_append_string(out, "&lt;");
        break;
    case '>':
        buffer_append_string(out, "&gt;");
        break;
    default:
        if ((unsigned char)*data < ' ' || *data == 0x7F)
            buffer_append_char(out, ' ');
        else
            buffer_append(out, data, length);
        break;
    }
}

/* XML knows no U+FFFE and U+FFFF, escaped or not. */
static bool character_stands(int32_t character)
{
    return character != TEXT_INVALID && character != 0xFFFE && character != 0xFFFF;
}

void xml_write_text(struct xml_write *write, const char *name, struct span text,
                    size_t max_characters)
{
    size_t characters = 0, used = 0;
    text = span_trim(text);
    if (text.length == 0)
        write_fault(write, name, "is empty");
    buffer_printf(write->out, "<%s>", name);
    for (size_t i = 0; i < text.length; i += used) {
        int32_t character = text_decode(text.data + i, text.length - i, &used);
        if (!character_stands(character)) {
            write_fault(write, name, "is no text that a bank file can hold");
            return;
        }
        if (++characters > max_characters) {
            write_fault(write, name, "is longer than a bank file allows");
            return;
        }
        write_character(write->out, text.data + i, used);
    }
    xml_write_close(write, name);
}

void xml_write_optional(struct xml_write *write, const char *name, struct span text,
                        size_t max_characters)
{
    if (span_trim(text).length > 0)
        xml_write_text(write, name, text, max_characters);
}

void xml_write_number(struct xml_write *write, const char *name, int64_t number)
{
    buffer_printf(write->out, "<%s>%" PRId64 "</%s>\n", name, number, name);
}

void xml_write_time(struct xml_write *write, const char *name, time_us time)
{
    char text[TIME_TEXT];
    if (time == TIME_NONE)
        write_fault(write, name, "is no time");
    buffer_printf(write->out, "<%s>%s</%s>\n", name, time_text(time, text), name);
}

void xml_write_amount(struct xml_write *write, const char *name, int64_t minor,
                      struct currency currency, bool with_currency)
{
    char text[MONEY_TEXT];
    int exponent = currency_exponent(currency);
    if (exponent < 0 || minor < 0) {
        write_fault(write, name, "is no amount of a known currency");
        return;
    }
    buffer_printf(write->out, "<%s", name);
    if (with_currency)
        buffer_printf(write->out, " Ccy=\"%s\"", currency.code);
    buffer_printf(write->out, ">%s</%s>\n", money_text(minor, exponent, false, text), name);
}

bool xml_write_ends(struct xml_write *write, struct error *error)
{
    if (write->error.code == ERROR_NONE && write->out->overflow)
        error_set(&write->error, ERROR_LIMIT, "The message has more than %zu bytes.",
                  write->out->limit);
    if (write->error.code == ERROR_NONE)
        return true;
    *error = write->error;
    return false;
}
