/* Headless commands: one function each, the exit status as its result. */
#ifndef DAYBOOK_APP_COMMANDS_H
#define DAYBOOK_APP_COMMANDS_H

#include "daybook/screen/screen.h"
#include "daybook/store/import.h"
#include "daybook/store/keyset.h"
#include "daybook/view/filter.h"
#include "options.h"
#include "output.h"
#include "session.h"

struct command {
    const struct options *options;
    struct session session;
};

/* Runs the command of the options. */
int command_run(const struct options *options);

typedef int command_fn(struct command *command);
command_fn command_parse, command_import, command_list, command_export, command_show,
    command_reconcile, command_feed, command_manual, command_schema, command_doctor,
    command_screens, command_action, command_propose, command_approve, command_reject,
    command_relay, command_audit;

/* Imports one file and tells of it; its exit status. error->code is ERROR_NONE where the desk took
 * it in, even if only to call it BAD. */
typedef int import_one_fn(struct command *command, struct store *store, const char *path,
                          bool keep_bad, struct import_outcome *outcome, struct error *error);

/* Imports what is ready in an inbox, by name, and moves it to done/ or bad/. */
int command_import_directory(struct command *command, struct store *store, const char *path,
                             import_one_fn *import_one);

/* An action of the payment core on these rows; its exit status. */
int command_core(struct command *command, const struct action_rows *rows);

/* Tells the error on stderr and gives its exit status. */
int command_fails(const struct error *error);

/* The built-in screens and a site's; never NULL. */
struct screen_set *command_screens_load(void);

/* The names that screens may use: actions, queries, parts. Points into itself: never copied. */
enum { COMMAND_ACTIONS_MAX = 128, COMMAND_QUERIES_MAX = 512 };
struct command_names {
    const char *actions[COMMAND_ACTIONS_MAX];
    const char *queries[COMMAND_QUERIES_MAX];
    struct screen_names names;
};
void command_names_fill(struct command_names *names);

/* --- lists by their screen, for list, export, --where and actions */

struct list_query {
    struct screen_set *screens;
    const struct screen *screen;
    const char *parameter;
    struct filter filter;
    struct keyset_condition conditions[FILTER_CONDITIONS_MAX];
    const char *values[FILTER_CONDITIONS_MAX][FILTER_VALUES_MAX];
    struct keyset keyset;
};

/* The list screen of this name; what is a detail's name is refused with the command that shows it.
 * list_query_end() follows in any case. */
bool list_query_open(struct list_query *query, const char *screen, struct error *error);
/* Whether the list is one of an object: the lines of a file. */
bool list_query_wants_object(const struct list_query *query);
/* Its filter words, and the object it is of (NULL: none). False with the error set. */
bool list_query_begin(struct list_query *query, const char *words, const char *parameter,
                      const struct config *config, struct error *error);
void list_query_end(struct list_query *query);
/* One page: the first, or the one after `key` (a row's order columns). */
bool list_query_page(struct list_query *query, struct store *store, const char *const *key,
                     size_t limit, struct store_answer *answer, struct error *error);

/* "X-5512" "F-12" "L-7" "P2026112000417" as the number the database knows; other texts as they
 * are. out has room for 24. */
const char *command_id(const char *text, char out[24]);

#endif
