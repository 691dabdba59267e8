/* Screens against each other and against the names that other rooms know. */
#include <stdlib.h>
#include <string.h>

#include "reader.h"

struct check {
    const struct screen_set *set;
    const struct screen_names *names;
    struct screen_faults *faults;
    const struct screen *screen;
    const char *const *columns; /* of the screen's query; NULL: not known */
    size_t column_count;
};

static bool in_names(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static void unknown(struct check *check, int line, const char *what, const char *name,
                    const char *const *names, size_t count)
{
    const char *file = check->screen->file;
    const char *near = count == 0 ? NULL : text_nearest(name, names, count);
    if (near == NULL)
        faults_add(check->faults, "%s:%d:1: there is no %s '%s'", file, line, what, name);
    else
        faults_add(check->faults, "%s:%d:1: there is no %s '%s'; did you mean '%s'?", file, line,
                   what, name, near);
}

static void check_column(struct check *check, int line, const char *name)
{
    if (check->columns != NULL && !in_names(name, check->columns, check->column_count))
        unknown(check, line, "column in the query", name, check->columns, check->column_count);
}

static void check_query(struct check *check, int line, const char *query)
{
    const struct screen_names *names = check->names;
    if (names->queries != NULL && !in_names(query, names->queries, names->query_count))
        unknown(check, line, "query", query, names->queries, names->query_count);
}

static void check_action(struct check *check, int line, const char *action)
{
    const struct screen_names *names = check->names;
    if (names->actions != NULL && !in_names(action, names->actions, names->action_count))
        unknown(check, line, "action", action, names->actions, names->action_count);
}

static const struct screen *check_screen(struct check *check, int line, const char *name)
{
    const struct screen_set *set = check->set;
    const struct screen *screen = screen_find(set, name);
    if (screen != NULL)
        return screen;
    const char **names = memory_resize(NULL, set->screen_count + 1, sizeof *names);
    for (size_t i = 0; i < set->screen_count; i++)
        names[i] = set->screens[i]->name;
    unknown(check, line, "screen", name, names, set->screen_count);
    free(names);
    return NULL;
}

static void check_keys(struct check *check)
{
    for (size_t i = 0; i < check->screen->key_count; i++) {
        const struct screen_key *key = &check->screen->keys[i];
        bool open = strcmp(key->action, "open") == 0;
        if (open)
            check_screen(check, key->line, key->args[0]);
        else
            check_action(check, key->line, key->action);
        for (size_t j = open ? 1 : 0; j < key->arg_count; j++)
            check_column(check, key->line, key->args[j]);
    }
}

/* part compare LEFT "words" RIGHT "words" FIELD...: both sides must be columns. */
static void check_compare(struct check *check, const struct screen_item *item)
{
    if (item->arg_count < 5) {
        faults_add(check->faults, "%s:%d:1: it is written: part compare LEFT \"words\" RIGHT "
                   "\"words\" FIELD...", check->screen->file, item->line);
        return;
    }
    for (size_t i = 4; i < item->arg_count; i++) {
        char column[160];
        if (field_find(check->set, item->args[i]) == NULL)
            unknown(check, item->line, "field", item->args[i], NULL, 0);
        for (size_t side = 0; side <= 2; side += 2) {
            size_t length = strlen(item->args[side]);
            if (length + strlen(item->args[i]) + 2 > sizeof column)
                continue;
            memcpy(column, item->args[side], length);
            column[length] = '_';
            memcpy(column + length + 1, item->args[i], strlen(item->args[i]) + 1);
            check_column(check, item->line, column);
        }
    }
}

static void check_part(struct check *check, const struct screen_item *item)
{
    static const char *const with_query[] = {"timeline", "bars", "gates", "ladder", "postings"};
    const struct screen_names *names = check->names;
    if (names->parts != NULL && !in_names(item->name, names->parts, names->part_count)) {
        unknown(check, item->line, "part", item->name, names->parts, names->part_count);
        return;
    }
    if (strcmp(item->name, "compare") == 0)
        check_compare(check, item);
    else if (in_names(item->name, with_query, sizeof with_query / sizeof with_query[0]) &&
             item->arg_count == 1)
        check_query(check, item->line, item->args[0]);
    else if (strcmp(item->name, "today") != 0 && strcmp(item->name, "customer") != 0 &&
             strcmp(item->name, "document") != 0)
        faults_add(check->faults, "%s:%d:1: the part '%s' wants one more word",
                   check->screen->file, item->line, item->name);
}

static void check_item(struct check *check, const struct screen_item *item)
{
    if (item->kind == ITEM_SHOW)
        check_column(check, item->line, item->column.field->name);
    else if (item->kind == ITEM_PART)
        check_part(check, item);
    else if (item->kind == ITEM_RELATED) {
        const struct screen *list = check_screen(check, item->line, item->name);
        if (list != NULL && list->kind != SCREEN_LIST)
            faults_add(check->faults, "%s:%d:1: '%s' is no list", check->screen->file, item->line,
                       item->name);
    }
}

static void check_columns(struct check *check)
{
    const struct screen *screen = check->screen;
    for (size_t i = 0; i < screen->order_count; i++) {
        for (size_t j = 0; j < screen->orders[i].count; j++)
            check_column(check, screen->orders[i].line, screen->orders[i].columns[j]);
    }
    for (size_t i = 0; i < screen->column_count; i++) {
        const struct field *field = screen->columns[i].field;
        check_column(check, screen->columns[i].line, field->name);
        if (field->type == FIELD_MONEY && field->currency != NULL)
            check_column(check, screen->columns[i].line, field->currency);
    }
    for (size_t i = 0; i < screen->fact_count; i++)
        check_column(check, screen->facts[i].line, screen->facts[i].field->name);
    for (size_t i = 0; i < screen->total_count; i++)
        check_column(check, screen->query_line, screen->totals[i]->name);
    for (size_t i = 0; i < screen->filter_count; i++)
        check_column(check, screen->query_line, screen->filters[i]->name);
}

static void check_one(struct check *check)
{
    const struct screen *screen = check->screen;
    const struct screen_names *names = check->names;
    check->columns = NULL;
    check->column_count = 0;
    if (screen->query != NULL) {
        check_query(check, screen->query_line, screen->query);
        if (names->query_columns != NULL)
            check->columns = names->query_columns(names->context, screen->query,
                                                  &check->column_count);
    }
    check_columns(check);
    check_keys(check);
    for (size_t i = 0; i < screen->item_count; i++)
        check_item(check, &screen->items[i]);
    if (screen->action != NULL)
        check_action(check, screen->action_line, screen->action);
    for (size_t i = 0; i < screen->input_count; i++) {
        if (screen->inputs[i].field->codes != NULL)
            check_query(check, screen->inputs[i].line, screen->inputs[i].field->codes);
    }
}

bool screen_set_check(const struct screen_set *set, const struct screen_names *names,
                      struct screen_faults *faults)
{
    size_t before = faults->count + faults->more;
    struct check check = {.set = set, .names = names, .faults = faults};
    for (size_t i = 0; i < set->screen_count; i++) {
        check.screen = set->screens[i];
        check_one(&check);
    }
    return faults->count + faults->more == before;
}
