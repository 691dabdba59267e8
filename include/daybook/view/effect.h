/* What must happen next. Handlers of views change their own state and return an effect; only app
 * acts on it. Views never call an action, never touch a database, never wait. */
#ifndef DAYBOOK_VIEW_EFFECT_H
#define DAYBOOK_VIEW_EFFECT_H

#include <stdbool.h>
#include <stddef.h>

#include "daybook/view/filter.h"

enum view_effect_kind {
    VIEW_NONE,    /* the key meant nothing here; nothing to draw */
    VIEW_REDRAW,  /* state changed */
    VIEW_OPEN,    /* open screen `name` with parameter `text` (NULL: none) as a new place; with
                     `filter`, words for view_filter_words() on it */
    VIEW_RUN,     /* run the chain `run` in order; the receiver frees it with view_run_free() */
    VIEW_SUBMIT,  /* a form is complete: run action `name` with `values` */
    VIEW_BACK,    /* leave this place to the one before (Esc, F12, `[`) */
    VIEW_FORWARD, /* `]` */
    VIEW_LAST,    /* `-`: the place shown before this one */
    VIEW_LEAVE,   /* q, F3: leave the function; at the first place: quit */
    VIEW_COMMAND, /* command line `text`, without the colon */
    VIEW_ANSWER,  /* the question with `token` was answered: `yes` */
    VIEW_CANCEL,  /* Esc or Ctrl-C while something runs: cancel it, keep the place */
    VIEW_SUSPEND, /* Ctrl-Z */
    VIEW_REPAINT, /* Ctrl-L */
    VIEW_COPY,    /* put `text` on the clipboard */
    VIEW_EXPORT,  /* E: export what the list shows; `name` is its screen */
    VIEW_LOG,     /* @: show what was done underneath */
    VIEW_NEW,     /* n, F6: begin a new object here */
    VIEW_MESSAGE  /* show the sentence `text` on the message line (frame_key has done so) */
};

/* Rows that an action is to work on: for each row the values of the key's columns, in their
 * order. */
struct view_left {
    char *name;                /* "P2026112000417" */
    const char *why;           /* N_(): a sentence, borrowed from the action */
};
struct view_run {
    const char *action;        /* borrowed from the screen set */
    const char *open;          /* action "open": the screen to open for each row; else NULL */
    const char *const *args;   /* column names of the key or option, borrowed */
    size_t arg_count;
    size_t row_count;          /* 1..ROWS_COUNT_MAX; 1 with arg_count 0 for actions without a row;
                                  0 where all that were marked are left out */
    struct view_left *left;    /* marked rows that it is nothing for, each with its reason */
    size_t left_count;
    char **values;             /* row_count * arg_count texts; NULL for a NULL cell */
    const char *screen;        /* the list or detail they were chosen on, borrowed */
    bool marked;               /* chosen by marks or options, so count and sum are shown first */
    char sum[192];             /* "198,020.00 CNY + 20.00 USD" of the first total; "" for none */
    char subject[160];         /* "X-5512, 12,480.00 CNY" where it is one row; "" otherwise */
    /* Of one row with an amount, for what is read before it is done: */
    char name[64], party[128]; /* "P2026112000417"; who gets it, as shown */
    bool has_amount;
    int64_t amount;            /* in minor units of */
    char currency[8];          /* the row's, also where it has no amount; "": not known */
    struct view_run *next;     /* further options typed beside rows; NULL: last */
};
const char *view_run_value(const struct view_run *run, size_t row, size_t arg); /* or NULL */
void view_run_free(struct view_run *run); /* the whole chain */

struct view_value {
    const char *name; /* field */
    const char *text; /* as the action takes it: money in minor units, dates ISO; "" for empty */
};

/* Texts are borrowed from the view or frame until its next call. */
struct view_effect {
    enum view_effect_kind kind;
    const char *name;
    const char *text;
    const char *filter;
    struct view_run *run;
    const struct view_value *values;
    size_t value_count;
    const void *token;
    bool yes;
};

/* Which rows a view wants. Answer each with view_arrived() or view_failed() and the same serial. */
enum view_need_kind {
    NEED_FIRST,  /* the first `limit` rows of the order */
    NEED_AFTER,  /* the rows after `key`, nearest first in the order */
    NEED_BEFORE, /* the rows before `key`; given in the list's order all the same */
    NEED_FROM,   /* like AFTER, with the row at `key` itself if it is still there */
    NEED_LAST,   /* the last `limit` rows, in the list's order */
    NEED_ROW,    /* a detail's one row, or all rows of a part's query (at most `limit`) */
    NEED_SUMMARY /* columns `rows`, the currency column of the first total (if it has one), then
                    each total's sum, over at most ROWS_COUNT_MAX rows, grouped by that currency;
                    page.capped when there are more */
};

struct view_need {
    unsigned serial;
    enum view_need_kind kind;
    const char *query;
    const char *param;             /* text of the query's parameter 1; NULL: it has none */
    const char *const *order;      /* columns */
    size_t order_count;
    bool descending;               /* the screen's direction, turned by S */
    const char *const *key;        /* order_count texts; NULL for FIRST, LAST, ROW, SUMMARY */
    size_t limit;                  /* rows */
    const struct filter *filter;
    const struct screen *screen;   /* totals for SUMMARY */
};

#endif
