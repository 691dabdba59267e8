#include "daybook/base/json.h"

#include <assert.h>
#include <string.h>

void json_write_start(struct json *json, struct buffer *out)
{
    *json = (struct json){.out = out, .first = true};
}

/* What stands before a value: a comma, unless it is the first or follows its key. */
static void json_before(struct json *json)
{
    bool in_object = json->depth > 0 && json->open[json->depth - 1] == '{';
    assert(in_object == json->after_key && "an object's value follows its key");
    (void)in_object;
    if (!json->after_key && !json->first)
        buffer_append_char(json->out, ',');
    json->after_key = false;
    json->first = false;
}

static void json_open(struct json *json, char bracket)
{
    json_before(json);
    assert(json->depth < JSON_DEPTH_MAX);
    json->open[json->depth++] = bracket;
    json->first = true;
    buffer_append_char(json->out, bracket);
}

void json_write_object(struct json *json)
{
    json_open(json, '{');
}

void json_write_array(struct json *json)
{
    json_open(json, '[');
}

void json_write_end(struct json *json)
{
    assert(json->depth > 0 && !json->after_key);
    char bracket = json->open[--json->depth];
    buffer_append_char(json->out, bracket == '{' ? '}' : ']');
    json->first = false;
}

static void json_escaped(struct json *json, unsigned char byte)
{
    switch (byte) {
    case '"': buffer_append_string(json->out, "\\\""); break;
    case '\\': buffer_append_string(json->out, "\\\\"); break;
    case '\n': buffer_append_string(json->out, "\\n"); break;
    case '\t': buffer_append_string(json->out, "\\t"); break;
    case '\r': buffer_append_string(json->out, "\\r"); break;
    default: buffer_printf(json->out, "\\u%04x", byte); break;
    }
}

/* What acts on a terminal or turns the order of what is read; JSON can name it instead. */
static bool is_hidden(int32_t character)
{
    return (character >= 0x80 && character < 0xA0) ||
           (character >= 0x200B && character <= 0x200F) ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2060 && character <= 0x206F) || character == 0xFEFF;
}

static void json_quoted(struct json *json, struct span text)
{
    buffer_append_char(json->out, '"');
    while (text.length > 0) {
        unsigned char byte = (unsigned char)text.data[0];
        size_t used = 1;
        int32_t character = text_decode(text.data, text.length, &used);
        if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F)
            json_escaped(json, byte);
        else if (character == TEXT_INVALID)
            buffer_append_string(json->out, "\xEF\xBF\xBD");
        else if (is_hidden(character))
            buffer_printf(json->out, "\\u%04x", (unsigned)character);
        else
            buffer_append(json->out, text.data, used);
        text.data += used;
        text.length -= used;
    }
    buffer_append_char(json->out, '"');
}

void json_write_key(struct json *json, const char *key)
{
    assert(json->depth > 0 && json->open[json->depth - 1] == '{' && !json->after_key);
    if (!json->first)
        buffer_append_char(json->out, ',');
    json->first = false;
    json_quoted(json, span_of(key));
    buffer_append_char(json->out, ':');
    json->after_key = true;
}

void json_write_text(struct json *json, struct span text)
{
    json_before(json);
    json_quoted(json, text);
}

void json_write_string(struct json *json, const char *text)
{
    if (text == NULL)
        json_write_null(json);
    else
        json_write_text(json, span_of(text));
}

void json_write_int(struct json *json, int64_t value)
{
    json_before(json);
    buffer_printf(json->out, "%lld", (long long)value);
}

void json_write_bool(struct json *json, bool value)
{
    json_before(json);
    buffer_append_string(json->out, value ? "true" : "false");
}

void json_write_null(struct json *json)
{
    json_before(json);
    buffer_append_string(json->out, "null");
}
