/* A digest that people compare: six words of 12 bits each, consonant, vowel, consonant, vowel. They
 * are the first 72 bits of a SHA-256. */
#ifndef DAYBOOK_TRUST_WORDS_H
#define DAYBOOK_TRUST_WORDS_H

#include "daybook/trust/sha256.h"

enum { WORDS_COUNT = 6, WORDS_TEXT = WORDS_COUNT * 5 /* with blanks between and a NUL */ };

const char *words_of(const unsigned char digest[SHA256_BYTES], char out[WORDS_TEXT]);

#endif
