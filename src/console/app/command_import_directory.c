/* daybook import DIRECTORY: what daybookd does with its inbox, once. */
#include <poll.h>
#include <stdio.h>

#include "commands.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "import_inbox.h"

/* Files that somebody still writes are waited for as long as they need to settle, then left. */
static const char *next_ready(struct inbox *inbox)
{
    int64_t until_us = clock_monotonic_us() + 4 * IMPORT_SETTLE_US;
    for (;;) {
        int64_t now_us = clock_monotonic_us();
        inbox_look(inbox, now_us);
        const char *path = inbox_ready(inbox, now_us);
        int64_t next_us = inbox_next_look(inbox);
        if (path != NULL || next_us == INT64_MAX || next_us > until_us)
            return path;
        (void)poll(NULL, 0, (int)((next_us - now_us) / 1000) + 1);
    }
}

int command_import_directory(struct command *command, struct store *store, const char *path,
                             import_one_fn *import_one)
{
    struct error error;
    struct inbox *inbox = inbox_new(path, IMPORT_SETTLE_US, &error);
    if (inbox == NULL)
        return command_fails(&error);
    int worst = 0;
    const char *file;
    while ((file = next_ready(inbox)) != NULL) {
        struct import_outcome outcome;
        struct error why;
        int status = import_one(command, store, file, true, &outcome, &why);
        if (status > worst)
            worst = status;
        if (import_stops_all(&outcome, &why))
            break;
        if (!import_put_away(inbox, &outcome, &why, &error)) {
            worst = command_fails(&error);
            break;
        }
    }
    inbox_free(inbox);
    return worst;
}
