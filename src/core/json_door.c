#include "json_door.h"

#include <string.h>

static json_t *refuse(enum json_door_fault *fault, enum json_door_fault which,
                      struct error *error, const char *sentence)
{
    *fault = which;
    error_set(error, which == JSON_DOOR_TOO_LARGE ? ERROR_LIMIT : ERROR_INPUT, "%s", sentence);
    return NULL;
}

/* The reader recurses, and its own limit is 2,048: depth and number of values are counted before.
 * In a text that is no JSON the counts mean nothing, and the reader refuses it. */
static void measure(struct span text, size_t *depth, size_t *values)
{
    bool inside = false;
    size_t open = 0;

    *depth = 0;
    *values = 1;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (inside) {
            i += c == '\\';
            inside = c != '"';
        } else if (c == '"') {
            inside = true;
        } else if (c == '[' || c == '{') {
            ++*values;
            if (++open > *depth)
                *depth = open;
        } else if ((c == ']' || c == '}') && open > 0) {
            open--;
        } else if (c == ',') {
            ++*values;
        }
    }
}

/* The reader has taken 1.0 and 1e2 for reals: money has none. */
static bool has_real(json_t *value)
{
    const char *key;
    json_t *inner;
    size_t index;

    if (json_is_real(value))
        return true;
    json_object_foreach(value, key, inner) {
        if (has_real(inner))
            return true;
    }
    json_array_foreach(value, index, inner) {
        if (has_real(inner))
            return true;
    }
    return false;
}

static json_t *refuse_reading(enum json_door_fault *fault, const json_error_t *why,
                              struct error *error)
{
    switch (json_error_code(why)) {
    case json_error_duplicate_key:
        *fault = JSON_DOOR_KEY_TWICE;
        break;
    case json_error_invalid_utf8:
        *fault = JSON_DOOR_NOT_UTF8;
        break;
    case json_error_numeric_overflow:
        *fault = JSON_DOOR_NUMBER;
        break;
    case json_error_stack_overflow:
        *fault = JSON_DOOR_TOO_DEEP;
        break;
    default:
        *fault = JSON_DOOR_NOT_JSON;
        break;
    }
    error_set(error, ERROR_INPUT, "line %d, column %d: %s", why->line, why->column, why->text);
    return NULL;
}

json_t *json_door_read(struct span text, enum json_door_fault *fault, struct error *error)
{
    json_error_t why;
    size_t depth, values;

    *fault = JSON_DOOR_FINE;
    if (text.length > JSON_DOOR_BYTES_MAX)
        return refuse(fault, JSON_DOOR_TOO_LARGE, error, "The text is over 2 MiB.");
    if (!text_is_utf8(text))
        return refuse(fault, JSON_DOOR_NOT_UTF8, error, "The text is not UTF-8.");
    measure(text, &depth, &values);
    if (depth > JSON_DOOR_NESTING_MAX)
        return refuse(fault, JSON_DOOR_TOO_DEEP, error, "More than 16 levels stand in each other.");
    if (values > JSON_DOOR_VALUES_MAX)
        return refuse(fault, JSON_DOOR_TOO_LARGE, error, "There are more than 200,000 values.");
    if (text.length == 0)
        return refuse(fault, JSON_DOOR_NOT_JSON, error, "The text is empty.");
    json_t *root = json_loadb(text.data, text.length,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);

    if (!root)
        return refuse_reading(fault, &why, error);
    if (has_real(root)) {
        json_decref(root);
        return refuse(fault, JSON_DOOR_NUMBER, error, "Numbers are integers of 64 bits.");
    }
    return root;
}

/* --- one number of a text that is JSON */

/* The place past the text that begins at `at`. */
static size_t past_text(struct span json, size_t at)
{
    for (at++; at < json.length && json.data[at] != '"'; at++)
        at += json.data[at] == '\\';
    return at < json.length ? at + 1 : json.length;
}

static size_t past_blanks(struct span json, size_t at)
{
    while (at < json.length && strchr(" \t\r\n", json.data[at]) && json.data[at] != '\0')
        at++;
    return at;
}

static bool number_at(struct span json, size_t at, int64_t *number)
{
    size_t end = at = past_blanks(json, at);

    while (end < json.length && json.data[end] != '\0' && strchr("-0123456789", json.data[end]))
        end++;
    return text_to_int64((struct span){json.data + at, end - at}, number);
}

bool json_door_number(struct span object, const char *name, int64_t *number)
{
    int depth = 0;

    for (size_t at = 0; at < object.length;) {
        char c = object.data[at];

        if (c != '"') {
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            at++;
            continue;
        }
        size_t end = past_text(object, at), colon = past_blanks(object, end);

        if (depth == 1 && colon < object.length && object.data[colon] == ':'
            && span_is((struct span){object.data + at + 1, end - at - 2}, name))
            return number_at(object, colon + 1, number);
        at = end;
    }
    return false;
}

const char *json_door_code(enum json_door_fault fault)
{
    static const char *const codes[] = {
        [JSON_DOOR_FINE] = "json-fine",
        [JSON_DOOR_TOO_LARGE] = "json-too-large",
        [JSON_DOOR_TOO_DEEP] = "json-too-deep",
        [JSON_DOOR_NOT_UTF8] = "json-not-utf8",
        [JSON_DOOR_NOT_JSON] = "json-malformed",
        [JSON_DOOR_KEY_TWICE] = "json-key-twice",
        [JSON_DOOR_NUMBER] = "json-number",
    };

    return codes[fault];
}
