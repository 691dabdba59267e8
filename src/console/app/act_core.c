/* Actions of the payment core: one request a row, each by a key of its own, the next when the last
 * is known. What is unknown is asked again by the same key and said so meanwhile. */
#include <stdio.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "inside.h"

enum { ATTEMPTS = 5 };

static void answered(void *context, const struct core_answer *answer);

static bool send_row(struct console *console, struct error *error)
{
    struct doing *doing = &console->doing;
    const struct view_run *run = doing->run;
    struct action_rows rows = {.columns = run->args, .column_count = run->arg_count,
                               .cells = (const char *const *)run->values,
                               .row_count = run->row_count};
    char path[ACTION_PATH_MAX], key[CORE_KEY_TEXT];
    struct core_call call = {.method = "POST", .path = path, .body = "{}", .done = answered,
                             .context = console, .key = core_key_new(key), .attempts = ATTEMPTS};
    if (!action_core_path(doing->action, &rows, doing->tally.row, path, &call.version, error))
        return false;
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

static void answered(void *context, const struct core_answer *answer)
{
    struct console *console = context;
    struct doing *doing = &console->doing;
    struct error error;
    char what[80];
    snprintf(what, sizeof what, "%s %s", doing->action->name, answer->request_id);
    console_log(console, what, answer->sent_us, answer->ended_us,
                answer->outcome == CORE_DONE ? "done" : answer->error.message);
    if (answer->again_s > 0) {
        frame_message(console->frame, ROLE_WARNING, _("%s Asked again in %d s."),
                      answer->error.message, answer->again_s);
        console->dirty = true;
        return;
    }
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
