/* Screens as files (DESIGN.md 7): screens/NAME.screen says what staff can see and do,
 * screens/fields says once how a column is called, how wide it is and what it holds. This room
 * reads and checks them; it draws nothing and knows no database: names of actions, queries and
 * parts come from the caller.
 *
 * screens/fields, one fact a line:
 *     field amount "Amount" 14 money of currency priority 2
 *     field state  "State"  12 code priority 1
 *     value state  BANK_ONLY warning "bank only"      # tone and words of one code
 *     help  state  "Where the exception stands."      # what F1 says on the field
 * After NAME "Label" WIDTH TYPE may follow, in any order: `of COLUMN` (where the currency of a
 * money column stands), `priority N` (1 stays longest at 80 columns, 9 goes first; 5 if not said),
 * `grow` (takes the room that is left), `codes QUERY` (F4 lists the first column of that query),
 * `words` (the database writes sentences of ours there, not somebody's: they are translated).
 * Types: text id money date time moment countdown duration count percent code bool account. Tones:
 * plain ok warning bad info dim.
 *
 * A screen file, one fact a line, `#` starts a comment, quoted strings are sentences to translate:
 *     list|detail|form NAME "Title"
 *     query QUERY                    sql/query/QUERY.sql
 *     order COLUMN... [desc]         keyset order; the first line is the default, s goes on
 *     refresh SECONDS
 *     empty "Sentence"
 *     column NAME ["Label"] [width] [narrow WIDTH ["Label"]] [frozen]
 *                                    `frozen` is a key column that never scrolls away; columns with
 *                                    a `narrow` form all take it before one of them has to go
 *     total NAME...                  filter NAME...
 *     key KEY ACTION [column...]     KEY: a character, Enter, Ins, Del, F1..F12
 *     key KEY open SCREEN COLUMN     opens SCREEN with the row's COLUMN as its parameter
 *     option N ACTION [column...]    5250 Opt number 1..99, beside the rows
 *     section "Title"   show NAME...
 *     part PART [word or "words"...] a named picture in C: daybook/view/parts.h
 *     related LIST "Title"           a list screen whose parameter is this detail's
 *     fact NAME...                   what the line under the title shows of a detail's row
 *     action ACTION                  input NAME ["Label"] [width] [optional] [masked]
 */
#ifndef DAYBOOK_SCREEN_SCREEN_H
#define DAYBOOK_SCREEN_SCREEN_H

#include "daybook/base/error.h"
#include "daybook/base/text.h"

enum {
    SCREEN_WORDS_MAX = 24,       /* words on one line */
    SCREEN_ARGS_MAX = 16,
    SCREEN_COLUMNS_MAX = 48,     /* columns, shows, inputs, keys... of one screen */
    SCREEN_FILE_MAX = 64 * 1024, /* bytes */
    SCREEN_FAULTS_MAX = 200
};

enum screen_kind { SCREEN_LIST, SCREEN_DETAIL, SCREEN_FORM };

enum field_type {
    FIELD_TEXT,
    FIELD_ID,       /* copied whole, never cut where it can be helped */
    FIELD_MONEY,    /* int8 minor units; the exponent comes from the currency column */
    FIELD_DATE,     /* business day, YYYY-MM-DD */
    FIELD_TIME,     /* timestamptz; drawn local, HH:MM today, else MM-DD HH:MM */
    FIELD_MOMENT,   /* timestamptz with its seconds: HH:MM:SS today, else MM-DD HH:MM:SS */
    FIELD_COUNTDOWN, /* timestamptz: what is left until then, MM:SS; ticks */
    FIELD_DURATION, /* seconds */
    FIELD_COUNT,
    FIELD_PERCENT,  /* hundredths of a per cent: 9994 is 99.94 % */
    FIELD_CODE,     /* one of the field's values */
    FIELD_BOOL,
    FIELD_ACCOUNT   /* drawn and copied masked: all but the last four */
};

enum field_tone { TONE_PLAIN, TONE_OK, TONE_WARNING, TONE_BAD, TONE_INFO, TONE_DIM };

struct field_value {
    const char *code;
    const char *label; /* msgid */
    enum field_tone tone;
};

struct field {
    const char *name;
    const char *label; /* msgid */
    const char *help;  /* msgid, NULL when nothing was said */
    int width;         /* cells, 1..200 */
    enum field_type type;
    const char *currency; /* column, NULL: none */
    int priority;         /* 1..9 */
    bool grow;
    bool words;
    const char *codes; /* query, NULL: the values below */
    struct field_value *values;
    size_t value_count;
};

struct screen_column {
    const struct field *field;
    const char *label; /* msgid: the screen's, else the field's */
    int width;
    int narrow;               /* cells where room is short; 0: nothing was said */
    const char *narrow_label; /* msgid: its heading there */
    bool frozen;
    bool optional; /* inputs only */
    bool masked;   /* inputs only: typed text is not shown */
    int line;
};

struct screen_order {
    const char *columns[8];
    size_t count;
    bool descending;
    int line;
};

/* A key or an option. For action "open" args[0] is a screen, args[1] (if any) the column. */
struct screen_key {
    const char *key;  /* "Enter", "Q", "F6"; NULL for an option */
    int option;       /* 1..99; 0 for a key */
    const char *action;
    const char *args[SCREEN_ARGS_MAX];
    size_t arg_count;
    int line;
};

enum screen_item_kind { ITEM_SECTION, ITEM_SHOW, ITEM_PART, ITEM_RELATED };

/* One fact of a detail's body, in the file's order. */
struct screen_item {
    enum screen_item_kind kind;
    const char *title;           /* SECTION and RELATED: msgid */
    const char *name;            /* PART: the part; RELATED: the list screen */
    struct screen_column column; /* SHOW: one field each */
    const char *args[SCREEN_ARGS_MAX];         /* PART */
    size_t arg_count;
    int line;
};

struct screen {
    enum screen_kind kind;
    const char *name;
    const char *title; /* msgid */
    const char *file;  /* where it was read, for faults */
    const char *query; /* NULL: none */
    int query_line;
    struct screen_order *orders;
    size_t order_count;
    int refresh_s; /* 0: only when asked */
    const char *empty; /* msgid, NULL: none */
    struct screen_column *columns;
    size_t column_count;
    struct screen_column *facts;
    size_t fact_count;
    const struct field **totals;
    size_t total_count;
    const struct field **filters;
    size_t filter_count;
    struct screen_key *keys; /* options too, in the file's order */
    size_t key_count;
    struct screen_item *items;
    size_t item_count;
    const char *action; /* a form's */
    int action_line;
    struct screen_column *inputs;
    size_t input_count;
};

/* Sentences "file:line:col: what is wrong; did you mean 'x'?" in the order found. */
struct screen_faults {
    char *texts[SCREEN_FAULTS_MAX]; /* from malloc */
    size_t count;                   /* past the maximum the rest is only counted: `more` */
    size_t more;
};
void screen_faults_free(struct screen_faults *faults); /* empties it for use again */

/* The names that other rooms know. What is NULL is not checked. */
struct screen_names {
    const char *const *actions; /* "open" need not be among them */
    size_t action_count;
    const char *const *parts;
    size_t part_count;
    const char *const *queries;
    size_t query_count;
    /* Column names of a query; NULL when there is no such query or they are not known. */
    const char *const *(*query_columns)(void *context, const char *query, size_t *count);
    void *context;
};

struct screen_set;

struct screen_set *screen_set_new(void);
void screen_set_free(struct screen_set *set);

/* Read one file's bytes; `file` is its name for the faults. Fields are read before screens. All
 * faults are added; true when this call added none. A screen with a fault is not added to the set,
 * and one whose name is already there replaces it. Pure: no file is touched. */
bool screen_set_fields(struct screen_set *set, const char *file, struct span text,
                       struct screen_faults *faults);
bool screen_set_read(struct screen_set *set, const char *file, struct span text,
                     struct screen_faults *faults);

/* Compares screens with each other and with the names of other rooms: unknown action, screen, part,
 * query, and columns that the query does not give. True when it added no fault. */
bool screen_set_check(const struct screen_set *set, const struct screen_names *names,
                      struct screen_faults *faults);

/* The built-in files (base/embed.h), then whole-file replacements from site_dir (NULL: none): only
 * regular files that root owns and nobody else may write. A replacement with a fault is left out,
 * the built-in one stays, and `notes` says so in a sentence; faults of built-in files go to
 * `faults`. Never NULL. */
struct screen_set *screen_set_load(const char *site_dir, const struct screen_names *names,
                                   struct screen_faults *faults, struct screen_faults *notes);

const struct screen *screen_find(const struct screen_set *set, const char *name); /* or NULL */
size_t screen_count(const struct screen_set *set);
const struct screen *screen_at(const struct screen_set *set, size_t index); /* in order of name */
const struct field *field_find(const struct screen_set *set, const char *name);
size_t field_count(const struct screen_set *set);
const struct field *field_at(const struct screen_set *set, size_t index);
/* The value with this code, or NULL. */
const struct field_value *field_value_find(const struct field *field, const char *code);
const char *field_type_name(enum field_type type); /* "money"... */

/* Calls `visit` for every string of the set that is to be translated, in order (`make pot`). */
void screen_set_strings(const struct screen_set *set,
                        void (*visit)(void *context, const char *file, int line, const char *text),
                        void *context);

#endif
