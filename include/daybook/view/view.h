/* Views: lists, details, forms, Today and the pager. A view is opened for a screen and a parameter,
 * takes keys and rows, and draws itself into an area of a surface. App keeps the places; a view
 * knows nothing of those before or after it.
 *
 * The joining loop:
 *     effect = frame_key(frame, &event);              act on effect
 *     while (view_need_next(view, &need))             ask the database
 *     view_arrived(view, serial, page)                when it answers
 *     frame_idle(frame)                               once a second and after frame_wake_ms()
 *     surface_begin(); frame_draw(); terminal_show()  when something changed
 */
#ifndef DAYBOOK_VIEW_VIEW_H
#define DAYBOOK_VIEW_VIEW_H

#include "daybook/base/date.h"
#include "daybook/screen/screen.h"
#include "daybook/term/keys.h"
#include "daybook/term/surface.h"
#include "daybook/view/effect.h"
#include "daybook/view/parts.h"
#include "daybook/view/rows.h"

/* What a row must be like for an action; texts are msgids. */
struct view_condition {
    const char *column; /* NULL: there is no condition; not in the rows: nothing is known */
    const char *values; /* words one of which stands there; "*": anything but ""; "": nothing */
    const char *why;
};
enum { VIEW_CONDITIONS_MAX = 8 };

/* What the action table tells the left half about one action. Texts are msgids. */
struct view_action {
    const char *name;  /* as screens name it */
    const char *word;  /* one or two words for the key bar: "claim" */
    const char *help;  /* a sentence for `?` */
    const char *off;   /* why it is off for this operator now; NULL: it is on */
    struct view_condition conditions[VIEW_CONDITIONS_MAX];
};

struct view_place { /* `g` and a letter */
    char letter;
    const char *screen;
    const char *word; /* msgid */
};

struct view_command { /* for `:` completion and `?` */
    const char *name;
    const char *help; /* msgid */
};

struct view_clock {
    time_us now;          /* wall clock, UTC */
    int64_t monotonic_us; /* for ages, delays and progress */
};

/* What views know of the world outside: tables, nothing to call. App owns it and keeps it current;
 * it must outlive every view and frame. */
struct view_world {
    const struct screen_set *screens;
    const struct view_action *actions;
    size_t action_count;
    const struct view_place *places;
    size_t place_count;
    const struct view_command *commands; /* sorted by name */
    size_t command_count;
    struct view_clock clock; /* set by app before each call */
    int utc_offset_s;
    int exponent;            /* digits after the point where a row has no currency: 2 */
    size_t page_rows;        /* rows asked for at once; 0: chosen by the screen's height */
};

struct view;

/* A view of a list, detail or form. param is the text of the query's parameter (NULL: none). */
struct view *view_new(const struct view_world *world, const struct screen *screen,
                      const char *param);
/* A pager over raw bytes (a statement file): invalid bytes are shown, not sent. Copies the bytes;
 * past 4 MiB the rest is left out and the last line says so. */
struct view *view_text_new(const struct view_world *world, const char *title, struct span bytes);
void view_free(struct view *view);

const struct screen *view_screen(const struct view *view); /* NULL for the pager */
const char *view_param(const struct view *view);           /* or NULL */
/* What the crumbs call it: an object by its own number once that is known ("X-5512"), a list by its
 * title; with_param adds what it was opened with. */
void view_name(const struct view *view, bool with_param, char *out, size_t size);

struct view_effect view_key(struct view *view, const struct input_event *event);
/* Draws into rows row..row+rows-1 and sets the hardware cursor. */
void view_draw(struct view *view, struct surface *surface, struct area area);
/* Asks again what is due (refresh); true when something must be drawn. */
bool view_idle(struct view *view);

/* The next request for rows; false when there is none. What need points to stays valid until the
 * answer arrives or the view is freed. Serials are unique over all views. */
bool view_need_next(struct view *view, struct view_need *need);
/* Gives rows to the view, which owns them from then on. An answer nobody waits for any more is
 * freed. */
void view_arrived(struct view *view, unsigned serial, struct page *page);
void view_failed(struct view *view, unsigned serial, const struct error *error);
/* True while an answer is missing that the operator waits for; *since_us is when it was asked. */
bool view_waiting(const struct view *view, int64_t *since_us);
/* True while it is open which row the cursor is on or which rows are marked: keys that mean rows
 * wait until that is known (UI.md lesson 2). */
bool view_unsettled(const struct view *view);
void view_cancelled(struct view *view); /* nothing will come: app cancelled the requests */
time_us view_fetched_at(const struct view *view); /* TIME_NONE before the first rows */

/* Something was done to rows of this view: ask again, keep the cursor's row, drop options and marks
 * if `done`. */
void view_reload(struct view *view, bool done);
/* Filters a list by words as if typed after `\`. False with a sentence. */
bool view_filter_words(struct view *view, const char *words, struct error *error);
/* True if something typed would be lost on leaving (a form with changes, options not executed). */
bool view_dirty(const struct view *view);

/* Forms: gives an input its starting text in the form an action takes it; false: no such input. */
bool view_form_set(struct view *view, const char *name, const char *text);
/* Puts the cursor on an input with the sentence of what is wrong (from the database). NULL name:
 * the sentence belongs to no input. */
void view_form_fault(struct view *view, const char *name, const char *sentence);
/* The line over the inputs: what the form is about ("3 exceptions, 12,480.00 CNY"). */
void view_form_about(struct view *view, const char *sentence);
/* The currency of its amounts, whose digits after the point they have; "": not known. */
void view_form_currency(struct view *view, const char *code);
/* What was typed, to keep over a lost connection; restores with view_form_set(). Borrowed. */
size_t view_form_values(struct view *view, const struct view_value **values);

#endif
