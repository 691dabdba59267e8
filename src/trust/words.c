#include "daybook/trust/words.h"

/* Sixteen consonants and four vowels that are told apart when they are read aloud. */
static const char consonants[] = "bdfghjklmnprstvz";
static const char vowels[] = "aiou";

static unsigned int bits_at(const unsigned char *digest, size_t bit)
{
    size_t byte = bit / 8;
    unsigned int two = (unsigned int)digest[byte] << 8 | digest[byte + 1];
    return bit % 8 == 0 ? two >> 4 : two & 0xFFF;
}

const char *words_of(const unsigned char digest[SHA256_BYTES], char out[WORDS_TEXT])
{
    char *at = out;
    for (size_t i = 0; i < WORDS_COUNT; i++) {
        unsigned int bits = bits_at(digest, 12 * i);
        *at++ = consonants[bits >> 8];
        *at++ = vowels[bits >> 6 & 3];
        *at++ = consonants[bits >> 2 & 15];
        *at++ = vowels[bits & 3];
        *at++ = i + 1 < WORDS_COUNT ? ' ' : '\0';
    }
    return out;
}
