#include "daybook/store/keyset.h"

#include <assert.h>
#include <string.h>

#include "daybook/base/language.h"

enum { KEYSET_SQL_MAX = 256 * 1024 };

void keyset_sql_free(struct keyset_sql *sql)
{
    buffer_free(&sql->sql);
}

/* Names come from files of ours or of the site; they are checked all the same. */
static bool name_is_column(const char *name)
{
    size_t n = 0;
    for (; name[n] != '\0'; n++) {
        char c = name[n];
        if (!((c >= 'a' && c <= 'z') || c == '_' || (n > 0 && c >= '0' && c <= '9')))
            return false;
    }
    return n > 0 && n < 64;
}

static bool put_column(struct keyset_sql *out, const char *name, struct error *error)
{
    if (!name_is_column(name))
        return error_set(error, ERROR_USAGE, _("'%s' is not a column"), name);
    return buffer_printf(&out->sql, "q.%s", name);
}

static bool put_value(struct keyset_sql *out, const char *value, struct error *error)
{
    if (out->value_count >= STORE_PARAMETERS_MAX)
        return error_set(error, ERROR_LIMIT, _("the filter has too many words"));
    out->values[out->value_count++] = value;
    return buffer_printf(&out->sql, "$%zu", out->value_count);
}

static bool put_start(struct keyset_sql *out, const struct keyset *keyset, struct error *error)
{
    out->value_count = 0;
    buffer_init(&out->sql, KEYSET_SQL_MAX);
    if (keyset->statement == NULL)
        return error_set(error, ERROR_NOT_FOUND, _("there is no such statement"));
    for (size_t i = 0; i < keyset->statement->parameter_count; i++)
        out->values[out->value_count++] = keyset->parameters[i];
    return true;
}

/* --- conditions */

static bool operator_is_known(const char *operator)
{
    static const char *const known[] = {"=", "<>", "<", "<=", ">", ">="};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], operator) == 0)
            return true;
    return false;
}

static bool put_condition(struct keyset_sql *out, const struct keyset_condition *condition,
                          struct error *error)
{
    const char *operator = condition->operator;
    if (!operator_is_known(operator))
        return error_set(error, ERROR_USAGE, _("'%s' is not a comparison"), operator);
    bool several = condition->value_count > 1;
    if (condition->value_count == 0 || (several && operator[0] != '=' &&
                                        strcmp(operator, "<>") != 0))
        return error_set(error, ERROR_USAGE, _("'%s' compares with one value"), operator);
    if (!put_column(out, condition->column, error))
        return false;
    if (!several)
        return buffer_printf(&out->sql, " %s ", operator) &&
               put_value(out, condition->values[0], error);
    buffer_append_string(&out->sql, operator[0] == '=' ? " in (" : " not in (");
    for (size_t i = 0; i < condition->value_count; i++) {
        if (i > 0)
            buffer_append_string(&out->sql, ", ");
        if (!put_value(out, condition->values[i], error))
            return false;
    }
    return buffer_append_char(&out->sql, ')');
}

static bool put_columns(struct keyset_sql *out, const struct keyset *keyset, const char *suffix,
                        struct error *error)
{
    for (size_t i = 0; i < keyset->order_count; i++) {
        if (i > 0)
            buffer_append_string(&out->sql, ", ");
        if (!put_column(out, keyset->order[i], error))
            return false;
        buffer_append_string(&out->sql, suffix);
    }
    return true;
}

static bool part_is_backward(enum keyset_part part)
{
    return part == KEYSET_BEFORE || part == KEYSET_LAST;
}

static bool put_key(struct keyset_sql *out, const struct keyset *keyset, struct error *error)
{
    bool down = keyset->descending != part_is_backward(keyset->part);
    const char *comparison = keyset->part == KEYSET_FROM ? (down ? "<=" : ">=")
                                                         : (down ? "<" : ">");
    buffer_append_char(&out->sql, '(');
    if (!put_columns(out, keyset, "", error))
        return false;
    buffer_printf(&out->sql, ") %s (", comparison);
    for (size_t i = 0; i < keyset->order_count; i++) {
        if (i > 0)
            buffer_append_string(&out->sql, ", ");
        if (!put_value(out, keyset->key[i], error))
            return false;
    }
    return buffer_append_char(&out->sql, ')');
}

static bool put_where(struct keyset_sql *out, const struct keyset *keyset, bool with_key,
                      struct error *error)
{
    const char *word = "where ";
    for (size_t i = 0; i < keyset->condition_count; i++) {
        buffer_append_string(&out->sql, word);
        if (!put_condition(out, &keyset->conditions[i], error))
            return false;
        word = "\nand ";
    }
    bool has_key = keyset->part == KEYSET_AFTER || keyset->part == KEYSET_FROM ||
                   keyset->part == KEYSET_BEFORE;
    if (with_key && has_key) {
        buffer_append_string(&out->sql, word);
        if (!put_key(out, keyset, error))
            return false;
    }
    return buffer_append_char(&out->sql, '\n');
}

/* --- whole texts */

static bool complete(const struct keyset_sql *out, struct error *error)
{
    if (out->sql.overflow)
        return error_set(error, ERROR_LIMIT, _("the question is too long"));
    return true;
}

bool keyset_rows(struct keyset_sql *out, const struct keyset *keyset, struct error *error)
{
    assert(keyset->limit > 0);
    if (!put_start(out, keyset, error))
        return false;
    buffer_printf(&out->sql, "select q.* from (\n%s) q\n", keyset->statement->sql);
    if (!put_where(out, keyset, true, error))
        return false;
    if (keyset->order_count > 0) {
        bool down = keyset->descending != part_is_backward(keyset->part);
        buffer_append_string(&out->sql, "order by ");
        if (!put_columns(out, keyset, down ? " desc" : "", error))
            return false;
    }
    buffer_printf(&out->sql, "\nlimit %zu", keyset->limit);
    return complete(out, error);
}

static bool put_sums(struct keyset_sql *out, const char *const *totals, size_t total_count)
{
    for (size_t i = 0; i < total_count; i++)
        buffer_printf(&out->sql, ", (sum(c.%s) filter (where c.n <= %d))::int8 as %s", totals[i],
                      KEYSET_COUNT_MAX, totals[i]);
    return buffer_printf(&out->sql, ", bool_or(c.n > %d) as capped from (select row_number() "
                                    "over () as n", KEYSET_COUNT_MAX);
}

bool keyset_summary(struct keyset_sql *out, const struct keyset *keyset, const char *currency,
                    const char *const *totals, size_t total_count, struct error *error)
{
    if (!put_start(out, keyset, error))
        return false;
    for (size_t i = 0; i < total_count + (currency != NULL); i++) {
        const char *name = i < total_count ? totals[i] : currency;
        if (!name_is_column(name))
            return error_set(error, ERROR_USAGE, _("'%s' is not a column"), name);
    }
    buffer_printf(&out->sql, "select count(*) filter (where c.n <= %d) as rows", KEYSET_COUNT_MAX);
    if (currency != NULL)
        buffer_printf(&out->sql, ", c.%s", currency);
    put_sums(out, totals, total_count);
    if (currency != NULL)
        buffer_printf(&out->sql, ", q.%s", currency);
    for (size_t i = 0; i < total_count; i++)
        buffer_printf(&out->sql, ", q.%s", totals[i]);
    buffer_printf(&out->sql, " from (\n%s) q\n", keyset->statement->sql);
    if (!put_where(out, keyset, false, error))
        return false;
    buffer_printf(&out->sql, "limit %d) c", KEYSET_COUNT_MAX + 1);
    if (currency != NULL)
        buffer_printf(&out->sql, " group by c.%s order by 1 desc limit 20", currency);
    return complete(out, error);
}
