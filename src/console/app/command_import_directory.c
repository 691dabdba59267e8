/* daybook import DIRECTORY: what daybookd does with its inbox, once. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/store/inbox.h"

enum { SETTLE_US = 1000000 };

/* A file that the database knows already is done; one that failed for another reason is bad. */
static bool put_away(struct inbox *inbox, int status, struct error *error)
{
    if (status == 0 || status == 5)
        return inbox_done(inbox, error);
    return inbox_bad(inbox, error);
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
                             int (*import_one)(struct command *, struct store *, const char *))
{
    struct error error;
    struct inbox *inbox = inbox_new(path, SETTLE_US, &error);
    if (inbox == NULL)
        return command_fails(&error);
    int worst = 0;
    const char *file;
    while ((file = next_ready(inbox)) != NULL) {
        int status = import_one(command, store, file);
        /* Without a connection, or when told to stop, the file stays for the next time. */
        bool moved = status == 3 || status == 4 || status == 130
                         ? false : put_away(inbox, status, &error);
        if (!moved) {
            worst = status > 2 && status != 5 ? status : command_fails(&error);
            break;
        }
        if (status > worst)
            worst = status;
    }
    inbox_free(inbox);
    return worst;
}
