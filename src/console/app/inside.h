/* The inside of the console: one struct, passed to all. For this room alone. */
#ifndef DAYBOOK_APP_INSIDE_H
#define DAYBOOK_APP_INSIDE_H

#include "daybook/action/action.h"
#include "daybook/store/connection.h"
#include "daybook/term/terminal.h"
#include "daybook/view/frame.h"
#include "daybook/wire/core.h"
#include "daybook/wire/wait.h"
#include "daybook/wire/worker.h"
#include "options.h"
#include "session.h"
#include "signing.h"

enum {
    PLACES_MAX = 64,
    ASKED_MAX = 64,        /* requests for rows under way */
    HELD_MAX = 128,        /* keys that wait for rows */
    LOG_LINES = 100,       /* what `@` shows */
    LOG_LINE_BYTES = 160,
    ACTIONS_SHOWN_MAX = 64,
    COMMANDS_SHOWN_MAX = 128,
    FACTS_EVERY_S = 30
};

/* A place: a view, and for a form the rows its action is to work on. */
struct place {
    struct view *view;
    struct view_run *run;
};

/* A request for rows: whose it is. serial 0: the slot is free. */
struct asked {
    struct console *console;
    const struct view *view; /* compared only: it may be gone */
    unsigned serial;
    int64_t number;
    size_t limit;          /* rows the view wants; one more is asked for */
    enum view_need_kind kind;
    const char *what;      /* statement, for `@` */
};

/* Runs waiting for an answer to a question, or one behind the other. */
struct doing {
    struct view_run *run;          /* owned; NULL: nothing is being done */
    const struct action *action;
    bool asked;                    /* the question is on the screen */
    bool sent;
    int64_t sent_us;
    struct view *form;             /* the form it came from; NULL: none */
    struct action_tally tally;     /* of a REST action, a row at a time */
    int64_t core_call;             /* the request to the core under way; 0: none */
};

/* What the list shown last asked for, so that it can be exported as it stands. Order columns are
 * the screen's. */
struct list_need {
    const struct view *view; /* compared only */
    const struct screen *screen;
    const char *const *order;
    size_t order_count;
    bool descending, has_param;
    char param[96];
    struct filter filter;
};

struct job;
struct script;

struct console {
    const struct options *options;
    struct session session;
    struct wire *wire;
    struct worker *hang, *slow;
    struct terminal *terminal;
    struct frame *frame;
    struct screen_set *screens;
    struct view_world world;
    struct view_action shown_actions[ACTIONS_SHOWN_MAX];
    struct view_command shown_commands[COMMANDS_SHOWN_MAX];
    time_us desk_time;            /* where the desk's clock stands still; TIME_NONE: it does not */
    char roles[256];
    char exposure[FRAME_EXPOSURES][160];
    char note[256];
    char crumbs[256];

    struct place places[PLACES_MAX];
    size_t place_count, here, last_here;

    struct store *store;          /* NULL until key and address are there */
    bool key_opened, name_known;
    struct error opening;         /* why the session could not be opened */
    struct asked asked[ASKED_MAX];
    int64_t facts_due_us, facts_asked;
    struct core *core;            /* NULL: no core in the profile, or the key is not open yet */
    int64_t core_due_us, core_asked_us; /* of its health; asked 0: nothing is under way */
    enum store_state last_state;
    bool was_connected;           /* from then on a refused login ends nothing */
    bool unknown_told;            /* until the next key nothing may be said over it */

    struct input_event held[HELD_MAX]; /* typed ahead, in their order; no pastes */
    size_t held_count;

    struct list_need list_need;
    struct doing doing;
    struct signing signing;
    struct executing executing[EXECUTING_MAX];
    bool resumed;                 /* the journal was read */
    struct job *job;              /* long work on a connection of its own; NULL: none */
    struct script *script;        /* NULL: keys come from the terminal alone */

    char log[LOG_LINES][LOG_LINE_BYTES];
    size_t log_count;             /* lines ever written */

    int signals;                  /* signalfd */
    int64_t escape_due_us;        /* when a lone ESC is an Escape; INT64_MAX: none waits */
    bool dirty;                   /* something must be drawn */
    bool over;
    int status;
};

/* console.c */
void console_end(struct console *console, int status);
void console_end_with(struct console *console, const struct error *error);
/* A sentence on the message line. */
void console_say(struct console *console, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void console_complain(struct console *console, const struct error *error);
void console_log(struct console *console, const char *what, int64_t sent_us, int64_t ended_us,
                 const char *outcome);

/* opening.c: key and name on the workers, then the connection. */
bool opening_start(struct console *console, struct error *error);
void opening_run_elsewhere(void *context, void (*function)(void *), void *argument);

/* core.c: the payment core's health */
void core_begin(struct console *console);
/* Moves its transfers; when to come again. */
int64_t core_turn(struct console *console, int64_t now_us);

/* world.c */
/* The time that operators see: the wall's, unless the desk's own clock stands still (desk.now() in
 * TRAINING and TEST). */
time_us world_now(const struct console *console);
void world_fill(struct console *console);
void world_roles(struct console *console, const char *roles);

/* places.c */
struct view *places_view(struct console *console);
/* Writes the title line's way here; an object's number may become known only after its place. */
void places_crumbs(struct console *console);
/* As people say it: X-9, P2026112000417. A screen that is of one object is not opened without. */
bool places_open_object(struct console *console, const char *screen, const char *object,
                        struct error *error);
bool places_open(struct console *console, const char *screen, const char *param,
                 struct error *error);
void places_push(struct console *console, struct view *view, struct view_run *run);
void places_back(struct console *console);
void places_forward(struct console *console);
void places_last(struct console *console);
void places_leave(struct console *console);
/* Closes the place of this view, wherever it stands in the row. */
void places_close(struct console *console, const struct view *view);
/* Every view that shows rows asks again. */
void places_reload(struct console *console, bool done);
void places_free(struct console *console);

/* rows.c: what views need, from the database. */
void rows_ask(struct console *console);
void rows_cancel(struct console *console);
void rows_open_raw(struct console *console, const char *file_id);
void rows_session(struct console *console);

/* exposure.c: what is presumed paid, for every status line */
void exposure_ask(struct console *console, int64_t now_us);

/* effects.c */
/* Takes a key, or keeps it until the rows it means are there. */
void effects_event(struct console *console, const struct input_event *event);
/* Carries out what was kept, as far as it can be. */
void effects_held(struct console *console);
void effects_flush(struct console *console);

/* act.c */
void act_run(struct console *console, struct view_run *run);
/* text: what was typed as a passphrase, or NULL. */
void act_answer(struct console *console, const void *token, bool yes, const char *text);
void act_submit(struct console *console, const struct view_value *values, size_t count);
void act_free(struct console *console);
/* What became of all rows: said, logged, the rows read again, the next action begun. */
void act_over(struct console *console, const struct action_summary *summary, bool unknown,
              int64_t sent_us, int64_t ended_us);

/* act_core.c: actions that the payment core carries out */
bool act_core_send(struct console *console, struct error *error);

/* colon.c: the command line */
void colon_run(struct console *console, const char *text);
size_t colon_commands(struct console *console, struct view_command *out, size_t room);

/* job.c */
bool job_running(const struct console *console);
void job_import(struct console *console, const char *path, const char *channel,
                const char *format);
void job_reconcile(struct console *console, const char *channel, bool dry, const char *rules);
void job_export(struct console *console, const char *path);
/* Does a little of it; INT64_MAX or when to come again. */
int64_t job_turn(struct console *console, int64_t now_us);
void job_interest(const struct console *console, struct wire_fd *fd);
void job_cancel(struct console *console);
void job_free(struct console *console);

/* signals.c */
bool signals_start(struct console *console, struct error *error);
void signals_take(struct console *console);
void signals_suspend(struct console *console);

/* loop.c */
void loop_run(struct console *console);
/* Nothing is on its way: no rows, no action, no long work. */
bool loop_idle(const struct console *console);

/* script.c */
bool script_open(struct console *console, const char *path, struct error *error);
void script_turn(struct console *console);
void script_free(struct console *console);

#endif
