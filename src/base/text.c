/* Spans, UTF-8 as Unicode 15 (3.9) defines it, words and numbers. */
#include "daybook/base/text.h"

#include <assert.h>
#include <string.h>

struct span span_of(const char *text)
{
    return text == NULL ? (struct span){NULL, 0} : (struct span){text, strlen(text)};
}

bool span_equal(struct span a, struct span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool span_is(struct span span, const char *text)
{
    return span_equal(span, span_of(text));
}

static bool is_ascii_blank(char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

struct span span_trim(struct span span)
{
    while (span.length > 0 && is_ascii_blank(span.data[0])) {
        span.data++;
        span.length--;
    }
    while (span.length > 0 && is_ascii_blank(span.data[span.length - 1]))
        span.length--;
    return span;
}

/* How many bytes a lead byte promises, and which second bytes are well-formed after it. 0: the byte
 * leads nothing. */
static size_t lead_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (lead == 0xE0)
            *low = 0xA0; /* below: overlong */
        if (lead == 0xED)
            *high = 0x9F; /* above: surrogates */
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (lead == 0xF0)
            *low = 0x90; /* below: overlong */
        if (lead == 0xF4)
            *high = 0x8F; /* above: past U+10FFFF */
        return 4;
    }
    return 0;
}

int32_t text_decode(const char *data, size_t length, size_t *used)
{
    const unsigned char *bytes = (const unsigned char *)data;
    assert(length > 0);
    *used = 1;
    if (bytes[0] < 0x80)
        return bytes[0];
    unsigned char low, high;
    size_t wanted = lead_length(bytes[0], &low, &high);
    if (wanted == 0)
        return TEXT_INVALID;
    int32_t character = bytes[0] & (0x7F >> wanted);
    size_t i;
    for (i = 1; i < wanted && i < length && bytes[i] >= low && bytes[i] <= high; i++) {
        character = character << 6 | (bytes[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    *used = i;
    return i == wanted ? character : TEXT_INVALID;
}

size_t text_encode(int32_t character, char out[4])
{
    assert(character >= 0 && character <= 0x10FFFF);
    assert(character < 0xD800 || character > 0xDFFF);
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (char)(0xC0 | character >> 6);
        out[1] = (char)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (char)(0xE0 | character >> 12);
        out[1] = (char)(0x80 | (character >> 6 & 0x3F));
        out[2] = (char)(0x80 | (character & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | character >> 18);
    out[1] = (char)(0x80 | (character >> 12 & 0x3F));
    out[2] = (char)(0x80 | (character >> 6 & 0x3F));
    out[3] = (char)(0x80 | (character & 0x3F));
    return 4;
}

/* True where the eight bytes at data are all ASCII. */
static bool is_ascii_eight(const char *data)
{
    uint64_t word;
    memcpy(&word, data, sizeof word);
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

bool text_is_utf8(struct span span)
{
    size_t at = 0;
    while (at < span.length) {
        if (span.length - at >= 8 && is_ascii_eight(span.data + at)) {
            at += 8;
            continue;
        }
        size_t used;
        if (text_decode(span.data + at, span.length - at, &used) == TEXT_INVALID)
            return false;
        at += used;
    }
    return true;
}

/* --- words */

enum { WORD_MAX = 64 }; /* bytes of a word that is worth comparing */

static int smallest(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

int text_distance(const char *a, const char *b, int limit)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    size_t apart = a_length > b_length ? a_length - b_length : b_length - a_length;
    if (a_length > WORD_MAX || b_length > WORD_MAX || apart >= (size_t)limit)
        return limit;
    /* Three rows of the usual table; two neighbours exchanged count as one slip of the hand. */
    int rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        int *now = rows[i % 3];
        const int *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            int other = a[i - 1] == b[j - 1] ? 0 : 1;
            now[j] = smallest(last[j] + 1, now[j - 1] + 1, last[j - 1] + other);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
                && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    int distance = rows[a_length % 3][b_length];
    return distance < limit ? distance : limit;
}

const char *text_nearest(const char *word, const char *const *words, size_t count)
{
    /* A third of the letters may be wrong, and one always. */
    int limit = (int)(strlen(word) / 3) + 2;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        int distance = text_distance(word, words[i], limit);
        if (distance < limit) {
            limit = distance;
            nearest = words[i];
        }
    }
    return nearest;
}

bool text_to_int64(struct span text, int64_t *value)
{
    bool negative = text.length > 0 && text.data[0] == '-';
    size_t at = negative ? 1 : 0;
    if (at == text.length)
        return false;
    int64_t result = 0;
    for (; at < text.length; at++) {
        int digit = text.data[at] - '0';
        if (digit < 0 || digit > 9)
            return false;
        /* Counted on the value's own side of zero, so that INT64_MIN can be read. */
        if (__builtin_mul_overflow(result, 10, &result)
            || __builtin_add_overflow(result, negative ? -digit : digit, &result))
            return false;
    }
    *value = result;
    return true;
}
