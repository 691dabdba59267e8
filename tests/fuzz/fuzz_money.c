/* decimal_parse() beside a slow reader of the same numbers; printing and parsing as inverses. */
#include "fuzz.h"

#include "daybook/domain/money.h"

/* Reads [+-]digits[point digits] without thousands in 128 bits, character by character. */
static bool slow_parse(struct span text, char point, struct decimal *out)
{
    __int128 mantissa = 0;
    int digits = 0, scale = -1;
    for (size_t i = 0; i < text.length; i++) {
        char character = text.data[i];
        if (i == 0 && (character == '-' || character == '+'))
            continue;
        if (character == point && scale < 0) {
            scale = 0;
        } else if (character >= '0' && character <= '9') {
            mantissa = mantissa * 10 + (character - '0');
            digits++;
            scale += scale >= 0;
        } else {
            return false;
        }
        if (mantissa > INT64_MAX || scale > MONEY_SCALE_MAX)
            return false;
    }
    bool negative = text.length > 0 && text.data[0] == '-';
    *out = (struct decimal){(int64_t)(negative ? -mantissa : mantissa), scale < 0 ? 0 : scale};
    return digits > 0;
}

static void holds_minor(struct decimal value, int exponent)
{
    char text[MONEY_TEXT];
    int64_t minor, again;
    if (!decimal_to_minor(value, exponent, &minor))
        return;
    FUZZ_HOLDS(decimal_compare(value, (struct decimal){minor, exponent}) == 0);
    FUZZ_HOLDS(money_parse(span_of(money_text(minor, exponent, true, text)), exponent, &again));
    FUZZ_HOLDS(again == minor);
    FUZZ_HOLDS(money_parse(span_of(money_text(minor, exponent, false, text)), exponent, &again));
    FUZZ_HOLDS(again == minor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char points[] = {'.', ',', '.', ','}, groups[] = {0, 0, ',', '.'};
    if (size < 1 || size > 256)
        return 0;
    size_t marks = data[0] % 4;
    struct span text = {(const char *)data + 1, size - 1};
    struct decimal value, slow, again, sum;
    bool known = decimal_parse(text, points[marks], groups[marks], &value);
    if (groups[marks] == 0) {
        FUZZ_HOLDS(known == slow_parse(text, points[marks], &slow));
        FUZZ_HOLDS(!known || (value.mantissa == slow.mantissa && value.scale == slow.scale));
    }
    if (!known)
        return 0;
    char printed[MONEY_TEXT];
    FUZZ_HOLDS(decimal_parse(span_of(decimal_text(value, printed)), '.', 0, &again));
    FUZZ_HOLDS(again.mantissa == value.mantissa && again.scale == value.scale);
    for (int exponent = -1; exponent <= 4; exponent++)
        holds_minor(value, exponent);
    struct decimal minus = {-value.mantissa, value.scale};
    FUZZ_HOLDS(decimal_add(value, minus, &sum) && sum.mantissa == 0);
    return 0;
}
