/* daybook import DIRECTORY: what daybookd does with its inbox, once. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/store/inbox.h"

enum { SETTLE_US = 1000000 };

/* What was taken in, now or before, is done; what failed through its own fault is bad. The others
 * stay where they are, to be tried again. */
static bool put_away(struct inbox *inbox, const struct import_outcome *outcome,
                     const struct error *why, struct error *error)
{
    if (why->code == ERROR_NONE)
        return strcmp(outcome->state, "BAD") == 0 ? inbox_bad(inbox, error)
                                                  : inbox_done(inbox, error);
    if (import_blames_file(why))
        return inbox_bad(inbox, error);
    if (outcome->known)
        return inbox_done(inbox, error);
    inbox_later(inbox, clock_monotonic_us());
    return true;
}

/* What ends one file's import this way would end all others' too. */
static bool stops_all(const struct import_outcome *outcome, const struct error *why)
{
    switch (why->code) {
    case ERROR_REFUSED:
    case ERROR_CONNECTION:
    case ERROR_TIMEOUT:
    case ERROR_CANCELLED: return !outcome->known;
    default: return false;
    }
}

/* Files that somebody still writes are waited for as long as they need to settle, then left. */
static const char *next_ready(struct inbox *inbox)
{
    int64_t until_us = clock_monotonic_us() + 4 * SETTLE_US;
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
    struct inbox *inbox = inbox_new(path, SETTLE_US, &error);
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
        if (stops_all(&outcome, &why))
            break;
        if (!put_away(inbox, &outcome, &why, &error)) {
            worst = command_fails(&error);
            break;
        }
    }
    inbox_free(inbox);
    return worst;
}
