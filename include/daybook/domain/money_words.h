/* An amount in words, as people read it aloud before they sign for it. */
#ifndef DAYBOOK_DOMAIN_MONEY_WORDS_H
#define DAYBOOK_DOMAIN_MONEY_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "daybook/domain/money.h"

enum { MONEY_WORDS_TEXT = 320 }; /* room for the longest amount, in bytes */

/* "twelve thousand four hundred and eighty yuan and five fen". Digits after the point of a currency
 * without names here, or of none, stand as a fraction: "one hundred BHD and 5/1000". */
const char *money_words_english(int64_t minor, struct currency currency,
                                char out[MONEY_WORDS_TEXT]);
/* In the capital numerals of Chinese vouchers, which cannot be altered by a stroke:
 * "人民币壹万贰仟肆佰捌拾元零伍分", "人民币壹佰元整". */
const char *money_words_chinese(int64_t minor, struct currency currency,
                                char out[MONEY_WORDS_TEXT]);

#endif
