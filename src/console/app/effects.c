/* One event in, one effect out of the frame; here is what becomes of effects. */
#include <string.h>

#include "daybook/base/language.h"
#include "inside.h"

static void open_screen(struct console *console, const char *name, const char *param)
{
    struct error error;
    if (!places_open(console, name, param, &error))
        console_complain(console, &error);
}

static void cancel(struct console *console)
{
    int64_t since_us;
    struct view *view = places_view(console);
    if (job_running(console)) {
        job_cancel(console);
    } else if (view != NULL && view_waiting(view, &since_us)) {
        rows_cancel(console);
        console_say(console, "%s", _("Cancelled."));
    }
}

static void show_log(struct console *console)
{
    const char *lines[LOG_LINES];
    size_t kept = console->log_count < LOG_LINES ? console->log_count : LOG_LINES;
    /* The newest first. */
    for (size_t i = 0; i < kept; i++)
        lines[i] = console->log[(console->log_count - 1 - i) % LOG_LINES];
    frame_lines(console->frame, _("What was done underneath"), lines, kept);
}

static void apply(struct console *console, const struct view_effect *effect)
{
    switch (effect->kind) {
    case VIEW_NONE: return;
    case VIEW_REDRAW:
    case VIEW_MESSAGE: break;
    case VIEW_OPEN: open_screen(console, effect->name, effect->text); break;
    case VIEW_RUN: act_run(console, effect->run); break;
    case VIEW_SUBMIT: act_submit(console, effect->values, effect->value_count); break;
    case VIEW_BACK: places_back(console); break;
    case VIEW_FORWARD: places_forward(console); break;
    case VIEW_LAST: places_last(console); break;
    case VIEW_LEAVE: places_leave(console); break;
    case VIEW_COMMAND: colon_run(console, effect->text); break;
    case VIEW_ANSWER: act_answer(console, effect->token, effect->yes, effect->text); break;
    case VIEW_CANCEL: cancel(console); break;
    case VIEW_SUSPEND: signals_suspend(console); break;
    case VIEW_REPAINT: terminal_repaint(console->terminal); break;
    case VIEW_COPY: terminal_copy(console->terminal, effect->text); break;
    case VIEW_EXPORT: job_export(console, NULL); break;
    case VIEW_LOG: show_log(console); break;
    case VIEW_NEW: console_say(console, "%s", _("There is nothing to begin here.")); break;
    }
    console->dirty = true;
}

/* On an error, and when a danger dialog opens, what was typed ahead is dropped: also what the
 * terminal still holds (UI.md lesson 2). */
void effects_flush(struct console *console)
{
    if (!frame_wants_flush(console->frame))
        return;
    while (terminal_read(console->terminal) > 0)
        keys_flush(terminal_keys(console->terminal));
    keys_flush(terminal_keys(console->terminal));
    console->held_count = 0;
}

static void carry_out(struct console *console, const struct input_event *event)
{
    console->unknown_told = false;
    struct view_effect effect = frame_key(console->frame, event);
    apply(console, &effect);
    effects_flush(console);
}

/* While the connection is lost no rows come, and nothing waits for them. */
static bool must_wait(const struct console *console, const struct input_event *event)
{
    return console->last_state != STORE_WAITING && frame_holds(console->frame, event);
}

void effects_event(struct console *console, const struct input_event *event)
{
    bool cancels = event->code == INPUT_ESCAPE || event->code == INPUT_F(12) ||
                   event->code == INPUT_CTRL('c');
    if (cancels)
        console->held_count = 0;
    if (console->held_count == 0 && !must_wait(console, event))
        carry_out(console, event);
    else if (console->held_count < HELD_MAX && event->code != INPUT_PASTE)
        console->held[console->held_count++] = *event;
}

void effects_held(struct console *console)
{
    while (console->held_count > 0 && !console->over && !must_wait(console, &console->held[0])) {
        struct input_event event = console->held[0];
        console->held_count--;
        memmove(console->held, console->held + 1, console->held_count * sizeof event);
        carry_out(console, &event);
        rows_ask(console);
    }
}
