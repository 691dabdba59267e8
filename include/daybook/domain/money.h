/* Money: int64 minor units with a currency; never floating point. Files give decimals as written
 * (mantissa and scale); they become money exactly or not at all. */
#ifndef DAYBOOK_DOMAIN_MONEY_H
#define DAYBOOK_DOMAIN_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "daybook/base/text.h"

enum {
    MONEY_SCALE_MAX = 15,  /* digits after the point that a file may give */
    MONEY_TEXT = 48        /* room for the longest formatted amount */
};

/* ISO 4217 letters, upper case, NUL-terminated; "" when unknown. */
struct currency {
    char code[4];
};

/* value = mantissa / 10^scale; 18.150 is {18150, 3}. "-0.00" is {0, 2}. What decimal_parse() and
 * decimal_add() give is within -INT64_MAX..INT64_MAX, so that it may be negated. */
struct decimal {
    int64_t mantissa;
    int scale; /* 0..MONEY_SCALE_MAX */
};

/* Digits after the point of a currency by ISO 4217 (CNY 2, JPY 0, BHD 3); -1 for an unknown one. */
int currency_exponent(struct currency currency);
bool currency_parse(struct span text, struct currency *out); /* three ASCII letters, any case */

/* [+-]digits[point digits], one point at most, at least one digit ("1," and ",5" are numbers).
 * point is the decimal mark ('.' or ','), group the thousands mark or 0 (groups of three, checked).
 * False: not a number or too large. */
bool decimal_parse(struct span text, char point, char group, struct decimal *out);
/* Exactly as many digits after the point as scale says. Returns out. */
const char *decimal_text(struct decimal value, char out[MONEY_TEXT]);
/* Minor units of a currency with that exponent, exactly; false where digits would be lost or the
 * result does not fit. 18.150 EUR -> 1815; 18.155 EUR -> false. */
bool decimal_to_minor(struct decimal value, int exponent, int64_t *minor);
/* a + b with the larger scale; false on overflow. */
bool decimal_add(struct decimal a, struct decimal b, struct decimal *sum);
int decimal_compare(struct decimal a, struct decimal b); /* by value; both in range */

/* "1,234,567.89" for screens (grouped) or "1234567.89" for files; sign '-' in front. */
const char *money_text(int64_t minor, int exponent, bool grouped, char out[MONEY_TEXT]);
/* What a person types: "1,234.5" or "1234.50"; exact for the exponent. */
bool money_parse(struct span text, int exponent, int64_t *minor);

#endif
