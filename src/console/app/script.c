/* --script FILE: the real program driven by a file, for tests. One step a line:
 *
 *     keys gx<Enter>       types; names of keys stand in <>, "<<" is a "<"
 *     wait                 until nothing is on its way: no rows, no action, no long work
 *     expect TEXT          TEXT must stand on the screen
 *     absent TEXT          TEXT must not
 *     dump FILE            writes the screen's rows as text
 *     quit
 *
 * Lines that start with # are for people. A step that fails ends the program with status 1. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "inside.h"
#include "output.h"

enum {
    SCRIPT_BYTES_MAX = 1 << 20,
    SCRIPT_WAIT_US = 60 * 1000000,
    ROW_BYTES = 8192
};

struct script {
    char *path;
    char *text;
    char *at;         /* the step that comes next */
    int line;
    int64_t wait_until_us; /* of a wait under way; 0: none */
};

bool script_open(struct console *console, const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(error, ERROR_USAGE, "%s: %s", path, strerror(errno));
    struct script *script = memory_new(sizeof *script);
    script->path = memory_copy_string(path);
    script->text = memory_new(SCRIPT_BYTES_MAX + 1);
    size_t have = 0;
    ssize_t got;
    while (have < SCRIPT_BYTES_MAX &&
           (got = read(fd, script->text + have, SCRIPT_BYTES_MAX - have)) > 0)
        have += (size_t)got;
    close(fd);
    script->at = script->text;
    console->script = script;
    return true;
}

void script_free(struct console *console)
{
    if (console->script == NULL)
        return;
    free(console->script->path);
    free(console->script->text);
    free(console->script);
    console->script = NULL;
}

static void script_fail(struct console *console, const char *what, const char *text)
{
    struct error error;
    error_set(&error, ERROR_INPUT, "%s:%d: %s%s", console->script->path, console->script->line,
              what, text);
    console_end_with(console, &error);
}

/* --- keys */

/* One key of the text; NULL where it is none. Returns what follows it. */
static const char *key_at(const char *text, int32_t *code)
{
    if (text[0] != '<') {
        size_t used;
        *code = text_decode(text, strlen(text), &used);
        return *code == TEXT_INVALID ? NULL : text + used;
    }
    if (text[1] == '<') {
        *code = '<';
        return text + 2;
    }
    const char *end = strchr(text, '>');
    char name[32];
    if (end == NULL || (size_t)(end - text) > sizeof name)
        return NULL;
    snprintf(name, sizeof name, "%.*s", (int)(end - text - 1), text + 1);
    if (strcmp(name, "Space") == 0)
        *code = ' ';
    else if (!keys_code(name, code))
        return NULL;
    return end + 1;
}

static void type_keys(struct console *console, const char *text)
{
    while (*text != '\0' && !console->over) {
        struct input_event event = {0};
        const char *rest = key_at(text, &event.code);
        if (rest == NULL) {
            script_fail(console, _("there is no such key: "), text);
            return;
        }
        effects_event(console, &event);
        rows_ask(console);
        text = rest;
    }
    console->dirty = true;
}

/* --- the screen */

static bool screen_has(struct console *console, const char *text)
{
    struct surface *surface = terminal_surface(console->terminal);
    char row[ROW_BYTES];
    for (int r = 0; r < surface->rows; r++) {
        surface_row_text(surface, r, row, sizeof row);
        if (strstr(row, text) != NULL)
            return true;
    }
    return false;
}

static void dump(struct console *console, const char *path)
{
    struct surface *surface = terminal_surface(console->terminal);
    char row[ROW_BYTES];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0;
    for (int r = 0; r < surface->rows && good; r++) {
        size_t length = surface_row_text(surface, r, row, sizeof row);
        good = write_all(fd, row, length) && write_all(fd, "\n", 1);
    }
    if (!good)
        script_fail(console, _("this cannot be written: "), path);
    if (fd >= 0)
        close(fd);
}

/* --- steps */

/* False while it must be waited. */
static bool wait_is_over(struct console *console)
{
    struct script *script = console->script;
    int64_t now_us = clock_monotonic_us();
    if (script->wait_until_us == 0)
        script->wait_until_us = now_us + SCRIPT_WAIT_US;
    if (!loop_idle(console)) {
        if (now_us > script->wait_until_us)
            script_fail(console, _("waited in vain"), "");
        return false;
    }
    script->wait_until_us = 0;
    return true;
}

static void step(struct console *console, char *line)
{
    char *space = strchr(line, ' ');
    const char *rest = space == NULL ? "" : space + 1;
    if (space != NULL)
        *space = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return;
    if (strcmp(line, "keys") == 0)
        type_keys(console, rest);
    else if (strcmp(line, "expect") == 0 && !screen_has(console, rest))
        script_fail(console, _("this is not on the screen: "), rest);
    else if (strcmp(line, "absent") == 0 && screen_has(console, rest))
        script_fail(console, _("this is on the screen: "), rest);
    else if (strcmp(line, "dump") == 0)
        dump(console, rest);
    else if (strcmp(line, "quit") == 0)
        console_end(console, 0);
    else if (strcmp(line, "expect") != 0 && strcmp(line, "absent") != 0)
        script_fail(console, _("there is no step "), line);
}

void script_turn(struct console *console)
{
    struct script *script = console->script;
    if (*script->at == '\0') {
        console_end(console, 0);
        return;
    }
    size_t length = strcspn(script->at, "\n");
    bool is_wait = length == 4 && memcmp(script->at, "wait", 4) == 0;
    if (is_wait && !wait_is_over(console))
        return;
    char *line = script->at;
    script->at += length + (script->at[length] == '\n');
    line[length] = '\0';
    script->line++;
    if (!is_wait)
        step(console, line);
    wire_wake(console->wire);
}
