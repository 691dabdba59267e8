/* What headless commands about corrections share. Private to app. */
#ifndef DAYBOOK_APP_COMMAND_CORRECT_H
#define DAYBOOK_APP_COMMAND_CORRECT_H

#include "commands.h"
#include "daybook/action/correction.h"

enum { OPTIONS_PARAMS_MAX = 16 };

struct correcting {
    struct command *command;
    struct store *store;
    struct wire *wire;
    struct core *core;
    struct journal *journal;   /* NULL where nothing is signed here */
    struct secret *passphrase; /* of the signing key */
};

/* False with the error set; correcting_close() follows in any case. */
bool correcting_open(struct correcting *at, struct command *command, bool signs,
                     struct error *error);
void correcting_close(struct correcting *at);

char *correcting_ask(struct correcting *at, const char *statement, const char *const *values,
                     size_t count, bool writes, struct error *error);
bool correcting_note(struct correcting *at, enum journal_word word,
                     const struct journal_entry *entry, struct error *error);
bool correcting_read(struct correcting *at, const char *request, struct correction *correction,
                     struct error *error);

/* Sends an approved request to the core and keeps its receipt. body NULL: it is asked of the desk;
 * correction NULL: read from there. */
bool correcting_execute(struct correcting *at, const char *request, const char *body,
                        const struct correction *correction, struct error *error);

#endif
