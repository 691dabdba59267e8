/* Amounts in words. Integers only: whole units, and the rest of one by the currency's digits. */
#include "daybook/domain/money_words.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What a currency and its hundredth part are called; without `cent` it has no smaller unit. In
 * Chinese 元, 角 and 分 follow a prefix that says whose they are. */
struct unit {
    const char *code;
    const char *one, *many, *cent, *cents;
    const char *prefix;
};

static const struct unit units[] = {
    {"CNY", "yuan", "yuan", "fen", "fen", "人民币"},
    {"EUR", "euro", "euros", "cent", "cents", "欧元"},
    {"HKD", "Hong Kong dollar", "Hong Kong dollars", "cent", "cents", "港币"},
    {"JPY", "yen", "yen", NULL, NULL, "日元"},
    {"USD", "US dollar", "US dollars", "cent", "cents", "美元"},
};

static const struct unit *unit_of(struct currency currency)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (memcmp(units[i].code, currency.code, 4) == 0)
            return &units[i];
    return NULL;
}

/* An amount taken apart: whole units, the rest of one, and how many of it make one. */
struct parts {
    uint64_t whole, rest, per_unit;
    int digits;
    bool negative;
};

static struct parts parts_of(int64_t minor, struct currency currency)
{
    int exponent = currency_exponent(currency);
    struct parts parts = {.negative = minor < 0, .digits = exponent < 0 ? 2 : exponent,
                          .per_unit = 1};
    uint64_t size = minor < 0 ? -(uint64_t)minor : (uint64_t)minor;
    for (int i = 0; i < parts.digits; i++)
        parts.per_unit *= 10;
    parts.whole = size / parts.per_unit;
    parts.rest = size % parts.per_unit;
    return parts;
}

/* What fits is kept; MONEY_WORDS_TEXT is enough for every amount. */
static void add(char out[MONEY_WORDS_TEXT], const char *text)
{
    size_t at = strlen(out);
    assert(at + strlen(text) < MONEY_WORDS_TEXT);
    snprintf(out + at, MONEY_WORDS_TEXT - at, "%s", text);
}

/* --- English */

static void add_word(char out[MONEY_WORDS_TEXT], const char *word)
{
    size_t length = strlen(out);
    if (length > 0 && out[length - 1] != ' ')
        add(out, " ");
    add(out, word);
}

/* 1..99 */
static void english_tens(unsigned number, char out[MONEY_WORDS_TEXT])
{
    static const char *const small[] = {
        "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
        "nineteen"};
    static const char *const tens[] = {"", "", "twenty", "thirty", "forty", "fifty", "sixty",
                                       "seventy", "eighty", "ninety"};
    if (number < 20) {
        add_word(out, small[number]);
        return;
    }
    add_word(out, tens[number / 10]);
    if (number % 10 != 0) {
        add(out, "-");
        add(out, small[number % 10]);
    }
}

/* 1..999; `last`: nothing follows, so that an "and" stands before what is below a hundred. */
static void english_group(unsigned number, bool last, char out[MONEY_WORDS_TEXT])
{
    bool before = out[0] != '\0' && strcmp(out, "minus") != 0;
    if (number >= 100) {
        english_tens(number / 100, out);
        add_word(out, "hundred");
    }
    if (number % 100 == 0)
        return;
    if (number >= 100 || (last && before))
        add_word(out, "and");
    english_tens(number % 100, out);
}

static void english_number(uint64_t number, char out[MONEY_WORDS_TEXT])
{
    static const char *const scales[] = {"", "thousand", "million", "billion", "trillion",
                                         "quadrillion", "quintillion"};
    unsigned groups[7] = {0};
    int count = 0;
    if (number == 0)
        add_word(out, "zero");
    for (; number > 0; number /= 1000)
        groups[count++] = (unsigned)(number % 1000);
    for (int i = count - 1; i >= 0; i--) {
        if (groups[i] == 0)
            continue;
        english_group(groups[i], i == 0, out);
        if (i > 0)
            add_word(out, scales[i]);
    }
}

const char *money_words_english(int64_t minor, struct currency currency,
                                char out[MONEY_WORDS_TEXT])
{
    struct parts parts = parts_of(minor, currency);
    const struct unit *unit = unit_of(currency);
    bool named = unit != NULL && unit->cent != NULL;
    out[0] = '\0';
    if (parts.negative)
        add_word(out, "minus");
    if (parts.whole > 0 || parts.rest == 0 || !named) {
        english_number(parts.whole, out);
        add_word(out, unit == NULL ? currency.code : parts.whole == 1 ? unit->one : unit->many);
    }
    if (parts.rest == 0)
        return out;
    if (named) {
        char rest[MONEY_WORDS_TEXT] = "";
        english_number(parts.rest, rest);
        if (parts.whole > 0)
            add_word(out, "and");
        add_word(out, rest);
        add_word(out, parts.rest == 1 ? unit->cent : unit->cents);
    } else {
        char rest[48];
        snprintf(rest, sizeof rest, "and %llu/%llu", (unsigned long long)parts.rest,
                 (unsigned long long)parts.per_unit);
        add_word(out, rest);
    }
    return out;
}

/* --- Chinese */

static const char *const numerals[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

/* 1..9999: a gap of zeros is one 零. */
static void chinese_group(unsigned number, char out[MONEY_WORDS_TEXT])
{
    static const unsigned sizes[] = {1000, 100, 10, 1};
    static const char *const names[] = {"仟", "佰", "拾", ""};
    bool begun = false, gap = false;
    for (int i = 0; i < 4; i++) {
        unsigned digit = number / sizes[i] % 10;
        if (digit == 0) {
            gap = begun;
            continue;
        }
        if (gap)
            add(out, numerals[0]);
        add(out, numerals[digit]);
        add(out, names[i]);
        begun = true;
        gap = false;
    }
}

/* By 亿 and 万, so that 10^12 is 壹万亿. */
static void chinese_number(uint64_t number, char out[MONEY_WORDS_TEXT])
{
    static const struct {
        uint64_t size;
        const char *name;
    } scales[] = {{100000000, "亿"}, {10000, "万"}};
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        if (number < scales[i].size)
            continue;
        chinese_number(number / scales[i].size, out);
        add(out, scales[i].name);
        number %= scales[i].size;
        if (number > 0 && number < scales[i].size / 10)
            add(out, numerals[0]);
    }
    if (number > 0)
        chinese_group((unsigned)number, out);
}

/* 角 and 分; 整 says that nothing can be added behind it. */
static void chinese_rest(const struct parts *parts, char out[MONEY_WORDS_TEXT])
{
    unsigned jiao = (unsigned)(parts->rest / 10), fen = (unsigned)(parts->rest % 10);
    if (jiao > 0) {
        add(out, numerals[jiao]);
        add(out, "角");
    } else if (fen > 0 && parts->whole > 0) {
        add(out, numerals[0]);
    }
    if (fen > 0) {
        add(out, numerals[fen]);
        add(out, "分");
    } else {
        add(out, "整");
    }
}

const char *money_words_chinese(int64_t minor, struct currency currency,
                                char out[MONEY_WORDS_TEXT])
{
    struct parts parts = parts_of(minor, currency);
    const struct unit *unit = unit_of(currency);
    out[0] = '\0';
    add(out, unit == NULL ? currency.code : unit->prefix);
    if (parts.negative)
        add(out, "负");
    if (parts.whole > 0)
        chinese_number(parts.whole, out);
    if (unit != NULL && (parts.digits == 2 || parts.rest == 0)) {
        if (parts.whole == 0 && parts.rest == 0)
            add(out, numerals[0]);
        if (parts.whole > 0 || parts.rest == 0)
            add(out, "元");
        chinese_rest(&parts, out);
        return out;
    }
    if (parts.whole == 0)
        add(out, numerals[0]);
    if (parts.rest > 0)
        add(out, "点");
    for (uint64_t size = parts.per_unit / 10; parts.rest > 0 && size > 0; size /= 10)
        add(out, numerals[parts.rest / size % 10]);
    return out;
}
