/* The terminal: the only room with curses. It is started once, restored at any end. */
#ifndef DAYBOOK_TERM_TERMINAL_H
#define DAYBOOK_TERM_TERMINAL_H

#include "daybook/base/error.h"
#include "daybook/term/keys.h"
#include "daybook/term/surface.h"

enum terminal_color { COLOR_WHEN_AUTO, COLOR_WHEN_ALWAYS, COLOR_WHEN_NEVER };

enum terminal_theme {
    THEME_AUTO, /* the terminal's own palette */
    THEME_DARK,
    THEME_LIGHT,
    THEME_MONO,
    THEME_GREEN,
    THEME_HIGH_CONTRAST,
    THEME_DEUTERANOPIA,
    THEME_TRITANOPIA
};

struct terminal_options {
    enum terminal_color color; /* AUTO obeys NO_COLOR */
    enum terminal_theme theme;
    bool ascii; /* pictures in ASCII; also chosen where the locale is not UTF-8 */
};

struct terminal;

/* Takes over stdin and stdout: raw mode, alternate screen, bracketed paste. LC_CTYPE must be set
 * (base/language.h) and the environment scrubbed. An unknown TERM falls back to xterm-256color and
 * `note` (256 bytes) says so, else it is "". NULL with an error when stdin is no terminal. */
struct terminal *terminal_start(const struct terminal_options *options, char note[256],
                                struct error *error);
void terminal_stop(struct terminal *terminal); /* restores everything; frees; NULL is allowed */

/* For the handler of SIGSEGV, SIGABRT...: writes the reset sequences and the saved tty modes.
 * Async-signal-safe; does nothing when no terminal is started. */
void terminal_restore_in_handler(void);

/* Ctrl-Z: restore, then the caller stops the process; after SIGCONT continue. */
void terminal_suspend(struct terminal *terminal);
void terminal_continue(struct terminal *terminal);

void terminal_size(const struct terminal *terminal, int *rows, int *cols);
/* After SIGWINCH (signalfd): asks the size, tells curses and resizes the surface. */
void terminal_resize(struct terminal *terminal);

int terminal_input_fd(const struct terminal *terminal);
/* Reads what is there without waiting. 1 something was read, 0 nothing, -1 the terminal is gone. */
int terminal_read(struct terminal *terminal);
struct keys *terminal_keys(struct terminal *terminal); /* decode with keys_next() */
int terminal_escape_delay_ms(const struct terminal *terminal); /* for keys_expire(): ESCDELAY */

/* The surface of the terminal's size; draw into it, then show: only differences are written. */
struct surface *terminal_surface(struct terminal *terminal);
/* Shows nothing while the terminal takes no output; what is shown next makes up for it. */
void terminal_show(struct terminal *terminal);
void terminal_repaint(struct terminal *terminal); /* Ctrl-L: everything anew at the next show */
/* OSC 52, or through tmux when inside one (UI.md lesson 10). text is made printable. */
void terminal_copy(struct terminal *terminal, const char *text);

bool terminal_theme_find(const char *name, enum terminal_theme *theme);
const char *terminal_theme_name(enum terminal_theme theme);

#endif
