/* Filter words: fields, operators and values as people type them. */
#include "daybook/view/filter.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/domain/money.h"
#include "filter_value.h"

static const struct {
    const char *typed;
    enum filter_operator operator;
} operators[] = {
    /* Longer ones first: the first that fits is taken. */
    {.typed = "<=", .operator = FILTER_LESS_EQUAL},
    {.typed = ">=", .operator = FILTER_GREATER_EQUAL},
    {.typed = "<>", .operator = FILTER_NOT_IN},
    {.typed = "!=", .operator = FILTER_NOT_IN},
    {.typed = "<", .operator = FILTER_LESS},
    {.typed = ">", .operator = FILTER_GREATER},
    {.typed = ":", .operator = FILTER_IN},
    {.typed = "=", .operator = FILTER_IN}};
enum { OPERATOR_COUNT = sizeof operators / sizeof operators[0] };

const char *filter_operator_sql(enum filter_operator operator)
{
    static const char *const sql[] = {
        [FILTER_IN] = "=", [FILTER_NOT_IN] = "<>", [FILTER_LESS] = "<",
        [FILTER_LESS_EQUAL] = "<=", [FILTER_GREATER] = ">", [FILTER_GREATER_EQUAL] = ">="};
    return sql[operator];
}

/* One word: up to a blank outside quotes; the quotes stay in it. */
static struct span next_word(struct span *rest)
{
    bool quoted = false;
    size_t at = 0;
    *rest = span_trim(*rest);
    for (; at < rest->length && (quoted || rest->data[at] != ' '); at++)
        quoted = quoted != (rest->data[at] == '"');
    struct span word = {rest->data, at};
    *rest = (struct span){rest->data + at, rest->length - at};
    return word;
}

static size_t name_length(struct span word)
{
    size_t length = 0;
    while (length < word.length &&
           (isalnum((unsigned char)word.data[length]) || word.data[length] == '_'))
        length++;
    return length;
}

static const char *nearest_field(const struct filter_context *context, const char *name)
{
    const char *names[SCREEN_COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < context->field_count && count < SCREEN_COLUMNS_MAX; i++)
        names[count++] = context->fields[i]->name;
    return count == 0 ? NULL : text_nearest(name, names, count);
}

/* The field of a word: its whole name, or a beginning that only one field has. */
static const struct field *find_field(const struct filter_context *context, struct span typed,
                                      struct error *error)
{
    char name[64];
    const struct field *found = NULL;
    size_t matches = 0;
    text_printable(name, sizeof name, typed);
    for (size_t i = 0; i < context->field_count; i++) {
        const struct field *field = context->fields[i];
        if (span_is(typed, field->name))
            return field;
        if (strncmp(field->name, typed.data, typed.length) == 0) {
            found = field;
            matches++;
        }
    }
    if (matches == 1)
        return found;
    const char *near = nearest_field(context, name);
    if (matches > 1)
        error_set(error, ERROR_INPUT, _("'%s' may be several fields; write more of it."), name);
    else if (near != NULL)
        error_set(error, ERROR_INPUT, _("This list has no filter '%s'; did you mean '%s'?"), name,
                  near);
    else
        error_set(error, ERROR_INPUT, _("This list has no filter '%s'; F1 lists them."), name);
    return NULL;
}

/* Values of a word, between commas outside quotes. */
static bool parse_values(struct filter *filter, const struct field *field,
                         enum filter_operator operator, struct span text,
                         const struct filter_context *context, struct error *error)
{
    /* A comma in a number stands between thousands, not between values. */
    bool number = field->type == FIELD_MONEY || field->type == FIELD_COUNT ||
                  field->type == FIELD_PERCENT;
    bool many = !number && (operator == FILTER_IN || operator == FILTER_NOT_IN);
    struct filter_condition condition = {.field = field, .operator = operator};
    struct filter_target target = {.filter = filter, .condition = &condition, .context = context};
    while (text.length > 0) {
        bool quoted = false;
        size_t at = 0;
        for (; at < text.length && (quoted || !many || text.data[at] != ','); at++)
            quoted = quoted != (text.data[at] == '"');
        struct span value = {text.data, at};
        size_t used = at < text.length ? at + 1 : at;
        text = (struct span){text.data + used, text.length - used};
        if (condition.value_count == FILTER_VALUES_MAX)
            return error_set(error, ERROR_INPUT, _("'%s' has too many values; at most %d fit."),
                             field->name, FILTER_VALUES_MAX);
        if (!filter_value(&target, value, error))
            return false;
        if (target.replaced)
            return text.length == 0 ||
                   error_set(error, ERROR_INPUT, _("'%s' takes one day."), field->name);
    }
    if (condition.value_count == 0)
        return error_set(error, ERROR_INPUT, _("A value is missing after '%s'."), field->name);
    return filter_add(filter, &condition, error);
}

static bool parse_word(struct filter *filter, struct span word,
                       const struct filter_context *context, struct error *error)
{
    size_t length = name_length(word);
    struct span rest = {word.data + length, word.length - length};
    const struct field *field = NULL;
    for (size_t i = 0; i < OPERATOR_COUNT; i++) {
        size_t typed = strlen(operators[i].typed);
        if (length == 0 || rest.length < typed || memcmp(rest.data, operators[i].typed, typed) != 0)
            continue;
        field = find_field(context, (struct span){word.data, length}, error);
        return field != NULL &&
               parse_values(filter, field, operators[i].operator,
                            (struct span){rest.data + typed, rest.length - typed}, context, error);
    }
    char shown[64];
    text_printable(shown, sizeof shown, word);
    return error_set(error, ERROR_INPUT,
                     _("'%s' is no filter: write a field and a value, such as channel:ICBC or "
                       "amount>1000."), shown);
}

bool filter_parse(struct filter *filter, struct span words, const struct filter_context *context,
                  struct error *error)
{
    memset(filter, 0, sizeof *filter);
    for (struct span word = next_word(&words); word.length > 0; word = next_word(&words)) {
        if (!parse_word(filter, word, context, error)) {
            memset(filter, 0, sizeof *filter);
            return false;
        }
    }
    return true;
}

bool filter_add(struct filter *filter, const struct filter_condition *condition,
                struct error *error)
{
    if (filter->count == FILTER_CONDITIONS_MAX)
        return error_set(error, ERROR_LIMIT, _("A filter has at most %d conditions."),
                         FILTER_CONDITIONS_MAX);
    filter->conditions[filter->count++] = *condition;
    return true;
}

static void chip_value(const struct filter_condition *condition, const char *value, int exponent,
                       char *out, size_t out_size)
{
    char number[MONEY_TEXT];
    int64_t minor = 0;
    const struct field *field = condition->field;
    const struct field_value *named =
        field->type == FIELD_CODE ? field_value_find(field, value) : NULL;
    bool numeric = field->type == FIELD_MONEY || field->type == FIELD_PERCENT;
    if (named != NULL)
        snprintf(out, out_size, "%s", _(named->label));
    else if (numeric && text_to_int64(span_of(value), &minor))
        snprintf(out, out_size, "%s",
                 money_text(minor, field->type == FIELD_PERCENT ? 2 : exponent, true, number));
    else if (field->type == FIELD_BOOL)
        snprintf(out, out_size, "%s", value[0] == 't' ? _("yes") : _("no"));
    else if ((field->type == FIELD_TIME || field->type == FIELD_MOMENT) &&
             strlen(value) >= 16)
        snprintf(out, out_size, "%.5s %.5sZ", value + 5, value + 11);
    else
        snprintf(out, out_size, "%s", value);
}

const char *filter_chip(const struct filter_condition *condition, int exponent, char *out,
                        size_t out_size)
{
    char value[FILTER_VALUE_MAX * 2];
    int length = snprintf(out, out_size, "%s %s ", _(condition->field->label),
                          filter_operator_sql(condition->operator));
    for (size_t i = 0; i < condition->value_count; i++) {
        size_t at = length < 0 || (size_t)length >= out_size ? out_size - 1 : (size_t)length;
        chip_value(condition, condition->values[i], exponent, value, sizeof value);
        int more = snprintf(out + at, out_size - at, "%s%s", i == 0 ? "" : ", ", value);
        length = (int)at + (more < 0 ? 0 : more);
    }
    return out;
}
