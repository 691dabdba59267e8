/* Actions of the payment core: one request a row, each by a key of its own, the next when the last
 * is known. What is unknown is asked again by the same key and said so meanwhile. */
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "inside.h"

enum { ATTEMPTS = 5 };

static void answered(void *context, const struct core_answer *answer);
static void version_read(void *context, const struct core_answer *answer);

static bool row_path(const struct console *console, char out[ACTION_PATH_MAX], int64_t *version,
                     struct error *error)
{
    const struct doing *doing = &console->doing;
    const struct view_run *run = doing->run;
    struct action_rows rows = {.columns = run->args, .column_count = run->arg_count,
                               .cells = (const char *const *)run->values,
                               .row_count = run->row_count};
    return action_core_path(doing->action, &rows, doing->tally.row, out, version, error);
}

static bool post_row(struct console *console, const char *path, int64_t version,
                     struct error *error)
{
    char key[CORE_KEY_TEXT];
    struct core_call call = {.method = "POST", .path = path, .version = version, .done = answered,
                             .context = console, .key = core_key_new(key), .attempts = ATTEMPTS};
    console->doing.core_call = core_send(console->core, &call, clock_monotonic_us(), error);
    return console->doing.core_call != 0;
}

static bool send_row(struct console *console, struct error *error)
{
    struct doing *doing = &console->doing;
    char path[ACTION_PATH_MAX];
    int64_t version;
    if (!row_path(console, path, &version, error))
        return false;
    if (!doing->action->versioned || version != 0)
        return post_row(console, path, version, error);
    path[strcspn(path, ":")] = '\0';
    struct core_call call = {.method = "GET", .path = path, .done = version_read,
                             .context = console};
    doing->core_call = core_send(console->core, &call, clock_monotonic_us(), error);
    return doing->core_call != 0;
}

static void over(struct console *console, const struct core_answer *answer)
{
    struct doing *doing = &console->doing;
    struct action_summary summary;
    action_core_summarise(doing->action, &doing->tally, &summary);
    act_over(console, &summary, doing->tally.unknown > 0, answer->sent_us, answer->ended_us);
}

/* The row is done with: the next one, or what came of all. */
static void row_over(struct console *console, const struct core_answer *answer)
{
    struct doing *doing = &console->doing;
    struct error error;
    doing->core_call = 0;
    action_core_count(answer, &doing->tally);
    if (doing->tally.row >= doing->run->row_count) {
        over(console, answer);
    } else if (!send_row(console, &error)) {
        if (doing->tally.refused + doing->tally.unknown == 0)
            doing->tally.first = error;
        doing->tally.refused += doing->run->row_count - doing->tally.row;
        over(console, answer);
    }
}

static void tell(struct console *console, const struct core_answer *answer)
{
    const struct doing *doing = &console->doing;
    char outcome[LOG_LINE_BYTES], payout[ACTION_PAYOUT_TEXT] = "";
    struct error why = {.message = "done"};
    int64_t id;
    const char *text = view_run_value(doing->run, doing->tally.row, 0);
    if (text != NULL && text_to_int64(span_of(text), &id))
        action_payout_text(id, payout);
    if (answer->outcome != CORE_DONE)
        action_core_error(answer, &why);
    snprintf(outcome, sizeof outcome, "%s %.100s %s", payout, why.message, answer->request_id);
    console_log(console, doing->action->name, answer->sent_us, answer->ended_us, outcome);
}

static void answered(void *context, const struct core_answer *answer)
{
    struct console *console = context;
    tell(console, answer);
    if (answer->again_s == 0) {
        row_over(console, answer);
        return;
    }
    frame_message(console->frame, ROLE_WARNING, _("%s Asked again in %d s."),
                  answer->error.message, answer->again_s);
    console->dirty = true;
}

/* The core compares the version with its own: what changes in between refuses the action. */
static void version_read(void *context, const struct core_answer *answer)
{
    struct console *console = context;
    struct core_answer refused = *answer;
    char path[ACTION_PATH_MAX];
    int64_t version, seen;
    refused.outcome = CORE_REFUSED; /* only reading failed: nothing was done */
    if (answer->outcome != CORE_DONE)
        tell(console, answer);
    else if (!core_answer_int(answer, "version", &version))
        error_set(&refused.error, ERROR_SYSTEM, _("The payment core's answer has no version."));
    else if (row_path(console, path, &seen, &refused.error) &&
             post_row(console, path, version, &refused.error))
        return;
    row_over(console, &refused);
}

bool act_core_send(struct console *console, struct error *error)
{
    if (!session_has_core(&console->session))
        return error_set(error, ERROR_USAGE,
                         _("The profile names no payment core (core-url): this is its to do."));
    if (console->core == NULL)
        return error_set(error, ERROR_CONNECTION, _("The payment core is not connected yet."));
    console->doing.tally = (struct action_tally){0};
    return send_row(console, error);
}
