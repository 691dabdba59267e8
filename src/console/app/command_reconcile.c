/* daybook reconcile [--channel C] [--dry-run] [--rules N]. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "daybook/base/language.h"

enum { RECONCILE_DEADLINE_MS = 60 * 60 * 1000 };

/* What a dry run would change, a line each: the channel, then the sentence. */
static bool put_changes(const struct store_result *result)
{
    struct buffer out;
    buffer_init(&out, 64 << 20);
    for (size_t r = 0; r < result->rows; r++) {
        const char *channel = store_cell(result, r, "channel_id");
        const char *at = store_cell(result, r, "changes");
        while (at != NULL && *at != '\0') {
            size_t length = strcspn(at, "\n");
            char sentence[1024];
            text_printable(sentence, sizeof sentence, (struct span){at, length});
            buffer_printf(&out, "%s\t%s\n", channel, sentence);
            at += length + (at[length] == '\n');
        }
    }
    bool good = write_all(STDOUT_FILENO, out.data, out.length);
    buffer_free(&out);
    return good;
}

/* Rules other than the active ones are only tried, so that the answer says whether it was a try. */
static bool was_dry(const struct store_result *result)
{
    return result->rows > 0 && store_cell(result, 0, "changes") != NULL;
}

static bool tell(const struct options *options, const struct store_result *result,
                 struct error *error)
{
    static const char *const columns[] = {"channel_id", "matched", "raised", "closed", "changes"};
    bool apart = was_dry(result) && options->format == FORMAT_TEXT;
    struct output output;
    output_begin(&output, options->format, NULL, STDOUT_FILENO);
    output_rows(&output, result, columns, was_dry(result) && !apart ? 5 : 4);
    return output_end(&output, error) &&
           (!apart || put_changes(result) || error_set(error, ERROR_SYSTEM, "%s", strerror(errno)));
}

int command_reconcile(struct command *command)
{
    const struct options *options = command->options;
    const char *rules = options_value(options, "rules");
    int64_t version;
    struct error error;
    if (rules != NULL && !text_to_int64(span_of(rules), &version)) {
        error_set(&error, ERROR_USAGE, _("reconcile: --rules wants a number, not '%s'"), rules);
        return command_fails(&error);
    }
    struct store *store = session_connect(&command->session, options, 0, &error);
    if (store == NULL)
        return command_fails(&error);
    bool dry = options_value(options, "dry-run") != NULL;
    const char *const values[] = {options_value(options, "channel"), dry ? "t" : "f", rules};
    struct store_call call = {.statement = "reconcile", .values = values, .value_count = 3,
                              .writes = true, .deadline_ms = RECONCILE_DEADLINE_MS,
                              .result_limit = 64 << 20};
    struct store_answer answer;
    int status = 0;
    if (!store_run(store, &call, &answer))
        status = command_fails(&answer.error);
    else if (!tell(options, answer.result, &error))
        status = command_fails(&error);
    store_answer_release(&answer);
    store_free(store);
    return status;
}
