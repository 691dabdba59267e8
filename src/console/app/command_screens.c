/* daybook screens check [DIRECTORY] [--database]: all faults of all screens in one pass; with a
 * database every statement is run and compared, and every order looked at in its plan.
 * daybook screens strings: what is to be translated, as a message template. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/view/parts.h"

void command_names_fill(struct command_names *names)
{
    memset(names, 0, sizeof *names);
    for (size_t i = 0; i < action_count && i < COMMAND_ACTIONS_MAX; i++)
        names->actions[names->names.action_count++] = actions[i].name;
    const struct store_statement *statement;
    while (names->names.query_count < COMMAND_QUERIES_MAX &&
           (statement = store_statement_at(names->names.query_count)) != NULL)
        names->queries[names->names.query_count++] = statement->name;
    names->names.actions = names->actions;
    names->names.queries = names->queries;
    names->names.parts = view_part_names;
    names->names.part_count = view_part_count;
}

/* --- with a database */

struct checking {
    struct store *store;
    struct store_result *columns; /* of the statement looked at; NULL: it could not be run */
    size_t faults;
};

static void fault(struct checking *checking, const struct screen *screen, int line,
                  const char *sentence)
{
    char safe[ERROR_MESSAGE_MAX];
    text_printable(safe, sizeof safe, span_of(sentence));
    printf("%s:%d:1: %s\n", screen->file, line, safe);
    checking->faults++;
}

/* A value of each type that a plan can be made with. */
static const char *value_of_type(const char *type)
{
    static const struct {
        const char *type, *value;
    } values[] = {{"text", "A"}, {"date", "2026-01-05"}, {"timestamptz", "2026-01-05T00:00:00Z"},
                  {"bool", "t"}, {"timestamp", "2026-01-05 00:00:00"}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (strcmp(values[i].type, type) == 0)
            return values[i].value;
    return "1";
}

static bool type_fits(enum field_type field, const char *type)
{
    switch (field) {
    case FIELD_MONEY: return strcmp(type, "int8") == 0;
    case FIELD_DATE: return strcmp(type, "date") == 0;
    case FIELD_TIME:
    case FIELD_MOMENT:
    case FIELD_COUNTDOWN: return strcmp(type, "timestamptz") == 0;
    case FIELD_BOOL: return strcmp(type, "bool") == 0;
    case FIELD_COUNT:
    case FIELD_PERCENT:
    case FIELD_DURATION: return strcmp(type, "int8") == 0 || strcmp(type, "int4") == 0;
    case FIELD_TEXT:
    case FIELD_ID:
    case FIELD_CODE:
    case FIELD_ACCOUNT: return true;
    }
    return true;
}

static void check_column(struct checking *checking, const struct screen *screen,
                         const struct field *field, int line)
{
    char sentence[ERROR_MESSAGE_MAX];
    int at = store_column(checking->columns, field->name);
    if (at < 0) {
        const char *near = text_nearest(field->name, checking->columns->names,
                                        checking->columns->columns);
        snprintf(sentence, sizeof sentence, near == NULL
                     ? _("the query %s gives no column '%s'")
                     : _("the query %s gives no column '%s'; did you mean '%s'?"),
                 screen->query, field->name, near);
        fault(checking, screen, line, sentence);
    } else if (!type_fits(field->type, checking->columns->types[at])) {
        snprintf(sentence, sizeof sentence, _("'%s' is %s in `fields`, but %s in the query %s"),
                 field->name, field_type_name(field->type), checking->columns->types[at],
                 screen->query);
        fault(checking, screen, line, sentence);
    }
}

static bool run_rows(struct checking *checking, const struct keyset *keyset, const char *before,
                     struct store_answer *answer, struct error *error)
{
    struct keyset_sql sql;
    bool good = keyset_rows(&sql, keyset, error);
    if (good) {
        char *text = memory_format("%s%s", before, buffer_text(&sql.sql));
        struct store_call call = {.sql = text, .values = sql.values,
                                  .value_count = sql.value_count, .deadline_ms = 30000};
        good = store_run(checking->store, &call, answer);
        if (!good)
            *error = answer->error;
        free(text);
    }
    keyset_sql_free(&sql);
    return good;
}

static struct keyset keyset_of(const struct screen *screen, const char *values[])
{
    struct keyset keyset = {.statement = store_statement(screen->query), .parameters = values,
                            .limit = 1};
    for (size_t i = 0; keyset.statement != NULL && i < keyset.statement->parameter_count; i++)
        values[i] = value_of_type(keyset.statement->parameters[i].type);
    return keyset;
}

/* Whether a plan sorts rows of tables. What a function gives is bounded by the function, and a plan
 * whose example key lies before every partition has no rows to sort. */
static bool plan_sorts(const struct store_result *plan)
{
    bool sorts = false;
    for (size_t r = 0; r < plan->rows; r++) {
        const char *node = plan->cells[r][0] == NULL ? "" : plan->cells[r][0];
        if (strstr(node, "Function Scan") != NULL || strstr(node, "One-Time Filter: false") != NULL)
            return false;
        if (strncmp(node, "Sort", 4) == 0 || strstr(node, "->  Sort") != NULL ||
            strstr(node, "Incremental Sort") != NULL)
            sorts = true;
    }
    return sorts;
}

/* An order that no index serves shows as a Sort node once sorting is the last resort. */
static void check_order(struct checking *checking, const struct screen *screen,
                        const struct screen_order *order)
{
    const char *parameters[STORE_PARAMETERS_MAX], *key[8];
    struct keyset keyset = keyset_of(screen, parameters);
    struct store_answer answer = {0};
    struct error error;
    keyset.order = order->columns;
    keyset.order_count = order->count;
    keyset.descending = order->descending;
    keyset.part = KEYSET_AFTER;
    keyset.key = key;
    keyset.limit = 50;
    for (size_t i = 0; i < order->count; i++) {
        int at = store_column(checking->columns, order->columns[i]);
        if (at < 0)
            return; /* told as an unknown column already */
        key[i] = value_of_type(checking->columns->types[at]);
    }
    if (!run_rows(checking, &keyset, "explain (costs off) ", &answer, &error))
        fault(checking, screen, order->line, error.message);
    if (answer.result != NULL && plan_sorts(answer.result))
        fault(checking, screen, order->line, _("no index serves this order: the plan sorts"));
    store_answer_release(&answer);
}

static void check_columns(struct checking *checking, const struct screen *screen)
{
    for (size_t i = 0; i < screen->column_count; i++)
        check_column(checking, screen, screen->columns[i].field, screen->columns[i].line);
    for (size_t i = 0; i < screen->fact_count; i++)
        check_column(checking, screen, screen->facts[i].field, screen->facts[i].line);
    for (size_t i = 0; i < screen->filter_count; i++)
        check_column(checking, screen, screen->filters[i], screen->query_line);
    for (size_t i = 0; i < screen->total_count; i++)
        check_column(checking, screen, screen->totals[i], screen->query_line);
    for (size_t i = 0; i < screen->item_count; i++)
        if (screen->items[i].kind == ITEM_SHOW)
            check_column(checking, screen, screen->items[i].column.field, screen->items[i].line);
}

static void check_screen(struct checking *checking, const struct screen *screen)
{
    const char *parameters[STORE_PARAMETERS_MAX];
    struct store_answer answer = {0};
    struct error error;
    if (screen->query == NULL || store_statement(screen->query) == NULL)
        return;
    struct keyset keyset = keyset_of(screen, parameters);
    if (!run_rows(checking, &keyset, "", &answer, &error)) {
        fault(checking, screen, screen->query_line, error.message);
    } else {
        checking->columns = answer.result;
        check_columns(checking, screen);
        for (size_t i = 0; i < screen->order_count; i++)
            check_order(checking, screen, &screen->orders[i]);
    }
    store_answer_release(&answer);
}

static bool check_database(struct command *command, const struct screen_set *set, size_t *faults,
                           struct error *error)
{
    struct checking checking = {0};
    checking.store = session_connect(&command->session, command->options,
                                     SESSION_STATEMENT_TIMEOUT_MS, error);
    if (checking.store == NULL)
        return false;
    struct store_call call = {.sql = "set enable_seqscan = off; set enable_sort = off;"
                                     "set enable_incremental_sort = off", .plain = true};
    struct store_answer answer;
    (void)store_run(checking.store, &call, &answer);
    store_answer_release(&answer);
    for (size_t i = 0; i < screen_count(set); i++)
        check_screen(&checking, screen_at(set, i));
    store_free(checking.store);
    *faults += checking.faults;
    return true;
}

/* --- strings */

static void print_quoted(const char *text)
{
    putchar('"');
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            putchar('\\');
        putchar(*at);
    }
    putchar('"');
}

static void print_string(void *context, const char *file, int line, const char *text)
{
    (void)context;
    (void)line;
    if (text[0] == '\0')
        return;
    printf("#: %s\nmsgid ", file);
    print_quoted(text);
    printf("\nmsgstr \"\"\n\n");
}

/* Only the built-in screens: a site translates its own. */
static int print_strings(void)
{
    struct screen_set *set = command_screens_load();
    printf("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\n");
    screen_set_strings(set, print_string, NULL);
    screen_set_free(set);
    return 0;
}

int command_screens(struct command *command)
{
    const struct options *options = command->options;
    struct screen_faults faults = {0}, notes = {0};
    struct error error;
    struct command_names names;
    if (strcmp(options_value(options, "verb"), "strings") == 0)
        return print_strings();
    if (strcmp(options_value(options, "verb"), "check") != 0) {
        error_set(&error, ERROR_USAGE, _("screens: there is no '%s'; check or strings"),
                  options_value(options, "verb"));
        return command_fails(&error);
    }
    command_names_fill(&names);
    struct screen_set *set = screen_set_load(options_value(options, "directory"), &names.names,
                                             &faults, &notes);
    for (size_t i = 0; i < faults.count; i++)
        printf("%s\n", faults.texts[i]);
    for (size_t i = 0; i < notes.count; i++)
        printf("%s\n", notes.texts[i]);
    size_t count = faults.count + faults.more + notes.count;
    screen_faults_free(&faults);
    screen_faults_free(&notes);
    bool good = options_value(options, "database") == NULL ||
                check_database(command, set, &count, &error);
    if (good)
        narrate(language_plural("%zu screens, %zu fault", "%zu screens, %zu faults", count),
                screen_count(set), count);
    screen_set_free(set);
    return !good ? command_fails(&error) : count == 0 ? 0 : 1;
}
