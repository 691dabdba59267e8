/* Searching and copying short texts. memchr() and memcpy() are best for lines and more, but their
 * calls cost more than the work where it is some twenty bytes, as in the subfields of one entry. */
#ifndef DAYBOOK_SRC_FORMATS_FIND_H
#define DAYBOOK_SRC_FORMATS_FIND_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The functions below that say so read and write up to this many bytes past the end of what they
 * are given: the memory on both sides must have them. */
enum { FIND_SLACK = 16 };

/* The first `byte` in at..end, or NULL. */
static inline const char *find_byte(const char *at, const char *end, char byte)
{
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8(byte);
    for (; end - at >= 16; at += 16) {
        __m128i sixteen = _mm_loadu_si128((const __m128i *)(const void *)at);
        int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(sixteen, wanted));
        if (equal != 0)
            return at + __builtin_ctz((unsigned)equal);
    }
#endif
    for (; at < end; at++)
        if (*at == byte)
            return at;
    return NULL;
}

/* Copies by sixteen; uses FIND_SLACK. */
static inline void copy_short(char *out, const char *from, size_t length)
{
    for (size_t done = 0; done < length; done += FIND_SLACK)
        memcpy(out + done, from + done, FIND_SLACK);
}

/* Copies without the line ends and gives the bytes written; uses FIND_SLACK. */
static inline size_t copy_joined(char *out, const char *from, const char *end)
{
    char *start = out;

#ifdef __SSE2__
    const __m128i newline = _mm_set1_epi8('\n');
    while (from < end) {
        __m128i sixteen = _mm_loadu_si128((const __m128i *)(const void *)from);
        unsigned equal = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen, newline));
        size_t step = end - from < FIND_SLACK ? (size_t)(end - from) : FIND_SLACK;
        _mm_storeu_si128((__m128i *)(void *)out, sixteen);
        size_t kept = equal != 0 ? (size_t)__builtin_ctz(equal) : FIND_SLACK;
        if (kept < step) {
            out += kept;
            from += kept + 1;
        } else {
            out += step;
            from += step;
        }
    }
#else
    for (; from < end; from++)
        if (*from != '\n')
            *out++ = *from;
#endif
    return (size_t)(out - start);
}

#endif
