/* Searching and copying short texts. memchr() and memcpy() are best for lines and more, but their
 * calls cost more than the work where it is some twenty bytes, as in the subfields of one entry. */
#ifndef DAYBOOK_SRC_FORMATS_FIND_H
#define DAYBOOK_SRC_FORMATS_FIND_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A loop over what is rarely there (blanks at an end, a carriage return): kept out of the straight
 * way, where it makes an entry slower by a tenth even if it never turns. */
#define FIND_RARE __attribute__((noinline))

/* The functions below that say so read and write up to this many bytes past the end of what they
 * are given: the memory on both sides must have them. */
enum { FIND_SLACK = 64, FIND_STEP = 16 /* bytes compared or copied at once */ };

/* The first `byte` in at..end, or NULL. */
static inline const char *find_byte(const char *at, const char *end, char byte)
{
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8(byte);
    for (; end - at >= FIND_STEP; at += FIND_STEP) {
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

/* Copies by steps, the first two at once: most texts are shorter. Uses FIND_SLACK. */
static inline void copy_short(char *out, const char *from, size_t length)
{
    memcpy(out, from, FIND_STEP);
    memcpy(out + FIND_STEP, from + FIND_STEP, FIND_STEP);
    for (size_t done = (size_t)2 * FIND_STEP; done < length; done += FIND_STEP)
        memcpy(out + done, from + done, FIND_STEP);
}

#ifdef __SSE2__
static inline uint64_t mask_step(const char *at, __m128i a, __m128i b)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i equal = _mm_or_si128(_mm_cmpeq_epi8(bytes, a), _mm_cmpeq_epi8(bytes, b));

    return (unsigned)_mm_movemask_epi8(equal);
}
#else
/* Which of eight bytes are 0, each said by its highest bit, gathered to the lowest eight. */
static inline uint64_t mask_zeros(uint64_t bytes)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7f;
    uint64_t zeros = ~(((bytes & low) + low) | bytes | low);

    return (zeros >> 7) * 0x0102040810204080 >> 56;
}
#endif

/* Which of the 64 bytes at `at` are `a` or `b`, the first in the lowest bit. All are known at
 * once: what is done with one need not wait for the next search. */
static inline uint64_t mask_either(const char *at, char a, char b)
{
#ifdef __SSE2__
    const __m128i first = _mm_set1_epi8(a), second = _mm_set1_epi8(b);
    return mask_step(at, first, second) | mask_step(at + 16, first, second) << 16 |
           mask_step(at + 32, first, second) << 32 | mask_step(at + 48, first, second) << 48;
#else
    const uint64_t first = (unsigned char)a * (UINT64_MAX / 255);
    const uint64_t second = (unsigned char)b * (UINT64_MAX / 255);
    uint64_t mask = 0, bytes;
    for (int i = 0; i < 64; i += 8) {
        memcpy(&bytes, at + i, sizeof(bytes));
        bytes = le64toh(bytes);
        mask |= (mask_zeros(bytes ^ first) | mask_zeros(bytes ^ second)) << i;
    }
    return mask;
#endif
}

static inline uint64_t mask_byte(const char *at, char byte)
{
    return mask_either(at, byte, byte);
}

/* The bits of a mask that stand before `end`, which is behind `at`. */
static inline uint64_t mask_before(uint64_t mask, const char *at, const char *end)
{
    return end - at < 64 ? mask & (((uint64_t)1 << (end - at)) - 1) : mask;
}

/* Takes the lowest bit off a mask of the bytes at `at`: gives the place it stands for. */
static inline const char *mask_take(uint64_t *mask, const char *at)
{
    const char *found = at + __builtin_ctzll(*mask);

    *mask &= *mask - 1;
    return found;
}

/* Copies without the bytes that are `byte` and gives the bytes written; uses FIND_SLACK. */
static inline size_t copy_without(char *out, const char *from, const char *end, char byte)
{
    char *start = out;

    for (const char *block = from; block < end; block += 64) {
        uint64_t found = mask_before(mask_byte(block, byte), block, end);
        while (found != 0) {
            const char *stop = mask_take(&found, block);
            copy_short(out, from, (size_t)(stop - from));
            out += stop - from;
            from = stop + 1;
        }
    }
    copy_short(out, from, (size_t)(end - from));
    return (size_t)(out + (end - from) - start);
}

/* Copies without the carriage returns that end lines and gives the bytes written; uses
 * FIND_SLACK. */
static inline size_t copy_lines(char *out, const char *from, const char *end)
{
    char *start = out;

    for (const char *block = from; block < end; block += 64) {
        uint64_t found = mask_before(mask_byte(block, '\r'), block, end);
        while (found != 0) {
            const char *stop = mask_take(&found, block), *next = stop + 1;
            if (next < end && *next != '\n' && *next != '\r')
                continue; /* it is text */
            copy_short(out, from, (size_t)(stop - from));
            out += stop - from;
            from = next;
        }
    }
    copy_short(out, from, (size_t)(end - from));
    return (size_t)(out + (end - from) - start);
}

#endif
