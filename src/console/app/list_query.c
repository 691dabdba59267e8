/* Lists outside the console: a list screen's query, order and filters, page by page. */
#include <string.h>

#include "commands.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"

enum { LIST_DEADLINE_MS = 30000 };

/* A detail's name, or its list's: people try one for the other. */
static bool refuse_name(const struct list_query *query, const char *name, struct error *error)
{
    const struct screen *screen = screen_find(query->screens, name);
    const char *known[256];
    size_t count = 0;
    if (screen != NULL && screen->kind == SCREEN_DETAIL && screen->query != NULL)
        return error_set(error, ERROR_USAGE,
                         _("'%s' is one object and no list: daybook show %s ID"), name, name);
    for (size_t i = 0; i < screen_count(query->screens) && count < 256; i++)
        if (screen_at(query->screens, i)->kind == SCREEN_LIST)
            known[count++] = screen_at(query->screens, i)->name;
    const char *near = text_nearest(name, known, count);
    if (near != NULL)
        return error_set(error, ERROR_USAGE, _("there is no list '%s'; did you mean '%s'?"), name,
                         near);
    return error_set(error, ERROR_USAGE, _("there is no list '%s'"), name);
}

bool list_query_open(struct list_query *query, const char *screen, struct error *error)
{
    memset(query, 0, sizeof *query);
    query->screens = command_screens_load();
    query->screen = screen_find(query->screens, screen);
    if (query->screen == NULL || query->screen->kind != SCREEN_LIST)
        return refuse_name(query, screen, error);
    query->keyset.statement = store_statement(query->screen->query);
    if (query->keyset.statement == NULL)
        return error_set(error, ERROR_NOT_FOUND, _("there is no statement '%s'"),
                         query->screen->query);
    return true;
}

bool list_query_wants_object(const struct list_query *query)
{
    return query->keyset.statement->parameter_count == 1;
}

/* The parsed filter as conditions whose values are the filter's own texts. */
static void take_conditions(struct list_query *query)
{
    for (size_t i = 0; i < query->filter.count; i++) {
        const struct filter_condition *from = &query->filter.conditions[i];
        for (size_t v = 0; v < from->value_count; v++)
            query->values[i][v] = from->values[v];
        query->conditions[i] = (struct keyset_condition){
            .column = from->field->name,
            .operator = filter_operator_sql(from->operator),
            .values = query->values[i],
            .value_count = from->value_count,
        };
    }
    query->keyset.conditions = query->conditions;
    query->keyset.condition_count = query->filter.count;
}

static bool take_filter(struct list_query *query, const char *words, const struct config *config,
                        struct error *error)
{
    if (words == NULL || words[0] == '\0')
        return true;
    struct filter_context context = {
        .fields = query->screen->filters,
        .field_count = query->screen->filter_count,
        .now = clock_now(),
        .utc_offset_s = config == NULL ? 0 : config->zone_offset_s,
        .exponent = 2,
    };
    if (!filter_parse(&query->filter, span_of(words), &context, error)) {
        if (error != NULL)
            error->code = ERROR_USAGE;
        return false;
    }
    take_conditions(query);
    return true;
}

/* The detail that Enter opens on a row: what `show` takes. NULL: none. */
static const char *detail_of_rows(const struct screen *screen)
{
    for (size_t i = 0; i < screen->key_count; i++)
        if (strcmp(screen->keys[i].action, "open") == 0 && screen->keys[i].arg_count > 1)
            return screen->keys[i].args[0];
    return NULL;
}

/* "X-9" and no condition: somebody wants that one. */
static bool is_object(const char *words)
{
    char id[24];
    return words != NULL && words[0] != '\0' && strpbrk(words, ":<>=! ") == NULL &&
           command_id(words, id) == id;
}

bool list_query_begin(struct list_query *query, const char *words, const char *parameter,
                      const struct config *config, struct error *error)
{
    struct keyset *keyset = &query->keyset;
    const char *name = query->screen->name;
    const char *detail = detail_of_rows(query->screen);
    query->parameter = parameter;
    if (keyset->statement->parameter_count > 1 ||
        (list_query_wants_object(query) && parameter == NULL))
        return error_set(error, ERROR_USAGE, _("the list '%s' is of one object: daybook list %s "
                                               "%s"), name, name,
                         keyset->statement->parameters[0].name);
    if (!list_query_wants_object(query) && parameter != NULL)
        return error_set(error, ERROR_USAGE, _("the list '%s' takes no --parameter"), name);
    if (detail != NULL && is_object(words))
        return error_set(error, ERROR_USAGE, _("'%s' is no filter; of one object: daybook show %s "
                                               "%s"), words, detail, words);
    if (!take_filter(query, words, config, error))
        return false;
    keyset->parameters = &query->parameter;
    if (query->screen->order_count > 0) {
        keyset->order = query->screen->orders[0].columns;
        keyset->order_count = query->screen->orders[0].count;
        keyset->descending = query->screen->orders[0].descending;
    }
    return true;
}

void list_query_end(struct list_query *query)
{
    if (query->screens != NULL)
        screen_set_free(query->screens);
    query->screens = NULL;
}

bool list_query_page(struct list_query *query, struct store *store, const char *const *key,
                     size_t limit, struct store_answer *answer, struct error *error)
{
    query->keyset.part = key == NULL ? KEYSET_FIRST : KEYSET_AFTER;
    query->keyset.key = key;
    query->keyset.limit = limit;
    struct keyset_sql sql;
    bool good = keyset_rows(&sql, &query->keyset, error);
    if (good) {
        struct store_call call = {.sql = buffer_text(&sql.sql), .values = sql.values,
                                  .value_count = sql.value_count,
                                  .deadline_ms = LIST_DEADLINE_MS};
        good = store_run(store, &call, answer);
        if (!good && error != NULL)
            *error = answer->error;
    }
    keyset_sql_free(&sql);
    return good;
}
