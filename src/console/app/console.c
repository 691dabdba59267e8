#include "console.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "commands.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "inside.h"

static const char site_screens[] = "/etc/daybook/screens";

/* --- telling */

void console_end(struct console *console, int status)
{
    console->over = true;
    console->status = status;
}

void console_end_with(struct console *console, const struct error *error)
{
    if (console->opening.code == ERROR_NONE)
        console->opening = *error;
    console_end(console, output_status(error->code));
}

void console_say(struct console *console, const char *format, ...)
{
    struct error sentence;
    va_list args;
    va_start(args, format);
    error_set_va(&sentence, ERROR_NONE, format, args);
    va_end(args);
    frame_message(console->frame, ROLE_INFO, "%s", sentence.message);
    console->dirty = true;
}

void console_complain(struct console *console, const struct error *error)
{
    frame_message(console->frame, ROLE_BAD, "%s", error->message);
    console->dirty = true;
}

void console_log(struct console *console, const char *what, int64_t sent_us, int64_t ended_us,
                 const char *outcome)
{
    char clock[9];
    char *line = console->log[console->log_count++ % LOG_LINES];
    int64_t spent_us = sent_us == 0 ? 0 : ended_us - sent_us;
    snprintf(line, LOG_LINE_BYTES, "%s  %6lld.%lld ms  %-24s %s",
             time_clock_text(clock_now(), console->world.utc_offset_s, clock),
             (long long)spent_us / 1000, (long long)spent_us % 1000 / 100, what, outcome);
}

/* --- beginning */

static void open_log(const struct config *config)
{
    int fd = config->log == NULL ? -1 : open(config->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                                             0600);
    /* Standard error is the terminal: nothing may be written there while the console runs. */
    log_set_file(fd);
}

static bool begin_terminal(struct console *console, struct error *error)
{
    const struct options *options = console->options;
    const char *color = options->color == NULL ? "auto" : options->color;
    struct terminal_options wanted = {
        .color = strcmp(color, "always") == 0 ? COLOR_WHEN_ALWAYS
                 : strcmp(color, "never") == 0 ? COLOR_WHEN_NEVER : COLOR_WHEN_AUTO,
        .ascii = options->ascii,
    };
    const char *theme = options->theme != NULL ? options->theme : console->session.config->theme;
    if (theme != NULL && !terminal_theme_find(theme, &wanted.theme))
        return error_set(error, ERROR_USAGE, _("there is no theme '%s'"), theme);
    char note[sizeof console->note] = "";
    console->terminal = terminal_start(&wanted, note, error);
    /* What is wrong with a site's screens matters more than a terminal's odd name. */
    if (console->note[0] == '\0')
        memcpy(console->note, note, sizeof console->note);
    return console->terminal != NULL;
}

static void begin_screens(struct console *console)
{
    struct screen_faults faults = {0}, notes = {0};
    struct command_names names;
    command_names_fill(&names);
    console->screens = screen_set_load(site_screens, &names.names, &faults, &notes);
    if (notes.count > 0)
        snprintf(console->note, sizeof console->note, "%s", notes.texts[0]);
    else if (faults.count > 0)
        snprintf(console->note, sizeof console->note, "%s", faults.texts[0]);
    screen_faults_free(&faults);
    screen_faults_free(&notes);
}

static bool begin_frame(struct console *console, struct error *error)
{
    world_fill(console);
    console->frame = frame_new(&console->world);
    struct frame_facts *facts = frame_facts(console->frame);
    facts->role = "";
    facts->crumbs = "";
    facts->operator = console->session.config->operator_name;
    facts->environment = console->session.config->environment_word;
    facts->database = HEALTH_OPENING;
    facts->core = HEALTH_NONE;
    facts->note = console->note[0] == '\0' ? NULL : console->note;
    const char *first = console->options->screen;
    return places_open_object(console, first == NULL ? "today" : first, console->options->object,
                              error);
}

/* Secrets are asked for while the terminal is still the shell's; then the key is opened on its
 * worker while screens are read and the terminal starts. */
static bool begin(struct console *console, struct error *error)
{
    if (!session_configure(&console->session, console->options, error) ||
        !session_ask_secrets(&console->session, console->options, error))
        return false;
    open_log(console->session.config);
    if (console->options->script != NULL &&
        !script_open(console, console->options->script, error))
        return false;
    if (!signals_start(console, error) || !opening_start(console, error))
        return false;
    begin_screens(console);
    return begin_terminal(console, error) && begin_frame(console, error);
}

/* --- ending */

static void finish(struct console *console)
{
    /* The terminal first: whatever else takes time, the operator has it back. */
    job_free(console);
    act_free(console);
    signing_free(console);
    executing_free(console);
    places_free(console);
    frame_free(console->frame);
    terminal_stop(console->terminal);
    store_free(console->store);
    core_free(console->core);
    bool slow_ended = worker_free(console->slow, 500);
    if (slow_ended)
        journal_close(console->signing.journal);
    if (worker_free(console->hang, 100) && slow_ended)
        wire_free(console->wire);
    screen_set_free(console->screens);
    script_free(console);
    session_release(&console->session);
    if (console->signals >= 0)
        close(console->signals);
}

int console_run(const struct options *options)
{
    struct console *console = memory_new(sizeof *console);
    struct error error;
    console->options = options;
    console->signals = -1;
    console->desk_time = TIME_NONE;
    console->escape_due_us = INT64_MAX;
    if (begin(console, &error)) {
        console->dirty = true;
        loop_run(console);
    } else {
        console->opening = error;
        console->status = output_status(error.code);
    }
    finish(console);
    int status = console->status;
    if (console->opening.code != ERROR_NONE)
        command_fails(&console->opening);
    free(console);
    return status;
}
