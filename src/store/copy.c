#include "daybook/store/copy.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "inside.h"

bool store_copy_ready(const struct store *store)
{
    return store->copy == COPY_OPEN && !store->flushing;
}

bool store_copy_over(const struct store *store)
{
    return store->copy == COPY_NONE || store->copy == COPY_ENDED;
}

static void copy_flush(struct store *store)
{
    /* A failure shows at the next turn, when the input is looked at. */
    store->flushing = PQflush(store->connection) == 1;
}

bool store_copy_put(struct store *store, const void *data, size_t length)
{
    assert(store->copy == COPY_OPEN && length <= INT32_MAX);
    /* 0 would be "try again", which cannot be while nothing waits to leave. */
    if (PQputCopyData(store->connection, data, (int)length) != 1)
        return false;
    copy_flush(store);
    return true;
}

void store_copy_end(struct store *store, const char *reason)
{
    if (store->copy != COPY_OPEN)
        return;
    (void)PQputCopyEnd(store->connection, reason);
    store->copy = COPY_ENDED;
    copy_flush(store);
}

/* --- rows */

static bool copy_field_start(struct buffer *row, bool *first)
{
    bool is_first = *first;
    *first = false;
    return is_first || buffer_append_char(row, '\t');
}

static bool copy_escaped(struct buffer *row, char byte)
{
    switch (byte) {
    case '\\': return buffer_append(row, "\\\\", 2);
    case '\n': return buffer_append(row, "\\n", 2);
    case '\r': return buffer_append(row, "\\r", 2);
    case '\t': return buffer_append(row, "\\t", 2);
    default: return buffer_append_char(row, byte);
    }
}

/* The longest run of plain ASCII, which most of a bank file is. */
static size_t copy_plain(struct span rest)
{
    size_t n = 0;
    while (n < rest.length && (unsigned char)rest.data[n] >= ' ' &&
           (unsigned char)rest.data[n] < 0x7F && rest.data[n] != '\\')
        n++;
    return n;
}

bool copy_text(struct buffer *row, bool *first, struct span value)
{
    bool fits = copy_field_start(row, first);
    while (value.length > 0 && fits) {
        size_t used = copy_plain(value);
        if (used > 0) {
            fits = buffer_append(row, value.data, used);
        } else if ((unsigned char)value.data[0] < 0x80) {
            used = 1;
            if (value.data[0] != '\0')
                fits = copy_escaped(row, value.data[0]);
        } else if (text_decode(value.data, value.length, &used) == TEXT_INVALID) {
            fits = buffer_append_string(row, "\xEF\xBF\xBD");
        } else {
            fits = buffer_append(row, value.data, used);
        }
        value.data += used;
        value.length -= used;
    }
    return fits;
}

bool copy_null(struct buffer *row, bool *first)
{
    return copy_field_start(row, first) && buffer_append(row, "\\N", 2);
}

bool copy_int(struct buffer *row, bool *first, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (value < 0)
        digits[--at] = '-';
    return copy_field_start(row, first) && buffer_append(row, digits + at, sizeof digits - at);
}

bool copy_bytes(struct buffer *row, bool *first, struct span value)
{
    static const char hex[] = "0123456789abcdef";
    if (!copy_field_start(row, first) || !buffer_append_string(row, "\\\\x"))
        return false;
    char *out = buffer_reserve(row, 2 * value.length + 1);
    if (out == NULL)
        return false;
    for (size_t i = 0; i < value.length; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        out[2 * i] = hex[byte >> 4];
        out[2 * i + 1] = hex[byte & 15];
    }
    row->length += 2 * value.length;
    row->data[row->length] = '\0';
    return true;
}

bool copy_end_row(struct buffer *row, bool *first)
{
    *first = true;
    return buffer_append_char(row, '\n');
}
