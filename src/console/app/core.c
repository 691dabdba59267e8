/* The payment core beside the loop: opened with the session's key, its health in the title line. */
#include <stdio.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "inside.h"

enum { HEALTH_EVERY_S = 10, HEALTH_DOWN_EVERY_S = 3, HEALTH_DEADLINE_MS = 4000, SLOW_US = 1000000 };

static void set_health(struct console *console, enum frame_health health)
{
    struct frame_facts *facts = frame_facts(console->frame);
    if (facts->core == health)
        return;
    facts->core = health;
    console->dirty = true;
}

static void healthy(void *context, const struct core_answer *answer)
{
    struct console *console = context;
    bool good = answer->outcome == CORE_DONE;
    console->core_asked_us = 0;
    console->core_due_us = answer->ended_us +
                           (good ? HEALTH_EVERY_S : HEALTH_DOWN_EVERY_S) * (int64_t)1000000;
    if (!good && frame_facts(console->frame)->core != HEALTH_DOWN)
        console_log(console, "core", answer->sent_us, answer->ended_us, answer->error.message);
    set_health(console, !good ? HEALTH_DOWN
                        : answer->ended_us - answer->sent_us > SLOW_US ? HEALTH_SLOW
                                                                       : HEALTH_GOOD);
}

/* Without an address in the profile there is no core, and nothing is said of it. */
void core_begin(struct console *console)
{
    struct error error;
    if (!session_has_core(&console->session))
        return;
    console->core = session_core(&console->session, console->wire, &error);
    if (console->core == NULL) {
        set_health(console, HEALTH_DOWN);
        console_complain(console, &error);
        return;
    }
    set_health(console, HEALTH_OPENING);
}

int64_t core_turn(struct console *console, int64_t now_us)
{
    if (console->core == NULL)
        return INT64_MAX;
    core_advance(console->core, now_us);
    if (console->core_asked_us == 0 && now_us >= console->core_due_us) {
        struct core_call call = {.method = "GET", .path = "/health", .done = healthy,
                                 .context = console, .deadline_ms = HEALTH_DEADLINE_MS};
        console->core_asked_us = now_us;
        if (core_send(console->core, &call, now_us, NULL) == 0)
            console->core_asked_us = 0;
        console->core_due_us = now_us + HEALTH_DOWN_EVERY_S * (int64_t)1000000;
    }
    if (console->core_asked_us != 0 && now_us - console->core_asked_us > SLOW_US &&
        frame_facts(console->frame)->core == HEALTH_GOOD)
        set_health(console, HEALTH_SLOW);
    int64_t due_us = core_due(console->core);
    return console->core_asked_us == 0 && console->core_due_us < due_us ? console->core_due_us
                                                                        : due_us;
}
