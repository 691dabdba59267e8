/* A byte in a short text. memchr() is best for lines, but its call costs more than the search where
 * the byte is some twenty bytes away, as in the subfields of one entry. */
#ifndef DAYBOOK_SRC_FORMATS_FIND_H
#define DAYBOOK_SRC_FORMATS_FIND_H

#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

#endif
