/* The frame: what stands around a view (title line, messages and progress, key bar) and what lies
 * over it (questions, the danger dialog, help, command palette, code lists). Keys go through it:
 * first to what lies on top, then to the view, then to the keys that work everywhere. */
#ifndef DAYBOOK_VIEW_FRAME_H
#define DAYBOOK_VIEW_FRAME_H

#include "daybook/view/view.h"

enum { FRAME_EXPOSURES = 3 };
enum frame_health { HEALTH_NONE, HEALTH_OPENING, HEALTH_GOOD, HEALTH_SLOW, HEALTH_DOWN };

/* Written by app whenever it changes; texts are borrowed and must outlive the next frame_draw(). */
struct frame_facts {
    const char *crumbs;      /* "Exceptions › X-5512": places before the view's own title; "" */
    const char *role;        /* "clearing", as the login's groups say */
    const char *operator;    /* login name */
    const char *environment; /* "TRAINING", "PROD" */
    enum frame_health database;
    enum frame_health core;  /* HEALTH_NONE: no core is configured, nothing is drawn */
    /* What is presumed paid, the longest form first: "PRESUMED 37 / 812,400.00 oldest 11h, ICBC
     * file due 09:30"; a form that leaves no room for what must be said makes way for the next.
     * exposure[0] NULL: nothing is presumed. */
    const char *exposure[FRAME_EXPOSURES];
    int64_t approvals;       /* waiting for this operator; 0 draws nothing */
    const char *acting;      /* the word of an action that is not answered yet, or NULL */
    int64_t acting_since_us; /* monotonic */
    const char *note;        /* a standing note ("screens/payout.screen: built-in used"); NULL */
};

/* Long work. total 0: the size is not known. label NULL: nothing runs. */
struct frame_progress {
    const char *label;
    int64_t done;
    int64_t total;
    const char *unit;    /* "rows" */
    int64_t started_us;  /* monotonic */
    bool can_cancel;
};

struct frame;

struct frame *frame_new(struct view_world *world);
void frame_free(struct frame *frame);

/* The view that is shown from now on; the frame does not own it. Closes what lay over the old
 * one. */
void frame_show(struct frame *frame, struct view *view);
struct frame_facts *frame_facts(struct frame *frame);
struct frame_progress *frame_progress(struct frame *frame);

/* One event in, one effect out. VIEW_MESSAGE is shown already; VIEW_COPY, VIEW_RUN... are for
 * app. */
struct view_effect frame_key(struct frame *frame, const struct input_event *event);
/* True if the key means rows that are not known yet: it must wait for them, and what is typed after
 * it behind it. */
bool frame_holds(const struct frame *frame, const struct input_event *event);
/* Draws everything; the hardware cursor ends on the focus. Below 60x15 one line says so. */
void frame_draw(struct frame *frame, struct surface *surface);
/* Time passes; true when something must be drawn. Calls view_idle(). */
bool frame_idle(struct frame *frame);
/* Milliseconds until frame_idle() must be called again, at most 1000. */
int frame_wake_ms(const struct frame *frame);

/* A sentence on the message line until the next key; printf-like, made printable. On an error role
 * (ROLE_BAD) typed-ahead keys should be dropped by app (UI.md lesson 2). */
void frame_message(struct frame *frame, enum text_role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void frame_message_clear(struct frame *frame);

/* A routine question, answered by y or n (Esc is n); the answer comes as VIEW_ANSWER with
 * `token`. */
void frame_ask(struct frame *frame, const void *token, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The danger dialog (UI.md lesson 1). App empties its input queue when it opens one. */
struct frame_danger {
    const char *act;          /* "Credit back" */
    const char *counterparty; /* NULL: none */
    const char *amount;       /* figures with currency; NULL: no amount */
    const char *amount_words;
    const char *rows;         /* "3 exceptions, 12,480.00 CNY" for several rows; NULL */
    const char *proof_label;  /* "last four digits of the amount" */
    const char *proof;        /* what must be typed, exactly */
};
void frame_danger(struct frame *frame, const void *token, const struct frame_danger *danger);

/* Asks for a passphrase, drawn as dots. The answer is VIEW_ANSWER with `token` and the passphrase
 * as its text, borrowed: app copies it and wipes it with frame_secret_wipe(). Esc is no. */
void frame_secret(struct frame *frame, const void *token, const char *about,
                  const char *question);
void frame_secret_wipe(struct frame *frame);

/* True while a dialog, help, palette or list lies over the view. */
bool frame_busy(const struct frame *frame);
/* True right after a danger dialog or an error: app drops what was typed ahead, then it is
 * false. */
bool frame_wants_flush(struct frame *frame);
/* Opens the help (`?`) or the command palette with text already typed. */
void frame_help(struct frame *frame);
void frame_palette(struct frame *frame, const char *text);
/* A list of lines to read over the view (what `@` shows); Esc closes. Copies. */
void frame_lines(struct frame *frame, const char *title, const char *const *lines, size_t count);

#endif
