/* Decimals as files write them, and money in minor units. Every mantissa stays within
 * -INT64_MAX..INT64_MAX, so that negating one is always defined. */
#include "daybook/domain/money.h"

#include <assert.h>
#include <string.h>

#include "currencies.h"

static const int64_t powers_of_ten[] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
    100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
};

static_assert(sizeof powers_of_ten / sizeof powers_of_ten[0] == MONEY_SCALE_MAX + 1,
              "one power for each scale");

int currency_exponent(struct currency currency)
{
    for (size_t i = 0; i < sizeof currency_groups / sizeof currency_groups[0]; i++)
        for (const char *code = currency_groups[i].codes; *code != '\0'; code += 4)
            if (memcmp(code, currency.code, 3) == 0)
                return currency_groups[i].exponent;
    return -1;
}

bool currency_parse(struct span text, struct currency *out)
{
    struct currency currency = {""};
    if (text.length != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        char letter = text.data[i];
        if (letter >= 'a' && letter <= 'z')
            letter = (char)(letter - 'a' + 'A');
        if (letter < 'A' || letter > 'Z')
            return false;
        currency.code[i] = letter;
    }
    *out = currency;
    return true;
}

/* --- decimals */

/* Adds a digit to the mantissa; false where it no longer fits. */
static inline bool mantissa_add_digit(int64_t *mantissa, int digit)
{
    return !__builtin_mul_overflow(*mantissa, 10, mantissa)
           && !__builtin_add_overflow(*mantissa, digit, mantissa);
}

/* Reads digits up to something else; *count gets how many there were. */
static bool digits_read(const char **at, const char *end, int64_t *mantissa, int *count)
{
    const char *start = *at;
    for (; *at < end; (*at)++) {
        int digit = **at - '0';
        if (digit < 0 || digit > 9)
            break;
        if (!mantissa_add_digit(mantissa, digit))
            return false;
    }
    ptrdiff_t read = *at - start;
    *count = read > 1000 ? 1000 : (int)read; /* leading zeros may be any number */
    return true;
}

/* The digits before the point: "1234567" or, with a group mark, "1,234,567". */
static bool integer_read(const char **at, const char *end, char group, int64_t *mantissa,
                         int *count)
{
    if (!digits_read(at, end, mantissa, count))
        return false;
    if (group == 0 || *at == end || **at != group)
        return true;
    if (*count < 1 || *count > 3)
        return false;
    while (*at < end && **at == group) {
        int three;
        (*at)++;
        if (!digits_read(at, end, mantissa, &three) || three != 3)
            return false;
    }
    return true;
}

/* What nearly every amount of a file is: so few digits that they fit, one point, no thousands.
 * False says only that the careful way has to look. */
static bool short_read(const char *at, const char *end, char point, int64_t *mantissa, int *scale)
{
    const char *start_of_fraction = NULL;
    int64_t value = 0;
    if (end - at < 2 || end - at > MONEY_SCALE_MAX)
        return false;
    for (; at < end; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (digit <= 9)
            value = value * 10 + digit;
        else if (*at == point && start_of_fraction == NULL)
            start_of_fraction = at + 1;
        else
            return false;
    }
    *mantissa = value;
    *scale = start_of_fraction != NULL ? (int)(end - start_of_fraction) : 0;
    return true;
}

bool decimal_parse(struct span text, char point, char group, struct decimal *out)
{
    assert(point != group);
    if (text.length == 0) /* data may be NULL then */
        return false;
    const char *at = text.data, *end = text.data + text.length;
    bool negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    int64_t mantissa = 0;
    int before = 0, after = 0;
    if (short_read(at, end, point, &mantissa, &after)) {
        *out = (struct decimal){.mantissa = negative ? -mantissa : mantissa, .scale = after};
        return true;
    }
    if (!integer_read(&at, end, group, &mantissa, &before))
        return false;
    if (at < end && *at == point) {
        at++;
        if (!digits_read(&at, end, &mantissa, &after))
            return false;
    }
    if (at != end || before + after == 0 || after > MONEY_SCALE_MAX)
        return false;
    *out = (struct decimal){.mantissa = negative ? -mantissa : mantissa, .scale = after};
    return true;
}

/* Writes the digits of a magnitude backwards from `end`, with `scale` of them after the point and a
 * group mark or 0 between thousands; returns where they begin. */
static char *magnitude_put(char *end, uint64_t magnitude, int scale, char group)
{
    for (int i = 0; i < scale; i++) {
        *--end = (char)('0' + magnitude % 10);
        magnitude /= 10;
    }
    if (scale > 0)
        *--end = '.';
    int digits = 0;
    do {
        if (group != 0 && digits > 0 && digits % 3 == 0)
            *--end = group;
        *--end = (char)('0' + magnitude % 10);
        magnitude /= 10;
        digits++;
    } while (magnitude > 0);
    return end;
}

static const char *amount_text(int64_t amount, int scale, char group, char out[MONEY_TEXT])
{
    char text[MONEY_TEXT];
    char *end = text + sizeof text - 1;
    uint64_t magnitude = amount < 0 ? -(uint64_t)amount : (uint64_t)amount;
    assert(scale >= 0 && scale <= MONEY_SCALE_MAX);
    *end = '\0';
    char *start = magnitude_put(end, magnitude, scale, group);
    if (amount < 0)
        *--start = '-';
    assert(start >= text);
    memcpy(out, start, (size_t)(end - start) + 1);
    return out;
}

const char *decimal_text(struct decimal value, char out[MONEY_TEXT])
{
    return amount_text(value.mantissa, value.scale, 0, out);
}

/* value * 10^by; false where it does not fit. */
static bool scale_up(int64_t value, int by, int64_t *out)
{
    assert(by >= 0);
    if (value == 0) {
        *out = 0;
        return true;
    }
    if (by > MONEY_SCALE_MAX)
        return false;
    return !__builtin_mul_overflow(value, powers_of_ten[by], out) && *out != INT64_MIN;
}

bool decimal_to_minor(struct decimal value, int exponent, int64_t *minor)
{
    assert(value.scale >= 0 && value.scale <= MONEY_SCALE_MAX);
    if (exponent < 0)
        return false;
    if (value.scale <= exponent)
        return scale_up(value.mantissa, exponent - value.scale, minor);
    int64_t power = powers_of_ten[value.scale - exponent];
    if (value.mantissa % power != 0)
        return false;
    *minor = value.mantissa / power;
    return true;
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *sum)
{
    int scale = a.scale > b.scale ? a.scale : b.scale;
    int64_t left, right, total;
    if (!scale_up(a.mantissa, scale - a.scale, &left)
        || !scale_up(b.mantissa, scale - b.scale, &right)
        || __builtin_add_overflow(left, right, &total) || total == INT64_MIN)
        return false;
    *sum = (struct decimal){.mantissa = total, .scale = scale};
    return true;
}

int decimal_compare(struct decimal a, struct decimal b)
{
    /* 2^63 * 10^15 stays below 2^113. */
    __int128 left = (__int128)a.mantissa * powers_of_ten[MONEY_SCALE_MAX - a.scale];
    __int128 right = (__int128)b.mantissa * powers_of_ten[MONEY_SCALE_MAX - b.scale];
    return (left > right) - (left < right);
}

/* --- money */

const char *money_text(int64_t minor, int exponent, bool grouped, char out[MONEY_TEXT])
{
    return amount_text(minor, exponent, grouped ? ',' : 0, out);
}

bool money_parse(struct span text, int exponent, int64_t *minor)
{
    struct decimal value;
    return decimal_parse(span_trim(text), '.', ',', &value)
           && decimal_to_minor(value, exponent, minor);
}
