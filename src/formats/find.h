/* Searching and copying short texts. memchr() and memcpy() are best for lines and more, but their
 * calls cost more than the work where it is some twenty bytes, as in the subfields of one entry. */
#ifndef DAYBOOK_SRC_FORMATS_FIND_H
#define DAYBOOK_SRC_FORMATS_FIND_H

#include <stdbool.h>
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

/* The first byte that is `a` or `b`, or NULL; reads FIND_SLACK. */
static inline const char *find_either(const char *at, const char *end, char a, char b)
{
#ifdef __SSE2__
    const __m128i first = _mm_set1_epi8(a), second = _mm_set1_epi8(b);
    for (; at < end; at += FIND_SLACK) {
        __m128i sixteen = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i equal = _mm_or_si128(_mm_cmpeq_epi8(sixteen, first),
                                     _mm_cmpeq_epi8(sixteen, second));
        unsigned found = (unsigned)_mm_movemask_epi8(equal);
        if (found != 0) {
            at += __builtin_ctz(found);
            return at < end ? at : NULL;
        }
    }
#else
    for (; at < end; at++)
        if (*at == a || *at == b)
            return at;
#endif
    return NULL;
}

/* Which of the next 64 bytes before `end` are `a` or `b`, the first in the lowest bit; reads
 * FIND_SLACK. All are known at once: what is done with one need not wait for the next search. */
static inline uint64_t mask_either(const char *at, const char *end, char a, char b)
{
    uint64_t mask = 0;
    size_t left = end - at < 64 ? (size_t)(end - at) : 64;

#ifdef __SSE2__
    const __m128i first = _mm_set1_epi8(a), second = _mm_set1_epi8(b);
    for (size_t i = 0; i < left; i += FIND_SLACK) {
        __m128i sixteen = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        __m128i equal = _mm_or_si128(_mm_cmpeq_epi8(sixteen, first),
                                     _mm_cmpeq_epi8(sixteen, second));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(equal) << i;
    }
#else
    for (size_t i = 0; i < left; i++)
        mask |= (uint64_t)(at[i] == a || at[i] == b) << i;
#endif
    return left < 64 ? mask & (((uint64_t)1 << left) - 1) : mask;
}

/* Copies without the carriage returns that end lines and gives the bytes written; uses
 * FIND_SLACK. */
static inline size_t copy_lines(char *out, const char *from, const char *end)
{
    char *start = out;

    while (from < end) {
        const char *stop = find_either(from, end, '\r', '\r');
        size_t length = (size_t)((stop ? stop : end) - from);
        copy_short(out, from, length);
        out += length;
        from += length;
        if (stop) {
            bool ends = from + 1 == end || from[1] == '\n' || from[1] == '\r';
            if (!ends)
                *out++ = '\r';
            from++;
        }
    }
    return (size_t)(out - start);
}

#endif
