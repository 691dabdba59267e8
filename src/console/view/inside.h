/* What the views share. Private to this room. */
#ifndef DAYBOOK_CONSOLE_VIEW_INSIDE_H
#define DAYBOOK_CONSOLE_VIEW_INSIDE_H

#include "daybook/base/buffer.h"
#include "daybook/base/language.h"
#include "daybook/domain/money.h"
#include "daybook/term/editor.h"
#include "daybook/view/stored.h"
#include "daybook/view/view.h"

enum {
    SHOWN_TEXT_MAX = 512,     /* bytes of one cell as drawn */
    MESSAGE_MAX = 512,
    WRAPPED_MAX = 4096,       /* bytes of a sentence over several lines */
    PART_ROWS_MAX = 200,      /* rows of a part's query */
    QUICK_US = 250 * 1000,    /* after this much waiting a view says so */
    VISIBLE_DEFAULT = 15      /* rows assumed before anything was drawn */
};

/* One key that a view understands besides those of its screen, for `?` and the key bar. */
struct view_hint {
    const char *key;  /* as shown; several: "PgUp PgDn" */
    const char *word; /* msgid, one or two words; NULL: not in the key bar */
    const char *help; /* msgid */
};

struct view_ops {
    struct view_effect (*key)(struct view *view, const struct input_event *event);
    void (*draw)(struct view *view, struct surface *surface, struct area area);
    bool (*idle)(struct view *view);
    bool (*need_next)(struct view *view, struct view_need *need);
    bool (*arrived)(struct view *view, unsigned serial, struct page *page); /* false: not its own */
    bool (*failed)(struct view *view, unsigned serial, const struct error *error);
    bool (*waiting)(const struct view *view, int64_t *since_us);
    bool (*unsettled)(const struct view *view); /* NULL: while it waits */
    void (*cancelled)(struct view *view);
    void (*reload)(struct view *view, bool done);
    bool (*dirty)(const struct view *view);
    time_us (*fetched_at)(const struct view *view);
    /* The object's own number; false: not known (yet). NULL: the view is no object. */
    bool (*name)(const struct view *view, char *out, size_t size);
    /* The row that keys of this screen mean: the view's own, or the list's inside it. */
    bool (*row)(const struct view *view, const struct screen *screen, const struct page **page,
                size_t *row);
    /* The list inside the view that has the cursor, whose keys go first; or NULL. */
    const struct screen *(*list)(const struct view *view);
    void (*free)(struct view *view);
    const struct view_hint *hints; /* ends with a NULL key */
};

/* Every view begins with this. */
struct view {
    const struct view_ops *ops;
    const struct view_world *world;
    const struct screen *screen; /* NULL for the pager */
    char *param;                 /* or NULL */
    char *title;
    bool typing;                 /* an editor of the view has the keys: letters are text */
    char message[MESSAGE_MAX];   /* what VIEW_MESSAGE points to */
};

void view_prepare(struct view *view, const struct view_ops *ops, const struct view_world *world,
                  const struct screen *screen, const char *param);

struct view *list_new(const struct view_world *world, const struct screen *screen,
                      const char *param);
struct view *detail_new(const struct view_world *world, const struct screen *screen,
                        const char *param);
struct view *today_new(const struct view_world *world, const struct screen *screen,
                       const char *param);
struct view *form_new(const struct view_world *world, const struct screen *screen);

bool list_filter_words(struct view *view, const char *words, struct error *error);
bool form_set(struct view *view, const char *name, const char *text);
void form_fault(struct view *view, const char *name, const char *sentence);
void form_about(struct view *view, const char *sentence);
void form_currency(struct view *view, const char *code);
size_t form_values(struct view *view, const struct view_value **values);
bool view_is_list(const struct view *view);
bool view_is_form(const struct view *view);

/* --- effects */

struct view_effect effect_none(void);
struct view_effect effect_redraw(void);
struct view_effect effect_kind(enum view_effect_kind kind);
/* A sentence for the message line, kept in the view. */
struct view_effect effect_message(struct view *view, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

const struct view_action *world_action(const struct view_world *world, const char *name);
/* Why an action is off: for this operator, or for this row (page NULL: none is known). The msgid,
 * or NULL where it is on. action may be NULL. */
const char *action_off_row(const struct view_action *action, const struct page *page, size_t row);
bool condition_fits(const struct view_condition *condition, struct rows_cell cell);
/* The same for the row that the view's cursor is on. */
const char *action_off_here(const struct view *view, const struct screen *screen,
                            const struct view_action *action);

/* --- fetching: one request under way at a time for one purpose */

struct fetch {
    unsigned serial;  /* of the request under way; 0: none */
    bool queued;      /* app has not taken it yet */
    int64_t asked_us;
    struct view_need need;
    char *key[8];     /* what need.key points to */
};

void fetch_ask(struct fetch *fetch, const struct view_world *world, struct view_need need);
bool fetch_take(struct fetch *fetch, struct view_need *need);
bool fetch_done(struct fetch *fetch, unsigned serial); /* true: it was this one; it is over now */
void fetch_stop(struct fetch *fetch);
void fetch_free(struct fetch *fetch);
static inline bool fetch_busy(const struct fetch *fetch)
{
    return fetch->serial != 0;
}

/* --- cells */

struct shown {
    char text[SHOWN_TEXT_MAX];
    enum text_role role;
    bool right; /* numbers stand flush right */
};

enum text_role tone_role(enum field_tone tone);
/* How a cell is drawn: amounts grouped, times local, codes in words, accounts masked. */
void cell_show(const struct view_world *world, const struct field *field, const struct page *page,
               size_t row, bool ascii, struct shown *out);
/* A value without a page around it. currency may be "". */
void value_show(const struct view_world *world, const struct field *field, struct rows_cell cell,
                const char *currency, bool ascii, struct shown *out);
void cell_draw(struct surface *surface, int row, int col, int width, const struct shown *shown,
               bool selected);
/* "12,480.00 CNY"; digits after the point by the currency, or the world's where it is unknown. */
const char *amount_text(const struct view_world *world, int64_t minor, const char *currency,
                        char out[MONEY_TEXT + 8]);
const char *count_text(int64_t count, char out[MONEY_TEXT]);     /* grouped */
const char *duration_text(int64_t seconds, char out[24]);        /* "45s", "12m", "11h", "3d" */
/* "00:23" below an hour, else as duration_text(). */
const char *countdown_text(int64_t seconds, char out[24]);
/* "09:31" or "09:31:05" today, else with the day before it. */
const char *moment_text(const struct view_world *world, time_us at, bool seconds, char out[24]);
const char *percent_text(int64_t hundredths, char out[24]);      /* "99.94 %" */
/* PostgreSQL's or RFC 3339's timestamp. */
bool timestamp_parse(struct span text, time_us *out);
bool cell_number(struct rows_cell cell, int64_t *number); /* false for NULL and what is no number */
bool cell_true(struct rows_cell cell);

/* The lines that a sentence takes in `width` cells, at most max_rows. */
int wrapped_rows(int width, int max_rows, const char *text);
/* Draws a sentence over several lines of `width` cells, at most max_rows; returns the rows used. */
int draw_wrapped(struct surface *surface, int row, int col, int width, int max_rows,
                 enum text_role role, const char *text);

/* --- columns of a table */

struct placed_column {
    const struct screen_column *column;
    int col, width;
};

struct placement {
    struct placed_column placed[SCREEN_COLUMNS_MAX];
    size_t count;
    size_t hidden_left, hidden; /* columns scrolled away, and not shown for want of room */
    bool narrow;                /* columns that have a narrow form stand in it, closer together */
};

/* Places columns into `width` cells from `col` on: frozen ones always, the others from number
 * `shift` on; what does not fit goes by priority, growing columns take what is left. Before a
 * column with a narrow form goes, all of them take it. */
void columns_place(const struct screen *screen, int col, int width, size_t shift,
                   struct placement *out);
void columns_draw_headings(struct surface *surface, int row, const struct placement *placement);
void columns_draw_row(struct surface *surface, int row, const struct view_world *world,
                      const struct placement *placement, const struct page *page, size_t page_row,
                      bool selected);

/* --- rows for actions */

/* Sums by currency as a sentence: "198,020.00 CNY + 20.00 USD". */
struct sums {
    struct {
        char currency[8];
        int64_t sum;
    } parts[4];
    size_t count;
    bool overflow; /* more currencies, or numbers past int64: no sum is shown */
};
void sums_add(struct sums *sums, const char *currency, int64_t amount);
void sums_text(const struct sums *sums, const struct view_world *world, const struct field *field,
               char *out, size_t out_size);

/* A run of one action over `rows` rows without values yet. */
struct view_run *run_new(const struct screen *screen, const struct screen_key *key, size_t rows);
void run_set(struct view_run *run, size_t row, size_t arg, struct rows_cell cell);
void run_leave(struct view_run *run, const char *name, const char *why); /* copies the name */
/* The effect of a key on one row of a page: VIEW_OPEN or VIEW_RUN. */
struct view_effect run_row(struct view *view, const struct screen *screen,
                           const struct screen_key *key, const struct page *page, size_t row);
/* The binding of an event among a screen's keys, or NULL. */
const struct screen_key *screen_key_for(const struct screen *screen,
                                        const struct input_event *event);

#endif
