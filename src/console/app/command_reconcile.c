/* daybook reconcile [--channel C] [--dry-run] [--rules N]. */
#include <unistd.h>

#include "commands.h"
#include "daybook/base/language.h"

enum { RECONCILE_DEADLINE_MS = 60 * 60 * 1000 };

int command_reconcile(struct command *command)
{
    static const char *const columns[] = {"channel_id", "matched", "raised", "closed", "changes"};
    const struct options *options = command->options;
    struct error error;
    struct store *store = session_connect(&command->session, options, 0, &error);
    if (store == NULL)
        return command_fails(&error);
    bool dry = options_value(options, "dry-run") != NULL;
    const char *const values[] = {options_value(options, "channel"), dry ? "t" : "f",
                                  options_value(options, "rules")};
    struct store_call call = {.statement = "reconcile", .values = values, .value_count = 3,
                              .writes = true, .deadline_ms = RECONCILE_DEADLINE_MS,
                              .result_limit = 64 << 20};
    struct store_answer answer;
    int status = 0;
    if (!store_run(store, &call, &answer)) {
        status = command_fails(&answer.error);
    } else {
        struct output output;
        output_begin(&output, options->format, NULL, STDOUT_FILENO);
        output_rows(&output, answer.result, columns, dry ? 5 : 4);
        if (!output_end(&output, &error))
            status = command_fails(&error);
    }
    store_answer_release(&answer);
    store_free(store);
    return status;
}
