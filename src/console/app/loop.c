/* One loop, one wait (DESIGN.md 6). */
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "inside.h"

enum { FD_TERMINAL, FD_SIGNALS, FD_STORE, FD_JOB, FD_COUNT };

/* A request this old makes the dot say "slow". */
enum { SLOW_US = 1000000 };

static void take_clock(struct console *console)
{
    console->world.clock.now = world_now(console);
    console->world.clock.monotonic_us = clock_monotonic_us();
}

/* --- keys */

static void take_keys(struct console *console)
{
    struct keys *keys = terminal_keys(console->terminal);
    struct input_event event;
    int64_t now_us = clock_monotonic_us();
    int got = terminal_read(console->terminal);
    if (got < 0)
        console_end(console, 128 + 1); /* the terminal is gone, as SIGHUP would say */
    if (got == 0 && now_us >= console->escape_due_us)
        keys_expire(keys);
    while (!console->over && keys_next(keys, &event)) {
        take_clock(console);
        effects_event(console, &event);
        /* What a key asks for goes out before the next key is looked at. */
        rows_ask(console);
    }
    console->escape_due_us = INT64_MAX;
    if (keys_waiting(keys))
        console->escape_due_us =
            now_us + 1000 * (int64_t)terminal_escape_delay_ms(console->terminal);
}

/* --- the database */

static enum frame_health health(const struct console *console, int64_t now_us)
{
    if (console->store == NULL || store_state(console->store) != STORE_READY)
        return console->last_state == STORE_IDLE ? HEALTH_OPENING : HEALTH_DOWN;
    if (store_pending(console->store) > 0 && now_us - store_heard_at(console->store) > SLOW_US) {
        int64_t since_us;
        struct view *view = console->places[console->here].view;
        if (view_waiting(view, &since_us) && now_us - since_us > SLOW_US)
            return HEALTH_SLOW;
        if (console->doing.sent && now_us - console->doing.sent_us > SLOW_US)
            return HEALTH_SLOW;
    }
    return HEALTH_GOOD;
}

/* Short, so that the age of what is shown stands beside it; why is kept for `@`. */
static void lose(struct console *console)
{
    console_log(console, "connection", 0, 0, store_last_error(console->store)->message);
    frame_message(console->frame, ROLE_WARNING, "%s",
                  _("Connection lost; connecting again by itself."));
}

static void tell_state(struct console *console, enum store_state state)
{
    enum store_state before = console->last_state;
    console->last_state = state;
    console->dirty = true;
    if (console->unknown_told)
        return;
    if (state == STORE_WAITING && before == STORE_IDLE)
        /* Never connected yet: why is what helps. */
        frame_message(console->frame, ROLE_WARNING, "%s",
                      store_last_error(console->store)->message);
    else if (state == STORE_WAITING)
        lose(console);
    else if (state == STORE_REFUSED)
        /* What was typed stays; `:reconnect` tries again. */
        frame_message(console->frame, ROLE_BAD, "%s",
                      store_last_error(console->store)->message);
    else if (state == STORE_READY && (before == STORE_WAITING || before == STORE_REFUSED))
        frame_message(console->frame, ROLE_OK, "%s", _("Connected again."));
}

static void take_store(struct console *console)
{
    if (console->store == NULL)
        return;
    int64_t now_us = clock_monotonic_us();
    store_advance(console->store, now_us);
    enum store_state state = store_state(console->store);
    /* Between two attempts it is CONNECTING for a moment: not worth a word. */
    if (state == STORE_REFUSED && !console->was_connected) {
        console_end_with(console, store_last_error(console->store));
        return;
    }
    console->was_connected = console->was_connected || state == STORE_READY;
    if (state != console->last_state && state != STORE_CONNECTING)
        tell_state(console, state);
    enum frame_health now = health(console, now_us);
    if (frame_facts(console->frame)->database != now) {
        frame_facts(console->frame)->database = now;
        console->dirty = true;
    }
    exposure_ask(console, now_us);
}

/* --- the wait */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void wait_for_something(struct console *console, int64_t job_due_us)
{
    struct wire_fd fds[FD_COUNT] = {
        [FD_TERMINAL] = {.fd = terminal_input_fd(console->terminal), .read = true},
        [FD_SIGNALS] = {.fd = console->signals, .read = true},
        [FD_STORE] = {.fd = -1},
        [FD_JOB] = {.fd = -1},
    };
    int64_t until_us = clock_monotonic_us() + 1000 * (int64_t)frame_wake_ms(console->frame);
    until_us = earlier(until_us, console->escape_due_us);
    until_us = earlier(until_us, job_due_us);
    if (console->store != NULL) {
        struct store_interest want = store_interest(console->store);
        fds[FD_STORE] = (struct wire_fd){.fd = want.fd, .read = want.read, .write = want.write};
        until_us = earlier(until_us, want.deadline_us);
    }
    job_interest(console, &fds[FD_JOB]);
    wire_wait(console->wire, fds, FD_COUNT, until_us);
}

static void draw(struct console *console)
{
    struct surface *surface = terminal_surface(console->terminal);
    struct frame_facts *facts = frame_facts(console->frame);
    facts->acting = console->doing.sent ? _(console->doing.action->word) : NULL;
    facts->acting_since_us = console->doing.sent_us;
    surface_begin(surface);
    frame_draw(console->frame, surface);
    terminal_show(console->terminal);
    console->dirty = false;
}

bool loop_idle(const struct console *console)
{
    int64_t since_us;
    return console->store != NULL && console->doing.sent == false &&
           !executing_busy(console) &&
           store_state(console->store) == STORE_READY && store_pending(console->store) == 0 &&
           !job_running(console) && console->held_count == 0 &&
           !view_waiting(console->places[console->here].view, &since_us);
}

void loop_run(struct console *console)
{
    while (!console->over) {
        take_clock(console);
        signals_take(console);
        take_keys(console);
        if (console->over)
            break;
        worker_collect(console->hang);
        worker_collect(console->slow);
        if (console->over)
            break;
        rows_ask(console);
        take_store(console);
        take_clock(console);
        effects_held(console);
        int64_t job_due_us = earlier(job_turn(console, clock_monotonic_us()),
                                     core_turn(console, clock_monotonic_us()));
        effects_flush(console);
        take_clock(console);
        if (frame_idle(console->frame))
            console->dirty = true;
        rows_ask(console);
        if (console->dirty && !console->over)
            draw(console);
        if (console->script != NULL && !console->over)
            script_turn(console);
        if (!console->over)
            wait_for_something(console, job_due_us);
    }
}
