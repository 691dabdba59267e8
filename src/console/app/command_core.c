/* Actions of the payment core without the console: daybook payout-query P2026112000417. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "daybook/base/language.h"

enum { ATTEMPTS = 5 };

/* The version as it is now, where a row was named and not seen. */
static bool read_version(struct core *core, const char *path, int64_t *version,
                         struct core_answer *answer)
{
    char object[ACTION_PATH_MAX];
    size_t length = strcspn(path, ":");
    snprintf(object, sizeof object, "%.*s", (int)length, path);
    struct core_call call = {.method = "GET", .path = object};
    if (!core_run(core, &call, answer))
        return false;
    bool good = core_answer_int(answer, "version", version);
    core_answer_release(answer);
    if (good)
        return true;
    *answer = (struct core_answer){.outcome = CORE_REFUSED};
    return error_set(&answer->error, ERROR_SYSTEM,
                     _("The payment core's answer has no version."));
}

/* Of several rows each that was not done says why. */
static void tell_row(const struct action_rows *rows, size_t row, const struct core_answer *answer)
{
    const char *text = rows->cells[row * rows->column_count];
    char payout[ACTION_PAYOUT_TEXT] = "";
    struct error why;
    int64_t id;
    if (text != NULL && text_to_int64(span_of(text), &id))
        action_payout_text(id, payout);
    action_core_error(answer, &why);
    narrate("%s: %s", payout[0] == '\0' ? text : payout, why.message);
}

static void act_row(struct core *core, const struct action *action,
                    const struct action_rows *rows, const struct options *options,
                    struct action_tally *tally)
{
    char path[ACTION_PATH_MAX], key[CORE_KEY_TEXT];
    struct core_answer answer = {.outcome = CORE_REFUSED};
    struct core_call call = {.method = "POST", .path = path, .attempts = ATTEMPTS,
                             .key = core_key_new(key)};
    bool good = action_core_path(action, rows, tally->row, path, &call.version, &answer.error);
    if (good && action->versioned && call.version == 0)
        good = read_version(core, path, &call.version, &answer);
    if (good)
        core_run(core, &call, &answer);
    if (answer.outcome != CORE_DONE && rows->row_count > 1)
        tell_row(rows, tally->row, &answer);
    action_core_count(&answer, tally);
    if (answer.outcome == CORE_DONE && options->format == FORMAT_JSON)
        printf("%.*s\n", (int)answer.body.length, answer.body.data);
    core_answer_release(&answer);
}

static void act_rows(struct command *command, struct core *core, const struct action_rows *rows,
                     struct action_summary *summary)
{
    const struct action *action = command->options->action;
    struct action_tally tally = {0};
    while (tally.row < rows->row_count)
        act_row(core, action, rows, command->options, &tally);
    action_core_summarise(action, &tally, summary);
}

int command_core(struct command *command, const struct action_rows *rows)
{
    const struct action *action = command->options->action;
    struct error error;
    struct action_summary summary;
    if (rows->row_count == 0) {
        error_set(&error, ERROR_USAGE, _("%s needs a row to work on"), action->name);
        return command_fails(&error);
    }
    if (!session_has_core(&command->session)) {
        error_set(&error, ERROR_USAGE,
                  _("The profile names no payment core (core-url): this is its to do."));
        return command_fails(&error);
    }
    struct wire *wire = wire_new(&error);
    struct core *core = wire == NULL ? NULL : session_core(&command->session, wire, &error);
    if (core == NULL) {
        wire_free(wire);
        return command_fails(&error);
    }
    act_rows(command, core, rows, &summary);
    core_free(core);
    wire_free(wire);
    narrate("%s", summary.sentence);
    return summary.refused == 0 ? 0 : output_status(summary.first.code);
}
