/* The JSON door: bytes of a request in, a value out, or the reason why not. Stricter than RFC 8259
 * where that lets readers differ: keys that stand twice are refused, numbers are int64 and nothing
 * else, the encoding is UTF-8 to the letter, depth and size have limits. */
#ifndef DAYBOOK_CORE_JSON_DOOR_H
#define DAYBOOK_CORE_JSON_DOOR_H

#include <jansson.h>

#include "daybook/base/error.h"
#include "daybook/base/text.h"

enum {
    JSON_DOOR_BYTES_MAX = 2 << 20,
    JSON_DOOR_NESTING_MAX = 16,
    JSON_DOOR_VALUES_MAX = 200000
};

/* Why a text was not let in; json_door_code() has the stable word. */
enum json_door_fault {
    JSON_DOOR_FINE,
    JSON_DOOR_TOO_LARGE,  /* more bytes or values than the limits */
    JSON_DOOR_TOO_DEEP,
    JSON_DOOR_NOT_UTF8,
    JSON_DOOR_NOT_JSON,
    JSON_DOOR_KEY_TWICE,
    JSON_DOOR_NUMBER      /* a fraction, an exponent, or beyond int64 */
};

/* The value, the caller's to json_decref; NULL with *fault and error set. Any value may be the
 * outermost. */
json_t *json_door_read(struct span text, enum json_door_fault *fault, struct error *error);

/* The whole number of an object's own member, not of one deeper, looked for without reading the
 * rest: for JSON that is known to be such, as what our database says. False where there is none. */
bool json_door_number(struct span object, const char *name, int64_t *number);

/* "json-too-deep" and so on. */
const char *json_door_code(enum json_door_fault fault);

#endif
