/* Actions on rows without the console: daybook claim X-12 X-13, or --where "channel:ICBC" --yes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "daybook/base/json.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/domain/money.h"

/* The rows as the action table names their columns; texts are the gathering's. */
struct gathered {
    struct action_rows rows;
    char **cells;
    size_t room;
};

static void gathered_free(struct gathered *gathered)
{
    for (size_t i = 0; i < gathered->rows.row_count * gathered->rows.column_count; i++)
        free(gathered->cells[i]);
    free(gathered->cells);
}

static size_t column_count(const struct action *action)
{
    size_t count = 0;
    while (count < ACTION_COLUMNS_MAX && action->columns[count] != NULL)
        count++;
    return count;
}

static char **row_add(struct gathered *gathered)
{
    size_t used = gathered->rows.row_count * gathered->rows.column_count;
    if (used + gathered->rows.column_count > gathered->room) {
        gathered->room = (gathered->room + gathered->rows.column_count) * 2;
        gathered->cells = memory_resize(gathered->cells, gathered->room,
                                        sizeof *gathered->cells);
    }
    gathered->rows.row_count++;
    for (size_t i = 0; i < gathered->rows.column_count; i++)
        gathered->cells[used + i] = NULL;
    return gathered->cells + used;
}

/* An option of the same meaning as a column: link X-1 --line L-7 --day 2026-11-20. */
static const char *column_option(const struct options *options, const char *column)
{
    static const struct {
        const char *column, *option;
    } names[] = {{"line_id", "line"}, {"value_date", "day"}, {"payment_id", "payment"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].column, column) == 0)
            return options_value(options, names[i].option);
    return NULL;
}

/* Rows named by id have been seen in no version: the database compares none. */
static void gather_ids(struct gathered *gathered, const struct options *options)
{
    const struct action *action = options->action;
    bool needs_id = column_option(options, action->columns[0]) == NULL;
    size_t rows = needs_id ? options->word_count : 1;
    for (size_t w = 0; w < rows; w++) {
        char **cells = row_add(gathered);
        for (size_t c = 0; c < gathered->rows.column_count; c++) {
            char id[24];
            const char *text = c == 0 && needs_id ? options->words[w]
                                                  : column_option(options, action->columns[c]);
            if (text != NULL)
                cells[c] = memory_copy_string(command_id(text, id));
        }
    }
}

static void gather_page(struct gathered *gathered, const struct store_result *page)
{
    for (size_t r = 0; r < page->rows; r++) {
        char **cells = row_add(gathered);
        for (size_t c = 0; c < gathered->rows.column_count; c++) {
            const char *text = store_cell(page, r, gathered->rows.columns[c]);
            cells[c] = text == NULL ? NULL : memory_copy_string(text);
        }
    }
}

/* Count and sum first (UI.md lesson 1); then, with --yes, the rows. */
static bool tell_summary(struct list_query *query, struct store *store, struct error *error)
{
    const char *const totals[] = {"amount"};
    struct keyset_sql sql;
    struct store_answer answer = {0};
    bool good = keyset_summary(&sql, &query->keyset, "currency", totals, 1, error);
    if (good) {
        struct store_call call = {.sql = buffer_text(&sql.sql), .values = sql.values,
                                  .value_count = sql.value_count, .deadline_ms = 30000};
        good = store_run(store, &call, &answer);
        if (!good && error != NULL)
            *error = answer.error;
    }
    keyset_sql_free(&sql);
    for (size_t r = 0; good && r < answer.result->rows; r++) {
        char money[MONEY_TEXT];
        const char *code = store_cell(answer.result, r, "currency");
        struct currency currency;
        int exponent = code != NULL && currency_parse(span_of(code), &currency)
                           ? currency_exponent(currency) : 2;
        int64_t rows = store_cell_int(answer.result, r, "rows", 0);
        narrate(language_plural("%lld row, %s %s", "%lld rows, %s %s", (unsigned long)rows),
                (long long)rows,
                money_text(store_cell_int(answer.result, r, "amount", 0),
                           exponent < 0 ? 2 : exponent, true, money), code == NULL ? "" : code);
    }
    store_answer_release(&answer);
    return good;
}

static bool gather_where(struct gathered *gathered, const struct options *options,
                         struct command *command, struct store *store, struct error *error)
{
    const char *screen = options->screen != NULL ? options->screen : "exceptions";
    struct list_query query;
    struct store_answer answer = {0};
    bool good = list_query_open(&query, screen, error) &&
                list_query_begin(&query, options->where, NULL, command->session.config, error) &&
                tell_summary(&query, store, error);
    if (good && !options->yes)
        good = error_set(error, ERROR_REFUSED, _("nothing was done; say --yes to do it"));
    if (good)
        good = list_query_page(&query, store, NULL, ACTION_ROWS_MAX + 1, &answer, error);
    if (good)
        gather_page(gathered, answer.result);
    store_answer_release(&answer);
    list_query_end(&query);
    return good;
}

/* --- doing it */

static void put_rows(const struct options *options, const struct store_answer *answer)
{
    struct output output;
    if (options->format == FORMAT_TEXT || answer->result == NULL)
        return;
    output_begin(&output, options->format, NULL, STDOUT_FILENO);
    output_rows(&output, answer->result, NULL, 0);
    output_end(&output, NULL);
}

/* What was said on the command line, amounts in minor units of the channel's currency. */
struct said {
    struct action_value values[ACTION_ARGUMENTS_MAX];
    char amounts[ACTION_ARGUMENTS_MAX][ACTION_AMOUNT_TEXT];
};

static bool currency_of(struct store *store, const struct action_rows *rows, char out[8],
                        struct error *error)
{
    const char *channel = rows->row_count == 1 ? rows->cells[0] : NULL;
    const char *const values[] = {channel};
    struct store_call call = {.statement = "channel", .values = values, .value_count = 1};
    struct store_answer answer;
    bool good = store_run(store, &call, &answer);
    if (!good)
        *error = answer.error;
    else if (answer.result->rows == 0)
        good = error_set(error, ERROR_NOT_FOUND, _("there is no channel '%s'"),
                         channel == NULL ? "" : channel);
    else
        snprintf(out, 8, "%s", store_cell(answer.result, 0, "currency"));
    store_answer_release(&answer);
    return good;
}

static bool read_amounts(struct said *said, const struct options *options, struct store *store,
                         const struct action_rows *rows, struct error *error)
{
    char currency[8] = "";
    for (size_t i = 0; i < options->value_count; i++) {
        const struct action_argument *argument =
            action_argument(options->action, options->values[i].name);
        said->values[i] = options->values[i];
        if (argument == NULL || argument->type != ACTION_AMOUNT)
            continue;
        if (currency[0] == '\0' && !currency_of(store, rows, currency, error))
            return false;
        if (!action_amount(argument->name, options->values[i].text, currency, said->amounts[i],
                           error))
            return false;
        said->values[i].text = said->amounts[i];
    }
    return true;
}

/* Of several rows each that was refused says why. */
static void tell_refused(const struct store_answer *answer)
{
    struct error why;
    if (answer->outcome != STORE_DONE || answer->result == NULL || answer->result->rows < 2)
        return;
    for (size_t r = 0; r < answer->result->rows; r++)
        if (action_row_refused(answer->result, r, &why))
            narrate("%s", why.message);
}

static int act(struct command *command, struct store *store, const struct gathered *gathered)
{
    const struct options *options = command->options;
    struct action_request request = {0};
    struct said said;
    struct error error;
    if (!read_amounts(&said, options, store, &gathered->rows, &error) ||
        !action_request_build(options->action, &gathered->rows, said.values,
                              options->value_count, &request, &error)) {
        action_request_release(&request);
        return command_fails(&error);
    }
    struct store_call call = {.statement = request.statement, .values = request.values,
                              .value_count = request.value_count, .writes = true,
                              .deadline_ms = 60000};
    struct store_answer answer;
    struct action_summary summary;
    store_run(store, &call, &answer);
    action_request_release(&request);
    action_summarise(options->action, gathered->rows.row_count, &answer, &summary);
    put_rows(options, &answer);
    tell_refused(&answer);
    narrate("%s", summary.sentence);
    int status = summary.refused == 0 ? 0 : output_status(summary.first.code);
    store_answer_release(&answer);
    return status;
}

/* From the command line a shell's ids come, whose rows nobody has seen: only --where needs the
 * database where the core does the work. */
static bool gather(struct command *command, struct gathered *gathered, struct store **store,
                   struct error *error)
{
    const struct options *options = command->options;
    if (options->action->path != NULL && options->where == NULL) {
        if (!session_open_key(&command->session, options, error))
            return false;
    } else {
        *store = session_connect(&command->session, options, SESSION_STATEMENT_TIMEOUT_MS, error);
        if (*store == NULL)
            return false;
    }
    if (options->where != NULL)
        return gather_where(gathered, options, command, *store, error);
    gather_ids(gathered, options);
    return true;
}

int command_action(struct command *command)
{
    const struct options *options = command->options;
    struct gathered gathered = {.rows = {.columns = options->action->columns,
                                         .column_count = column_count(options->action)}};
    struct error error;
    struct store *store = NULL;
    bool good = gather(command, &gathered, &store, &error);
    gathered.rows.cells = (const char *const *)gathered.cells;
    int status = !good ? command_fails(&error)
                 : options->action->path != NULL ? command_core(command, &gathered.rows)
                                                 : act(command, store, &gathered);
    gathered_free(&gathered);
    store_free(store);
    return status;
}
