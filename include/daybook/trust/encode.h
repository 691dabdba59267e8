/* Bytes as text: small hexadecimal digits, and base64 (RFC 4648, with padding, on one line). */
#ifndef DAYBOOK_TRUST_ENCODE_H
#define DAYBOOK_TRUST_ENCODE_H

#include "daybook/base/buffer.h"
#include "daybook/base/text.h"

/* Each adds to out; false where its limit would be passed or, for reading, where the text is not
 * exactly what writing gives: nothing is added then. */
bool hex_write(struct buffer *out, const void *data, size_t length);
bool hex_read(struct buffer *out, struct span text);
bool base64_write(struct buffer *out, const void *data, size_t length);
bool base64_read(struct buffer *out, struct span text);

/* Exactly `length` bytes, or false and out untouched. */
bool hex_read_exactly(unsigned char *out, size_t length, struct span text);

#endif
