/* The action table: one row is one thing an operator can do. Dispatch, the key bar, `?`, the
 * completion of `:`, headless verbs and the manual page all come from here (STYLE.md, habit 1). */
#ifndef DAYBOOK_ACTION_ACTION_H
#define DAYBOOK_ACTION_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "daybook/base/error.h"
#include "daybook/store/request.h"
#include "daybook/wire/core.h"

enum {
    ACTION_ARGUMENTS_MAX = 8, ACTION_COLUMNS_MAX = 6, ACTION_CONDITIONS_MAX = 8,
    ACTION_ROWS_MAX = 10000
};

enum action_danger {
    ACTION_PLAIN,  /* done at once; for several rows count and sum are shown first */
    ACTION_ASKED,  /* asked about by y/n */
    ACTION_MONEY   /* the danger dialog */
};

enum action_scope {
    ACTION_ANYWHERE, /* needs no row */
    ACTION_ONE_ROW,
    ACTION_ROWS      /* one or many */
};

enum action_type {
    ACTION_TEXT, ACTION_DATE, ACTION_NUMBER, ACTION_FLAG, ACTION_WORDS,
    ACTION_FILE, /* a file's path: its name goes to the database, and as `sha256` its digest */
    ACTION_AMOUNT /* minor units for the database; people write it as they write money */
};

/* On the command line a positional argument stands where it is, the others are --name VALUE. */
struct action_argument {
    const char *name;
    enum action_type type;
    bool required;
    bool positional; /* WORDS takes all that are left */
    const char *help; /* N_() */
};

/* Where it can be started. */
enum { ACTION_HEADLESS = 1, ACTION_CONSOLE = 2, ACTION_OFFLINE = 4 /* needs no database */ };

/* What a row must be like. Where it is known not to be, the key is off and says why; the database
 * and the core decide all the same. */
struct action_condition {
    const char *column;
    const char *values; /* words one of which stands there; "*": anything but ""; "": nothing */
    const char *why;    /* N_(): a sentence */
};

struct action {
    const char *name; /* as screens, `:` and the command line call it */
    const char *word; /* N_(): one or two words for the key bar */
    const char *help; /* N_(): a sentence */
    const char *role; /* group without g_, several separated by blanks; NULL: everybody */
    enum action_danger danger;
    bool approval;    /* its effect waits for another person */
    enum action_scope scope;
    const char *columns[ACTION_COLUMNS_MAX]; /* what it takes of each row; the first is the id */
    struct action_condition conditions[ACTION_CONDITIONS_MAX]; /* the first that fails is said */
    struct action_argument arguments[ACTION_ARGUMENTS_MAX];
    const char *form;      /* the form screen that asks for its arguments; NULL: it needs none */
    const char *statement; /* sql/query/STATEMENT.sql; NULL: a command of app's, or */
    const char *path;      /* the payment core's: POST here, a row at a time; {payment_id} is the
                              row's payout. NULL: not the core's */
    bool versioned;        /* the core compares the row's `version` with its own; where it is none
                              of the columns, the version is read right before */
    const char *decision;  /* what the operator signs with it: propose, approve or reject; NULL:
                              nothing is signed */
    const char *done_one, *done_many; /* N_(): "{n} exceptions claimed." */
    unsigned where;
};

extern const struct action actions[];
extern const size_t action_count;

const struct action *action_find(const char *name); /* NULL: none */
size_t action_argument_count(const struct action *action);
const struct action_argument *action_argument(const struct action *action, const char *name);

/* NULL where one of these roles (words, separated by blanks) may do it, else the sentence why
 * not. The database decides; this only saves asking it. */
const char *action_off(const struct action *action, const char *roles);

/* --- from rows and arguments to a call */

struct action_value {
    const char *name;
    const char *text; /* NULL: not given */
};

/* Rows an action works on: column names and, row after row, their texts (NULL: NULL). */
struct action_rows {
    const char *const *columns;
    size_t column_count;
    const char *const *cells;
    size_t row_count;
};

struct action_request {
    const char *statement;
    const char *values[STORE_PARAMETERS_MAX]; /* owned */
    size_t value_count;
};

enum { ACTION_FILE_MAX = 64 << 20, ACTION_DIGEST_TEXT = 67 };

/* What an attachment is known by: its SHA-256 as \\x and 64 digits. Only a regular file of at most
 * ACTION_FILE_MAX bytes is read. */
bool action_file_digest(const char *path, char out[ACTION_DIGEST_TEXT], struct error *error);
/* The file's name without its directories. */
const char *action_file_name(const char *path);

/* Fills the statement's parameters by name: `action` is the action's name, a column's name in the
 * plural an array over all rows, a column's name the one row's value, all others arguments. */
bool action_request_build(const struct action *action, const struct action_rows *rows,
                          const struct action_value *values, size_t value_count,
                          struct action_request *out, struct error *error);
void action_request_release(struct action_request *request);

enum { ACTION_AMOUNT_TEXT = 24 };
/* "812,400.00" or "812400" as minor units of the currency. What has more digits after the point
 * than the currency is refused, zeros too: somebody meant another currency. */
bool action_amount(const char *name, const char *text, const char *currency,
                   char out[ACTION_AMOUNT_TEXT], struct error *error);

/* What came of it: one sentence for the message line, and how many rows were done or refused. */
struct action_summary {
    size_t done, refused;
    struct error first; /* the first refusal among the rows; code ERROR_NONE: none */
    char sentence[ERROR_MESSAGE_MAX];
};
/* Whether the row of an answer was refused, with the sentence why. */
bool action_row_refused(const struct store_result *result, size_t row, struct error *why);
void action_summarise(const struct action *action, size_t rows, const struct store_answer *answer,
                      struct action_summary *summary);

/* --- actions of the payment core (core.c): one request a row */

enum { ACTION_PATH_MAX = 128, ACTION_PAYOUT_TEXT = 24 };

/* What came of the rows so far. */
struct action_tally {
    size_t row;              /* the next */
    size_t done, refused, unknown;
    struct error first;      /* the first that was refused or stayed unknown */
};

/* "P2026112000417" of the id 20261120000000417. */
const char *action_payout_text(int64_t payment_id, char out[ACTION_PAYOUT_TEXT]);
/* The path and the version (0: not seen) of one row. False with the error set. */
bool action_core_path(const struct action *action, const struct action_rows *rows, size_t row,
                      char out[ACTION_PATH_MAX], int64_t *version, struct error *error);
/* The sentence of an answer that is not done; a refusal's is made from its word. */
void action_core_error(const struct core_answer *answer, struct error *error);
/* Counts one row's last answer. */
void action_core_count(const struct core_answer *answer, struct action_tally *tally);
void action_core_summarise(const struct action *action, const struct action_tally *tally,
                           struct action_summary *summary);

#endif
