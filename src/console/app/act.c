/* Actions on rows: asked about where the table says so, sent, and told of when they are answered.
 * One at a time; what was asked for beside it waits in the chain. */
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/domain/money_words.h"
#include "inside.h"

enum { ACT_DEADLINE_MS = 15000, ROWS_LOGGED_MAX = LOG_LINES / 2 };

static void act_next(struct console *console);

static void doing_done(struct console *console)
{
    struct view_run *rest = console->doing.run == NULL ? NULL : console->doing.run->next;
    if (console->doing.run != NULL) {
        console->doing.run->next = NULL;
        view_run_free(console->doing.run);
    }
    console->doing = (struct doing){.run = rest};
    if (rest != NULL)
        act_next(console);
}

/* On an error the actions that were typed ahead are dropped with the keys (UI.md lesson 2). */
static void drop_rest(struct console *console)
{
    if (console->doing.run != NULL) {
        view_run_free(console->doing.run->next);
        console->doing.run->next = NULL;
    }
}

void act_free(struct console *console)
{
    if (console->core != NULL)
        core_forget(console->core, console->doing.core_call);
    view_run_free(console->doing.run);
    console->doing = (struct doing){0};
}

/* "X-5512, 12,480.00 CNY" or "3 rows, 12,480.00 CNY": what is to be worked on. */
static void describe(const struct view_run *run, char *out, size_t size)
{
    const char *rows = language_plural("row", "rows", run->row_count);
    if (run->row_count == 1 && run->subject[0] != '\0')
        snprintf(out, size, "%s", run->subject);
    else if (run->sum[0] == '\0')
        snprintf(out, size, "%zu %s", run->row_count, rows);
    else
        snprintf(out, size, "%zu %s, %s", run->row_count, rows, run->sum);
    size_t length = strlen(out);
    if (run->left_count > 0)
        snprintf(out + length, size - length, language_plural("; %zu left out", "; %zu left out",
                                                              run->left_count), run->left_count);
}

/* What became of single rows stands in the log; of very many only the first. */
static void log_row(struct console *console, size_t index, const char *name, const char *why)
{
    char outcome[LOG_LINE_BYTES];
    if (index >= ROWS_LOGGED_MAX)
        return;
    snprintf(outcome, sizeof outcome, "%.40s%s%.100s", name, name[0] == '\0' ? "" : ": ", why);
    console_log(console, console->doing.action->name, 0, 0, outcome);
}

/* "2 rows left out, P2026112000417: The ladder is stopped already." and "" where none is. */
static void say_left(const struct view_run *run, char *out, size_t size)
{
    out[0] = '\0';
    if (run->left_count > 0)
        snprintf(out, size,
                 language_plural("%zu row left out, %s: %s",
                                 "%zu rows left out (@ says why), %s: %s", run->left_count),
                 run->left_count, run->left[0].name, _(run->left[0].why));
}

static void log_left(struct console *console, const struct view_run *run)
{
    for (size_t i = 0; i < run->left_count; i++)
        log_row(console, i, run->left[i].name, _(run->left[i].why));
}

/* --- sending */

void act_over(struct console *console, const struct action_summary *summary, bool unknown,
              int64_t sent_us, int64_t ended_us)
{
    struct doing *doing = &console->doing;
    console_log(console, doing->action->name, sent_us, ended_us, summary->sentence);
    bool all_refused = summary->done == 0, marked = doing->run->marked;
    char left[ERROR_MESSAGE_MAX];
    say_left(doing->run, left, sizeof left);
    console->unknown_told = unknown;
    if (doing->form != NULL && all_refused) {
        view_form_fault(doing->form, NULL, summary->first.message);
        /* The rows go back to the form: what was typed can be put right and sent again. */
        for (size_t i = 0; i < console->place_count; i++)
            if (console->places[i].view == doing->form) {
                console->places[i].run = doing->run;
                doing->run = NULL;
            }
    } else if (doing->form != NULL) {
        places_close(console, doing->form);
    }
    frame_message(console->frame, unknown ? ROLE_WARNING
                                  : summary->refused > 0 ? ROLE_BAD : ROLE_OK,
                  left[0] == '\0' ? "%s%s" : "%s %s", summary->sentence, left);
    /* Marks typed ahead for the next action stay. */
    places_reload(console, marked && !all_refused);
    if (all_refused)
        drop_rest(console);
    doing_done(console);
}

static void log_refused(struct console *console, const struct store_answer *answer)
{
    struct error why;
    size_t refused = 0;
    if (answer->outcome != STORE_DONE || answer->result == NULL || answer->result->rows < 2)
        return;
    for (size_t r = 0; r < answer->result->rows; r++)
        if (action_row_refused(answer->result, r, &why))
            log_row(console, refused++, "", why.message);
}

static void acted(void *context, struct store_answer *answer)
{
    struct console *console = context;
    struct doing *doing = &console->doing;
    if (doing->run == NULL || !doing->sent)
        return;
    struct action_summary summary;
    action_summarise(doing->action, doing->run->row_count, answer, &summary);
    log_refused(console, answer);
    act_over(console, &summary, answer->outcome == STORE_UNKNOWN, answer->sent_us,
             answer->ended_us);
}

static bool send(struct console *console, const struct action_value *values, size_t count,
                 struct error *error)
{
    struct doing *doing = &console->doing;
    const struct view_run *run = doing->run;
    struct action_rows rows = {.columns = run->args, .column_count = run->arg_count,
                               .cells = (const char *const *)run->values,
                               .row_count = run->row_count};
    struct action_request request;
    bool good = action_request_build(doing->action, &rows, values, count, &request, error);
    if (good) {
        struct store_call call = {.statement = request.statement, .values = request.values,
                                  .value_count = request.value_count, .writes = true,
                                  .deadline_ms = ACT_DEADLINE_MS, .done = acted,
                                  .context = console};
        good = console->store != NULL && store_send(console->store, &call, error) != 0;
        if (console->store == NULL)
            error_set(error, ERROR_CONNECTION, "%s", _("The database is not connected yet."));
    }
    action_request_release(&request);
    doing->sent = good;
    doing->sent_us = clock_monotonic_us();
    return good;
}

static void send_or_complain(struct console *console)
{
    struct error error;
    bool good;
    if (console->doing.action->path != NULL) {
        good = act_core_send(console, &error);
        console->doing.sent = good;
        console->doing.sent_us = clock_monotonic_us();
    } else {
        good = send(console, NULL, 0, &error);
    }
    if (good)
        return;
    console_complain(console, &error);
    doing_done(console);
}

/* --- asking */

/* Some kinds of proposals want words of their own: propose-repay. */
static const struct screen *form_of(const struct console *console, const struct doing *doing)
{
    const struct view_run *run = doing->run;
    char name[64];
    for (size_t i = 0; i < run->arg_count; i++) {
        const char *kind = view_run_value(run, 0, i);
        if (strcmp(run->args[i], "request_kind") != 0 || kind == NULL)
            continue;
        int length = snprintf(name, sizeof name, "%s-%.40s", doing->action->form, kind);
        for (int c = 0; c < length && c < (int)sizeof name - 1; c++)
            name[c] = name[c] == '_' ? '-' : (char)tolower((unsigned char)name[c]);
        const struct screen *screen = screen_find(console->screens, name);
        if (screen != NULL)
            return screen;
    }
    return screen_find(console->screens, doing->action->form);
}

static void open_form(struct console *console)
{
    struct doing *doing = &console->doing;
    const struct screen *screen = form_of(console, doing);
    if (screen == NULL) {
        console_say(console, _("There is no form '%s'."), doing->action->form);
        doing_done(console);
        return;
    }
    struct view_run *run = doing->run;
    struct view *view = view_new(&console->world, screen, NULL);
    char about[256];
    describe(run, about, sizeof about);
    view_form_about(view, about);
    view_form_currency(view, run->currency);
    /* The rest of the chain is dropped: a form is an end in itself. */
    doing->run = NULL;
    view_run_free(run->next);
    run->next = NULL;
    *doing = (struct doing){0};
    places_push(console, view, run);
}

/* What cannot be undone is proved by typing (UI.md lesson 1): the number's last four digits. An
 * amount is said in figures and in words, so that a point in the wrong place is heard. */
static void ask_danger(struct console *console, const char *about)
{
    struct doing *doing = &console->doing;
    const struct view_run *run = doing->run;
    const char *id = view_run_value(run, 0, 0);
    size_t length = id == NULL ? 0 : strlen(id);
    char figures[MONEY_TEXT + 8], number[MONEY_TEXT], words[MONEY_WORDS_TEXT];
    struct currency currency;
    struct frame_danger danger = {.act = _(doing->action->help), .rows = about,
                                  .proof_label = _("last four digits of the number"),
                                  .proof = length < 4 ? "post" : id + length - 4};
    if (run->row_count == 1 && run->has_amount &&
        currency_parse(span_of(run->currency), &currency)) {
        int exponent = currency_exponent(currency);
        snprintf(figures, sizeof figures, "%s %s",
                 money_text(run->amount, exponent < 0 ? 2 : exponent, true, number),
                 currency.code);
        danger.amount = figures;
        danger.amount_words = strcmp(language_current(), "zh_CN") == 0
                                  ? money_words_chinese(run->amount, currency, words)
                                  : money_words_english(run->amount, currency, words);
        danger.counterparty = run->party[0] == '\0' ? NULL : run->party;
        danger.rows = run->name;
    }
    frame_danger(console->frame, doing, &danger);
}

static void act_next(struct console *console)
{
    struct doing *doing = &console->doing;
    const struct view_run *run = doing->run;
    if (strcmp(run->action, "open-raw") == 0) {
        const char *file_id = view_run_value(run, 0, 0);
        if (file_id != NULL)
            rows_open_raw(console, file_id);
        doing_done(console);
        return;
    }
    doing->action = action_find(run->action);
    const char *off = doing->action == NULL ? N_("There is no such action.")
                                            : action_off(doing->action, console->roles);
    if (off == NULL)
        log_left(console, run);
    if (off != NULL) {
        console_say(console, "%s", _(off));
        doing_done(console);
    } else if (run->row_count == 0) {
        char left[ERROR_MESSAGE_MAX];
        say_left(run, left, sizeof left);
        console_say(console, "%s", left);
        doing_done(console);
    } else if (doing->action->form != NULL) {
        open_form(console);
    } else if (doing->action->decision != NULL) {
        signing_begin(console);
    } else if (doing->action->danger != ACTION_PLAIN ||
               (run->marked && run->row_count + run->left_count > 1)) {
        char about[256];
        describe(run, about, sizeof about);
        doing->asked = true;
        if (doing->action->danger == ACTION_MONEY)
            ask_danger(console, about);
        else
            frame_ask(console->frame, doing, "%s: %s?", _(doing->action->word), about);
    } else {
        send_or_complain(console);
    }
}

void act_run(struct console *console, struct view_run *run)
{
    /* Keys typed while the database is busy are carried out in their order. */
    struct view_run **end = &console->doing.run;
    bool busy = *end != NULL;
    while (*end != NULL)
        end = &(*end)->next;
    *end = run;
    if (!busy)
        act_next(console);
}

void act_answer(struct console *console, const void *token, bool yes, const char *text)
{
    struct doing *doing = &console->doing;
    if (signing_answer(console, token, yes, text))
        return;
    if (token != doing || !doing->asked || doing->run == NULL)
        return;
    doing->asked = false;
    if (yes)
        send_or_complain(console);
    else
        doing_done(console);
}

/* --- forms */

void act_submit(struct console *console, const struct view_value *values, size_t count)
{
    struct place *place = &console->places[console->here];
    const struct screen *screen = view_screen(place->view);
    struct action_value given[SCREEN_COLUMNS_MAX];
    if (console->doing.run != NULL || place->run == NULL || screen == NULL) {
        console_say(console, "%s", _("The last action is not answered yet."));
        return;
    }
    for (size_t i = 0; i < count && i < SCREEN_COLUMNS_MAX; i++)
        given[i] = (struct action_value){values[i].name, values[i].text};
    console->doing = (struct doing){.run = place->run, .action = action_find(screen->action),
                                    .form = place->view};
    place->run = NULL;
    struct error error;
    if (console->doing.action->decision != NULL) {
        signing_submit(console, values, count);
        return;
    }
    if (send(console, given, count, &error))
        return;
    view_form_fault(place->view, NULL, error.message);
    place->run = console->doing.run;
    console->doing = (struct doing){0};
}
