/* The command line. */
#ifndef DAYBOOK_APP_OPTIONS_H
#define DAYBOOK_APP_OPTIONS_H

#include "daybook/action/action.h"
#include "daybook/base/error.h"

enum { OPTIONS_WORDS_MAX = 4096 };

enum options_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct options {
    const char *config;
    const char *language;
    const char *theme;
    const char *color;
    const char *script;
    const char *screen;  /* --screen NAME [OBJECT]: where the console opens */
    const char *object;
    const char *where;   /* --where WORDS: rows by filter */
    int password_fd, passphrase_fd; /* -1: none */
    enum options_format format;
    bool ascii, yes, help, version;
    /* The command; NULL: the console. */
    const struct action *action;
    struct action_value values[ACTION_ARGUMENTS_MAX];
    size_t value_count;
    const char *words[OPTIONS_WORDS_MAX]; /* of a WORDS argument, or the ids of rows */
    size_t word_count;
};

/* Reads argv; its texts are borrowed. False with a sentence (ERROR_USAGE). */
bool options_parse(struct options *options, int argc, char **argv, struct error *error);
/* An argument of the command; NULL where it was not given. */
const char *options_value(const struct options *options, const char *name);

/* Options that every command and the console know. */
struct options_global {
    const char *name;
    const char *value; /* what follows it; NULL: nothing */
    const char *help;  /* N_() */
};
const struct options_global *options_globals(size_t *count);

/* Whether its rows are named by ids behind its arguments; where words take all the rest, they are
 * among those. */
bool options_take_ids(const struct action *action);

/* Help on everything, or on one action, to stdout. */
void options_help(const struct action *action);

#endif
