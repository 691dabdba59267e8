#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/action/action.h"
#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"
#include "daybook/domain/money.h"
#include "daybook/store/refusal.h"
#include "inside.h"

enum { ARRAY_BYTES_MAX = 1 << 20 };

/* --- arguments */

static bool value_is_right(const struct action_argument *argument, const char *text,
                           struct error *error)
{
    date_day day;
    int64_t number;
    struct span span = span_of(text);
    if (argument->type == ACTION_DATE && !date_parse(span, &day))
        return error_set(error, ERROR_INPUT, _("%s: a date is written as 2026-11-30"),
                         argument->name);
    bool whole = argument->type == ACTION_NUMBER || argument->type == ACTION_AMOUNT;
    if (whole && !text_to_int64(span, &number))
        return error_set(error, ERROR_INPUT, _("%s: this is not a whole number"), argument->name);
    if (!text_is_utf8(span))
        return error_set(error, ERROR_INPUT, _("%s: this is not UTF-8"), argument->name);
    return true;
}

bool action_amount(const char *name, const char *text, const char *currency,
                   char out[ACTION_AMOUNT_TEXT], struct error *error)
{
    struct currency known = {""};
    struct decimal decimal;
    int64_t minor = 0;
    int exponent = currency_parse(span_of(currency), &known) ? currency_exponent(known) : -1;
    if (exponent < 0)
        return error_set(error, ERROR_INPUT, _("%s: the digits of the currency '%s' are not known"),
                         name, currency);
    if (!decimal_parse(span_trim(span_of(text)), '.', ',', &decimal))
        return error_set(error, ERROR_INPUT, _("%s: write an amount like 812,400.00"), name);
    if (decimal.scale > exponent)
        return error_set(error, ERROR_INPUT,
                         language_plural("%s: %s has %d decimal, '%s' has more",
                                         "%s: %s has %d decimals, '%s' has more",
                                         (unsigned long)exponent), name, known.code, exponent,
                         text);
    if (!decimal_to_minor(decimal, exponent, &minor))
        return error_set(error, ERROR_INPUT, _("%s: this amount is too large"), name);
    snprintf(out, ACTION_AMOUNT_TEXT, "%lld", (long long)minor);
    return true;
}

static const char *value_find(const struct action_value *values, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values[i].name, name) == 0 && values[i].text != NULL &&
            values[i].text[0] != '\0')
            return values[i].text;
    return NULL;
}

static bool arguments_are_right(const struct action *action, const struct action_value *values,
                                size_t count, struct error *error)
{
    for (size_t i = 0; i < action_argument_count(action); i++) {
        const struct action_argument *argument = &action->arguments[i];
        const char *text = value_find(values, count, argument->name);
        if (text == NULL && argument->required)
            return error_set(error, ERROR_INPUT, _("%s needs %s: %s"), action->name,
                             argument->name, _(argument->help));
        if (text != NULL && !value_is_right(argument, text, error))
            return false;
    }
    return true;
}

/* --- rows */

static int column_find(const struct action_rows *rows, const char *name, size_t length)
{
    for (size_t c = 0; rows != NULL && c < rows->column_count; c++)
        if (strlen(rows->columns[c]) == length && memcmp(rows->columns[c], name, length) == 0)
            return (int)c;
    return -1;
}

static const char *cell(const struct action_rows *rows, size_t row, int column)
{
    return rows->cells[row * rows->column_count + (size_t)column];
}

/* An array's text; only numbers stand in arrays here, so nothing needs quoting. */
static char *array_of(const struct action_rows *rows, int column, struct error *error)
{
    struct buffer array;
    buffer_init(&array, ARRAY_BYTES_MAX);
    buffer_append_char(&array, '{');
    int64_t number;
    bool good = true;
    for (size_t r = 0; r < rows->row_count && good; r++) {
        const char *text = cell(rows, r, column);
        if (r > 0)
            buffer_append_char(&array, ',');
        if (text == NULL)
            buffer_append_string(&array, "NULL");
        else if (text_to_int64(span_of(text), &number))
            buffer_printf(&array, "%lld", (long long)number);
        else
            good = error_set(error, ERROR_INPUT, _("'%s' is no number of an object"), text);
    }
    buffer_append_char(&array, '}');
    char *result = NULL;
    if (good && array.overflow)
        error_set(error, ERROR_LIMIT, _("too many rows at once"));
    else if (good)
        result = memory_copy_string(buffer_text(&array));
    buffer_free(&array);
    return result;
}

/* A version that was not seen is not compared: NULL for every row. */
static char *array_of_nulls(size_t rows)
{
    char *text = memory_new(rows * 5 + 3);
    size_t at = 0;
    text[at++] = '{';
    for (size_t i = 0; i < rows; i++) {
        memcpy(text + at, i == 0 ? "NULL" : ",NULL", i == 0 ? 4 : 5);
        at += i == 0 ? 4 : 5;
    }
    text[at] = '}';
    return text;
}

/* --- the call */

static char *copy_or_null(const char *text)
{
    return text == NULL ? NULL : memory_copy_string(text);
}

static bool is_array(const struct store_parameter *parameter)
{
    size_t length = strlen(parameter->type);
    return length > 2 && strcmp(parameter->type + length - 2, "[]") == 0;
}

/* The digest of the action's attachment, NULL where there is none. */
static bool digest_fill(const struct action *action, const struct action_value *values,
                        size_t value_count, char **out, struct error *error)
{
    char digest[ACTION_DIGEST_TEXT];
    *out = NULL;
    for (size_t i = 0; i < action_argument_count(action); i++) {
        const char *path = value_find(values, value_count, action->arguments[i].name);
        if (action->arguments[i].type != ACTION_FILE || path == NULL)
            continue;
        if (!action_file_digest(path, digest, error))
            return false;
        *out = memory_copy_string(digest);
    }
    return true;
}

static bool parameter_fill(const struct action *action, const struct store_parameter *parameter,
                           const struct action_rows *rows, const struct action_value *values,
                           size_t value_count, char **out, struct error *error)
{
    size_t length = strlen(parameter->name);
    if (strcmp(parameter->name, "action") == 0) {
        *out = memory_copy_string(action->name);
        return true;
    }
    if (is_array(parameter)) {
        int column = column_find(rows, parameter->name, length - 1);
        *out = column >= 0 ? array_of(rows, column, error) : array_of_nulls(rows->row_count);
        return *out != NULL;
    }
    if (strcmp(parameter->name, "sha256") == 0)
        return digest_fill(action, values, value_count, out, error);
    const struct action_argument *argument = action_argument(action, parameter->name);
    if (argument != NULL && argument->type == ACTION_FILE) {
        const char *path = value_find(values, value_count, parameter->name);
        *out = path == NULL ? NULL : memory_copy_string(action_file_name(path));
        return true;
    }
    int column = column_find(rows, parameter->name, length);
    *out = copy_or_null(column >= 0 && rows->row_count > 0
                            ? cell(rows, 0, column)
                            : value_find(values, value_count, parameter->name));
    return true;
}

bool action_request_build(const struct action *action, const struct action_rows *rows,
                          const struct action_value *values, size_t value_count,
                          struct action_request *out, struct error *error)
{
    *out = (struct action_request){.statement = action->statement};
    if (!arguments_are_right(action, values, value_count, error))
        return false;
    size_t row_count = rows == NULL ? 0 : rows->row_count;
    if (action->scope != ACTION_ANYWHERE && row_count == 0)
        return error_set(error, ERROR_USAGE, _("%s needs a row to work on"), action->name);
    if (action->scope == ACTION_ONE_ROW && row_count > 1)
        return error_set(error, ERROR_USAGE, _("%s works on one row at a time"), action->name);
    if (row_count > ACTION_ROWS_MAX)
        return error_set(error, ERROR_LIMIT, _("at most %d rows at once"), ACTION_ROWS_MAX);
    const struct store_statement *statement = store_statement(action->statement);
    if (statement == NULL)
        return error_set(error, ERROR_NOT_FOUND, _("there is no statement '%s'"),
                         action->statement);
    for (size_t i = 0; i < statement->parameter_count; i++) {
        char *text = NULL;
        if (!parameter_fill(action, &statement->parameters[i], rows, values, value_count, &text,
                            error)) {
            action_request_release(out);
            return false;
        }
        out->values[out->value_count++] = text;
    }
    return true;
}

void action_request_release(struct action_request *request)
{
    for (size_t i = 0; i < request->value_count; i++)
        free((void *)request->values[i]);
    request->value_count = 0;
}

/* --- what came of it */

bool action_row_refused(const struct store_result *result, size_t row, struct error *why)
{
    const char *outcome = store_cell(result, row, "outcome");
    if (outcome == NULL || strcmp(outcome, "done") == 0)
        return false;
    refusal_error("DB412", outcome, store_cell(result, row, "detail"), why);
    return true;
}

static void count_outcomes(const struct store_result *result, struct action_summary *summary)
{
    struct error why;
    for (size_t r = 0; r < result->rows; r++) {
        if (!action_row_refused(result, r, &why))
            summary->done++;
        else if (summary->refused++ == 0)
            summary->first = why;
    }
}

/* The sentence with the number in the place of {n}. */
static void counted_sentence(const struct action *action, size_t count, struct error *out)
{
    const char *text = language_plural(action->done_one, action->done_many, count);
    const char *mark = strstr(text, "{n}");
    if (mark == NULL)
        error_set(out, ERROR_NONE, "%s", text);
    else
        error_set(out, ERROR_NONE, "%.*s%zu%s", (int)(mark - text), text, count, mark + 3);
}

void action_summary_say(const struct action *action, struct action_summary *summary)
{
    struct error counted, said;
    counted_sentence(action, summary->done, &counted);
    if (summary->done == 0 && summary->refused == 1)
        said = summary->first;
    else if (summary->refused > 0)
        error_set(&said, ERROR_REFUSED, _("%s %zu refused: %s"), counted.message,
                  summary->refused, summary->first.message);
    else
        said = counted;
    memcpy(summary->sentence, said.message, sizeof summary->sentence);
}

void action_summarise(const struct action *action, size_t rows, const struct store_answer *answer,
                      struct action_summary *summary)
{
    *summary = (struct action_summary){0};
    if (answer->outcome != STORE_DONE) {
        summary->refused = rows == 0 ? 1 : rows;
        summary->first = answer->error;
        memcpy(summary->sentence, answer->error.message, sizeof summary->sentence);
        return;
    }
    if (answer->result != NULL && store_column(answer->result, "outcome") >= 0)
        count_outcomes(answer->result, summary);
    else
        summary->done = rows == 0 ? 1 : rows;
    action_summary_say(action, summary);
}
