/* JSON as output of headless commands: a small writer. Texts are made valid UTF-8 and escaped; what
 * was opened must be closed, which is asserted. */
#ifndef DAYBOOK_BASE_JSON_H
#define DAYBOOK_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "daybook/base/buffer.h"
#include "daybook/base/text.h"

enum { JSON_DEPTH_MAX = 16 };

struct json {
    struct buffer *out;
    char open[JSON_DEPTH_MAX]; /* '{' or '[' */
    int depth;
    bool first;     /* nothing stands in the innermost yet */
    bool after_key; /* a value must follow */
};

void json_write_start(struct json *json, struct buffer *out);
void json_write_object(struct json *json);
void json_write_array(struct json *json);
void json_write_end(struct json *json); /* of the innermost object or array */
void json_write_key(struct json *json, const char *key);
void json_write_text(struct json *json, struct span text);
void json_write_string(struct json *json, const char *text); /* NULL is null */
void json_write_int(struct json *json, int64_t value);
void json_write_bool(struct json *json, bool value);
void json_write_null(struct json *json);

#endif
