#include "daybook/trust/encode.h"

#include <limits.h>
#include <string.h>

#include <openssl/evp.h>

bool hex_write(struct buffer *out, const void *data, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = data;
    char *at = buffer_reserve(out, 2 * length);

    if (!at)
        return false;
    for (size_t i = 0; i < length; i++) {
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    out->length += 2 * length;
    return true;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_read_exactly(unsigned char *out, size_t length, struct span text)
{
    if (text.length != 2 * length)
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (digit_value(text.data[i]) < 0)
            return false;
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)(digit_value(text.data[2 * i]) << 4
                                 | digit_value(text.data[2 * i + 1]));
    return true;
}

bool hex_read(struct buffer *out, struct span text)
{
    char *at = buffer_reserve(out, text.length / 2);

    if (!at || !hex_read_exactly((unsigned char *)at, text.length / 2, text))
        return false;
    out->length += text.length / 2;
    return true;
}

/* The library counts in int; what is longer is no message of ours. */
enum { ENCODE_MAX = INT_MAX / 2 };

bool base64_write(struct buffer *out, const void *data, size_t length)
{
    size_t need = (length + 2) / 3 * 4;

    if (length > ENCODE_MAX)
        return false;
    char *at = buffer_reserve(out, need + 1);

    if (!at)
        return false;
    EVP_EncodeBlock((unsigned char *)at, data, (int)length);
    out->length += need;
    return true;
}

/* The library reads blanks at the ends, and bits past the last byte: what it read, written again,
 * must be the same text. */
static bool is_canonical(struct span text, const unsigned char *bytes, size_t length)
{
    struct buffer again;

    buffer_init(&again, text.length + 8);
    bool same = base64_write(&again, bytes, length)
        && span_equal(text, (struct span){again.data, again.length});

    buffer_free(&again);
    return same;
}

bool base64_read(struct buffer *out, struct span text)
{
    size_t padding = 0;

    if (text.length == 0)
        return true;
    if (text.length % 4 != 0 || text.length > ENCODE_MAX)
        return false;
    while (padding < 2 && text.data[text.length - 1 - padding] == '=')
        padding++;
    char *at = buffer_reserve(out, text.length / 4 * 3);

    if (!at)
        return false;
    int got = EVP_DecodeBlock((unsigned char *)at, (const unsigned char *)text.data,
                              (int)text.length);

    if (got < 0 || !is_canonical(text, (const unsigned char *)at, (size_t)got - padding))
        return false;
    out->length += (size_t)got - padding;
    return true;
}
