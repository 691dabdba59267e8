/* daybook list, export and show. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"

enum {
    LIST_ROWS = 100,          /* if --limit says nothing */
    LIST_ROWS_MAX = 10000,
    EXPORT_PAGE = 1000,
    WORDS_BYTES_MAX = 64 * 1024
};

static char *words_joined(const struct options *options, size_t first)
{
    struct buffer words;
    buffer_init(&words, WORDS_BYTES_MAX);
    for (size_t i = first; i < options->word_count; i++)
        buffer_printf(&words, "%s%s", i == first ? "" : " ", options->words[i]);
    char *joined = memory_copy_string(buffer_text(&words));
    buffer_free(&words);
    return joined;
}

/* Understands the list, then connects; both are needed before a row can be asked for. A list of an
 * object takes it as its first word: lines-of-file F-12. */
static bool begin(struct command *command, struct list_query *query, struct store **store,
                  struct error *error)
{
    const struct options *options = command->options;
    *store = NULL;
    if (!session_configure(&command->session, options, error) ||
        !list_query_open(query, options_value(options, "screen"), error))
        return false;
    const char *object = options_value(options, "parameter");
    size_t first = 0;
    if (object == NULL && list_query_wants_object(query) && options->word_count > 0)
        object = options->words[first++];
    char *words = words_joined(options, first);
    char id[24];
    bool good = list_query_begin(query, words, object == NULL ? NULL : command_id(object, id),
                                 command->session.config, error);
    free(words);
    if (good) {
        /* The statement keeps only a pointer; the id lives in this frame no longer than here. */
        query->parameter = object == NULL ? NULL : memory_copy_string(query->parameter);
        *store = session_connect(&command->session, options, SESSION_STATEMENT_TIMEOUT_MS, error);
    }
    return *store != NULL;
}

static void finish(struct list_query *query, struct store *store)
{
    if (store != NULL) {
        free((void *)query->parameter);
        store_free(store);
    }
    list_query_end(query);
}

/* The screen's columns as text shows them; JSON and CSV give all that the query has. */
static size_t columns_of(const struct list_query *query, const char *columns[SCREEN_COLUMNS_MAX])
{
    for (size_t i = 0; i < query->screen->column_count; i++)
        columns[i] = query->screen->columns[i].field->name;
    return query->screen->column_count;
}

static void put_page(struct output *output, const struct list_query *query,
                     const struct store_result *rows)
{
    const char *columns[SCREEN_COLUMNS_MAX];
    size_t count = columns_of(query, columns);
    if (output->format == FORMAT_TEXT)
        output_rows(output, rows, columns, count);
    else
        output_rows(output, rows, NULL, 0);
}

static bool limit_of(const struct options *options, size_t *limit, struct error *error)
{
    const char *text = options_value(options, "limit");
    int64_t number = LIST_ROWS;
    if (text != NULL && (!text_to_int64(span_of(text), &number) || number < 1 ||
                         number > LIST_ROWS_MAX))
        return error_set(error, ERROR_USAGE, _("--limit is a number from 1 to %d"), LIST_ROWS_MAX);
    *limit = (size_t)number;
    return true;
}

int command_list(struct command *command)
{
    struct list_query query = {0};
    struct store *store = NULL;
    struct store_answer answer = {0};
    struct error error;
    size_t limit = 0;
    bool good = limit_of(command->options, &limit, &error) &&
                begin(command, &query, &store, &error) &&
                list_query_page(&query, store, NULL, limit + 1, &answer, &error);
    if (good) {
        struct output output;
        bool more = answer.result->rows > limit;
        if (more)
            answer.result->rows = limit;
        output_begin(&output, command->options->format, query.screens, STDOUT_FILENO);
        put_page(&output, &query, answer.result);
        good = output_end(&output, &error);
        if (more)
            narrate(language_plural("there is more than %zu row; say --limit or narrow the list",
                                    "there are more than %zu rows; say --limit or narrow the list",
                                    limit), limit);
    }
    store_answer_release(&answer);
    finish(&query, store);
    return good ? 0 : command_fails(&error);
}

/* --- export: the whole list, page by page */

static bool key_of(const struct list_query *query, const struct store_result *rows, char *key[8])
{
    for (size_t i = 0; i < query->keyset.order_count; i++) {
        const char *value = store_cell(rows, rows->rows - 1, query->keyset.order[i]);
        if (value == NULL)
            return false;
        free(key[i]);
        key[i] = memory_copy_string(value);
    }
    return query->keyset.order_count > 0;
}

static bool export_pages(struct list_query *query, struct store *store, struct output *output,
                         struct error *error)
{
    char *key[8] = {NULL};
    bool good = true, more = true, first = true;
    while (good && more && !output->failed) {
        struct store_answer answer = {0};
        good = list_query_page(query, store, first ? NULL : (const char *const *)key, EXPORT_PAGE,
                               &answer, error);
        if (good) {
            put_page(output, query, answer.result);
            more = answer.result->rows == EXPORT_PAGE && key_of(query, answer.result, key);
        }
        first = false;
        store_answer_release(&answer);
    }
    for (size_t i = 0; i < 8; i++)
        free(key[i]);
    return good;
}

int command_export(struct command *command)
{
    struct list_query query = {0};
    struct store *store = NULL;
    struct error error;
    const char *path = options_value(command->options, "output");
    bool good = begin(command, &query, &store, &error);
    int fd = STDOUT_FILENO;
    if (good && path != NULL)
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (good && fd < 0)
        good = error_set(&error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    if (good) {
        struct output output;
        output_begin(&output, command->options->format == FORMAT_JSON ? FORMAT_JSON : FORMAT_CSV,
                     query.screens, fd);
        good = export_pages(&query, store, &output, &error);
        size_t rows = output.rows;
        good = output_end(&output, good ? &error : NULL) && good;
        if (good)
            narrate(language_plural("%zu row", "%zu rows", rows), rows);
    }
    if (path != NULL && fd >= 0)
        close(fd);
    finish(&query, store);
    return good ? 0 : command_fails(&error);
}

/* --- show: one object */

static const struct screen *detail_find(const struct screen_set *screens, const char *name,
                                        struct error *error)
{
    const struct screen *screen = screen_find(screens, name);
    if (screen != NULL && screen->kind == SCREEN_DETAIL && screen->query != NULL)
        return screen;
    const char *known[256];
    size_t count = 0;
    for (size_t i = 0; i < screen_count(screens) && count < 256; i++)
        if (screen_at(screens, i)->kind == SCREEN_DETAIL)
            known[count++] = screen_at(screens, i)->name;
    const char *near = text_nearest(name, known, count);
    if (screen != NULL && screen->kind == SCREEN_LIST)
        error_set(error, ERROR_USAGE, _("'%s' is a list: daybook list %s"), name, name);
    else if (near != NULL)
        error_set(error, ERROR_USAGE, _("there is no detail '%s'; did you mean '%s'?"), name,
                  near);
    else
        error_set(error, ERROR_USAGE, _("there is no detail '%s'"), name);
    return NULL;
}

/* Most details are of an object; Today is not. */
static bool id_fits(const struct screen *screen, const char *id, struct error *error)
{
    const struct store_statement *statement = store_statement(screen->query);
    bool wants = statement != NULL && statement->parameter_count > 0;
    if (wants == (id != NULL))
        return true;
    if (wants)
        return error_set(error, ERROR_USAGE, _("show needs the object: daybook show %s %s"),
                         screen->name, statement->parameters[0].name);
    return error_set(error, ERROR_USAGE, _("there is one '%s' only: daybook show %s"),
                     screen->name, screen->name);
}

static void put_lines(const struct store_result *row, const struct screen_set *screens)
{
    struct output output;
    for (size_t c = 0; c < row->columns; c++) {
        const char *column = row->names[c];
        struct store_result one = *row;
        output_begin(&output, FORMAT_TEXT, screens, STDOUT_FILENO);
        output.rows = 1; /* no heading: its name stands in front */
        printf("%-18s ", column);
        fflush(stdout);
        output_rows(&output, &one, &column, 1);
        output_end(&output, NULL);
    }
}

static int show_row(const struct options *options, const struct screen_set *screens,
                    const struct store_answer *answer)
{
    struct error error;
    if (answer->result->rows == 0) {
        error_set(&error, ERROR_NOT_FOUND, _("there is no %s %s"),
                  options_value(options, "screen"), options_value(options, "id"));
        return command_fails(&error);
    }
    if (options->format == FORMAT_TEXT) {
        put_lines(answer->result, screens);
        return 0;
    }
    struct output output;
    output_begin(&output, options->format, screens, STDOUT_FILENO);
    output.one = true;
    output_rows(&output, answer->result, NULL, 0);
    return output_end(&output, &error) ? 0 : command_fails(&error);
}

int command_show(struct command *command)
{
    const struct options *options = command->options;
    struct error error;
    struct screen_set *screens = command_screens_load();
    const struct screen *screen = detail_find(screens, options_value(options, "screen"), &error);
    const char *object = options_value(options, "id");
    struct store *store = NULL;
    if (screen != NULL && id_fits(screen, object, &error))
        store = session_connect(&command->session, options, SESSION_STATEMENT_TIMEOUT_MS, &error);
    int status;
    if (store == NULL) {
        status = command_fails(&error);
    } else {
        char id[24];
        const char *const values[] = {object == NULL ? NULL : command_id(object, id)};
        struct store_call call = {.statement = screen->query, .values = values,
                                  .value_count = object != NULL};
        struct store_answer answer;
        bool good = store_run(store, &call, &answer);
        status = good ? show_row(options, screens, &answer) : command_fails(&answer.error);
        store_answer_release(&answer);
    }
    store_free(store);
    screen_set_free(screens);
    return status;
}
