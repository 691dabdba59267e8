/* Dates and amounts as banks write them in CSV. Pure functions. */
#include <string.h>

#include "csv.h"
#include "daybook/domain/money.h"

/* The parts of a date pattern: letters that stand for digits. */
static const struct part {
    const char *letters;
    int digits;
    int index; /* in parts[] below */
} parts_known[] = {
    {"YYYY", 4, 0}, {"MM", 2, 1}, {"DD", 2, 2}, {"hh", 2, 3}, {"mm", 2, 4}, {"ss", 2, 5},
};
enum { PARTS = 6, YEAR = 0, MONTH, DAY, HOUR, MINUTE, SECOND };

static bool part_digits(struct span text, size_t at, int digits, int *out)
{
    int value = 0;
    if (text.length - at < (size_t)digits)
        return false;
    for (int i = 0; i < digits; i++) {
        char digit = text.data[at + (size_t)i];
        if (digit < '0' || digit > '9')
            return false;
        value = value * 10 + (digit - '0');
    }
    *out = value;
    return true;
}

/* Matches the pattern at the start of the text: the bytes used, or 0. */
static size_t pattern_match(const char *pattern, struct span text, int values[PARTS])
{
    size_t at = 0;
    for (int i = 0; i < PARTS; i++)
        values[i] = -1;
    while (*pattern != '\0') {
        const struct part *part = NULL;
        for (int i = 0; i < PARTS && part == NULL; i++)
            if (strncmp(pattern, parts_known[i].letters, strlen(parts_known[i].letters)) == 0)
                part = &parts_known[i];
        if (part != NULL) {
            if (!part_digits(text, at, part->digits, &values[part->index]))
                return 0;
            at += (size_t)part->digits;
            pattern += part->digits;
        } else if (at < text.length && text.data[at] == *pattern) {
            at++;
            pattern++;
        } else {
            return 0;
        }
    }
    return at;
}

static bool values_hold(const int values[PARTS])
{
    return values[HOUR] < 24 && values[MINUTE] < 60 && values[SECOND] < 61;
}

/* A statement of January shows the days of December without their year. */
static int year_of(struct csv_month month, int of)
{
    return of <= month.month ? month.year : month.year - 1;
}

bool csv_value_date(const struct profile *profile, struct csv_month month, struct span text,
                    bool prefix, struct csv_day *out)
{
    for (size_t i = 0; i < profile->dates_count; i++) {
        int values[PARTS];
        size_t used = pattern_match(profile->dates[i], text, values);
        if (used == 0 || (!prefix && used != text.length) || !values_hold(values))
            continue;
        if (values[YEAR] < 0 && month.month == 0)
            continue;
        int year = values[YEAR] >= 0 ? values[YEAR] : year_of(month, values[MONTH]);
        out->clock = values[HOUR] >= 0;
        if (date_from_civil(year, values[MONTH], values[DAY], &out->day))
            return true;
    }
    return false;
}

bool csv_value_month(const char *pattern, struct span text, struct csv_month *out)
{
    for (size_t at = 0; at < text.length; at++) {
        int values[PARTS];
        struct span rest = {text.data + at, text.length - at};
        if (pattern_match(pattern, rest, values) == 0)
            continue;
        if (values[YEAR] < 1 || values[MONTH] < 1 || values[MONTH] > 12)
            continue;
        *out = (struct csv_month){values[YEAR], values[MONTH]};
        return true;
    }
    return false;
}

static bool mark_strip(struct span *text, const char *mark)
{
    size_t length = strlen(mark);
    if (text->length <= length)
        return false;
    if (memcmp(text->data + text->length - length, mark, length) == 0) {
        text->length -= length;
    } else if (memcmp(text->data, mark, length) == 0) {
        text->data += length;
        text->length -= length;
    } else {
        return false;
    }
    *text = csv_trim(*text);
    return true;
}

bool csv_value_amount(const struct profile *profile, struct span text, struct decimal *amount,
                      const char **currency)
{
    text = csv_trim(text);
    for (size_t i = 0; i < profile->marks.count; i++) {
        const struct profile_word *mark = &profile->marks.words[i];
        if (mark_strip(&text, mark->word) && mark->currency[0] != '\0')
            *currency = mark->currency;
    }
    return decimal_parse(text, profile->decimal, profile->thousands, amount);
}

static bool value_skip(struct span *text, const char *prefix)
{
    size_t length = strlen(prefix);
    if (text->length < length || memcmp(text->data, prefix, length) != 0)
        return false;
    text->data += length;
    text->length -= length;
    return true;
}

bool csv_value_after(struct span text, const char *label, struct span *value)
{
    const char *found = text.length == 0 ? NULL
                                         : memmem(text.data, text.length, label, strlen(label));
    if (found == NULL)
        return false;
    size_t before = (size_t)(found - text.data) + strlen(label);
    struct span rest = csv_trim((struct span){text.data + before, text.length - before});
    if (value_skip(&rest, ":") || value_skip(&rest, "\xEF\xBC\x9A") || value_skip(&rest, "="))
        rest = csv_trim(rest);
    bool bracket = value_skip(&rest, "[");
    size_t length = 0;
    while (length < rest.length) {
        bool blanks = rest.data[length] == '\t' ||
                      (rest.data[length] == ' ' && length + 1 < rest.length &&
                       rest.data[length + 1] == ' ');
        if (bracket ? rest.data[length] == ']' : blanks)
            break;
        length++;
    }
    *value = csv_trim((struct span){rest.data, length});
    return true;
}
