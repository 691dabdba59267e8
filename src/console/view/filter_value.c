/* Values of filter words: amounts, days, ages, codes. */
#include "filter_value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daybook/base/language.h"
#include "daybook/domain/money.h"

#define DAY_US INT64_C(86400000000)

static bool bad_value(const struct filter_target *target, const char *typed, const char *example,
                      struct error *error)
{
    return error_set(error, ERROR_INPUT, _("'%s' is no value for '%s'; write it like %s."), typed,
                     target->condition->field->name, example);
}

static void keep(struct filter_target *target, const char *value)
{
    struct filter_condition *condition = target->condition;
    snprintf(condition->values[condition->value_count++], FILTER_VALUE_MAX, "%s", value);
}

static bool keep_number(struct filter_target *target, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    keep(target, text);
    return true;
}

/* "90", "45s", "12m", "11h", "3d"; a number alone is taken as `alone` seconds each. */
static bool parse_age(const char *typed, int64_t alone_s, int64_t *seconds)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    size_t length = strlen(typed);
    int64_t unit = alone_s, number = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0] && length > 1; i++) {
        if (typed[length - 1] == units[i].letter) {
            unit = units[i].seconds;
            length--;
            break;
        }
    }
    if (unit == 0 || !text_to_int64((struct span){typed, length}, &number) || number < 0 ||
        number > 1000000)
        return false;
    *seconds = number * unit;
    return true;
}

/* Younger than three days is later than three days ago. */
static enum filter_operator turned(enum filter_operator operator)
{
    switch (operator) {
    case FILTER_LESS: return FILTER_GREATER;
    case FILTER_LESS_EQUAL: return FILTER_GREATER_EQUAL;
    case FILTER_GREATER: return FILTER_LESS;
    case FILTER_GREATER_EQUAL: return FILTER_LESS_EQUAL;
    case FILTER_IN: case FILTER_NOT_IN: break;
    }
    return operator;
}

static bool parse_day(const struct filter_context *context, const char *typed, date_day *day)
{
    date_day today = time_day(context->now, context->utc_offset_s);
    if (strcasecmp(typed, "today") == 0 || strcasecmp(typed, "yesterday") == 0) {
        *day = today - (tolower((unsigned char)typed[0]) == 'y');
        return true;
    }
    return date_parse(span_of(typed), day);
}

static bool date_value(struct filter_target *target, const char *typed, struct error *error)
{
    char text[DATE_TEXT];
    date_day day = 0;
    int64_t age_s = 0;
    if (!parse_day(target->context, typed, &day)) {
        if (!parse_age(typed, 0, &age_s))
            return bad_value(target, typed, "2026-11-20, today, 3d", error);
        int64_t days = age_s / 86400;
        day = time_day(target->context->now, target->context->utc_offset_s);
        day -= (date_day)(days > 700000 ? 700000 : days);
        target->condition->operator = turned(target->condition->operator);
    }
    date_text(day, text);
    if (text[0] == '\0')
        return bad_value(target, typed, "2026-11-20, today, 3d", error);
    keep(target, text);
    return true;
}

static bool add_time(struct filter_target *target, enum filter_operator operator, time_us at,
                     struct error *error)
{
    char text[TIME_TEXT];
    struct filter_condition condition = {.field = target->condition->field,
                                         .operator = operator, .value_count = 1};
    snprintf(condition.values[0], FILTER_VALUE_MAX, "%s", time_text(at, text));
    target->replaced = true;
    return filter_add(target->filter, &condition, error);
}

/* A day of timestamps is from its local midnight to the next one. */
static bool time_value(struct filter_target *target, const char *typed, struct error *error)
{
    date_day day = 0;
    int64_t age_s = 0;
    enum filter_operator operator = target->condition->operator;
    if (parse_age(typed, 0, &age_s) && operator != FILTER_IN && operator != FILTER_NOT_IN)
        return add_time(target, turned(operator), target->context->now - age_s * 1000000, error);
    if (!parse_day(target->context, typed, &day))
        return bad_value(target, typed, "2026-11-20, today, <3d", error);
    time_us start = (time_us)day * DAY_US - (time_us)target->context->utc_offset_s * 1000000;
    time_us end = start + DAY_US;
    switch (operator) {
    case FILTER_IN:
        return add_time(target, FILTER_GREATER_EQUAL, start, error) &&
               add_time(target, FILTER_LESS, end, error);
    case FILTER_LESS: return add_time(target, FILTER_LESS, start, error);
    case FILTER_LESS_EQUAL: return add_time(target, FILTER_LESS, end, error);
    case FILTER_GREATER: return add_time(target, FILTER_GREATER_EQUAL, end, error);
    case FILTER_GREATER_EQUAL: return add_time(target, FILTER_GREATER_EQUAL, start, error);
    case FILTER_NOT_IN: break;
    }
    return error_set(error, ERROR_INPUT, _("'%s' cannot leave one day out; use < or >."),
                     target->condition->field->name);
}

/* A code, its words, or its words without blanks. */
static bool same_words(const char *label, const char *typed)
{
    while (*label != '\0' || *typed != '\0') {
        if (*label == ' ' || *label == '_' || *label == '-')
            label++;
        else if (*typed == ' ' || *typed == '_' || *typed == '-')
            typed++;
        else if (tolower((unsigned char)*label) == tolower((unsigned char)*typed)) {
            label++;
            typed++;
        } else
            return false;
    }
    return true;
}

static bool code_value(struct filter_target *target, const char *typed, struct error *error)
{
    const struct field *field = target->condition->field;
    const char *codes[64];
    char upper[FILTER_VALUE_MAX];
    size_t count = 0;
    for (size_t i = 0; i < field->value_count && i < 64; i++) {
        const struct field_value *value = &field->values[i];
        if (same_words(value->code, typed) || same_words(_(value->label), typed)) {
            keep(target, value->code);
            return true;
        }
        codes[count++] = value->code;
    }
    for (size_t i = 0; i <= strlen(typed); i++)
        upper[i] = (char)toupper((unsigned char)typed[i]);
    const char *near = count == 0 ? NULL : text_nearest(upper, codes, count);
    if (count == 0)
        keep(target, upper);
    else if (near != NULL)
        return error_set(error, ERROR_INPUT, _("'%s' has no value '%s'; did you mean '%s'?"),
                         field->name, typed, near);
    else
        return error_set(error, ERROR_INPUT, _("'%s' has no value '%s'; F1 lists them."),
                         field->name, typed);
    return true;
}

static bool number_value(struct filter_target *target, const char *typed, struct error *error)
{
    int64_t number = 0;
    switch (target->condition->field->type) {
    case FIELD_MONEY:
        return money_parse(span_of(typed), target->context->exponent, &number)
                   ? keep_number(target, number)
                   : bad_value(target, typed, "1,234.50", error);
    case FIELD_PERCENT:
        return money_parse(span_of(typed), 2, &number) ? keep_number(target, number)
                                                       : bad_value(target, typed, "99.5", error);
    case FIELD_DURATION:
        return parse_age(typed, 1, &number) ? keep_number(target, number)
                                            : bad_value(target, typed, "90s, 12m, 3d", error);
    default:
        return text_to_int64(span_of(typed), &number) ? keep_number(target, number)
                                                      : bad_value(target, typed, "12", error);
    }
}

static bool bool_value(struct filter_target *target, const char *typed, struct error *error)
{
    static const char *const yes[] = {"t", "true", "yes", "y"};
    static const char *const no[] = {"f", "false", "no", "n"};
    for (size_t i = 0; i < 4; i++) {
        bool is_yes = strcasecmp(yes[i], typed) == 0;
        if (is_yes || strcasecmp(no[i], typed) == 0) {
            keep(target, is_yes ? "t" : "f");
            return true;
        }
    }
    return bad_value(target, typed, "yes, no", error);
}

bool filter_value(struct filter_target *target, struct span typed, struct error *error)
{
    char text[FILTER_VALUE_MAX];
    char whole[FILTER_VALUE_MAX * 4];
    size_t length = 0;
    for (size_t i = 0; i < typed.length && length + 1 < sizeof whole; i++) {
        if (typed.data[i] != '"')
            whole[length++] = typed.data[i];
    }
    if (length >= FILTER_VALUE_MAX)
        return error_set(error, ERROR_INPUT, _("A value of '%s' is too long."),
                         target->condition->field->name);
    length = text_printable(text, sizeof text, (struct span){whole, length});
    if (length == 0)
        return error_set(error, ERROR_INPUT, _("A value is missing after '%s'."),
                         target->condition->field->name);
    switch (target->condition->field->type) {
    case FIELD_DATE: return date_value(target, text, error);
    case FIELD_TIME: case FIELD_MOMENT: case FIELD_COUNTDOWN:
        return time_value(target, text, error);
    case FIELD_CODE: return code_value(target, text, error);
    case FIELD_BOOL: return bool_value(target, text, error);
    case FIELD_MONEY: case FIELD_PERCENT: case FIELD_DURATION: case FIELD_COUNT:
        return number_value(target, text, error);
    case FIELD_TEXT: case FIELD_ID: case FIELD_ACCOUNT: break;
    }
    keep(target, text);
    return true;
}
