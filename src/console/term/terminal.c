/* The terminal: curses writes the differences, keys are read and decoded by ourselves. */
#include "daybook/term/terminal.h"

#include <assert.h>
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "theme.h"

enum { PAIRS = 17, RESET_BYTES = 256, ESCAPE_DELAY_MS = 25, LEAVE_S = 3 };

struct terminal {
    SCREEN *screen;
    struct surface surface;       /* what is to be shown */
    struct surface_cell *shown;   /* what curses was told last */
    struct keys keys;
    attr_t attributes[ROLE_COUNT];
    short pairs[ROLE_COUNT];
};

/* For the handler of a crash, which may call nothing that is not async-signal-safe: what to write
 * and which modes to set. Written once at start, before `handler_ready` is set. */
static struct {
    volatile sig_atomic_t ready;
    struct termios modes;
    char reset[RESET_BYTES];
    size_t reset_length;
} handler;

static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

static void write_all(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes += written;
        length -= (size_t)written;
    }
}

static void reset_add(const char *sequence)
{
    size_t length = sequence == NULL || sequence == (char *)-1 ? 0 : strlen(sequence);
    if (length <= RESET_BYTES - handler.reset_length) {
        memcpy(handler.reset + handler.reset_length, sequence == NULL ? "" : sequence, length);
        handler.reset_length += length;
    }
}

static void handler_prepare(void)
{
    handler.reset_length = 0;
    reset_add(paste_off);
    reset_add(exit_attribute_mode);
    reset_add(keypad_local);
    reset_add(cursor_normal);
    reset_add(exit_ca_mode);
    reset_add("\r\n");
    handler.ready = 1;
}

void terminal_restore_in_handler(void)
{
    if (!handler.ready)
        return;
    handler.ready = 0;
    write_all(handler.reset, handler.reset_length);
    tcsetattr(STDIN_FILENO, TCSANOW, &handler.modes);
}

/* Sequences that this terminal sends, as its terminfo entry says. */
static void learn_keys(struct keys *keys)
{
    static const struct {
        const char *capability;
        int32_t code;
    } table[] = {
        {.capability = "kcuu1", .code = INPUT_UP},    {.capability = "kcud1", .code = INPUT_DOWN},
        {.capability = "kcub1", .code = INPUT_LEFT},  {.capability = "kcuf1", .code = INPUT_RIGHT},
        {.capability = "khome", .code = INPUT_HOME},  {.capability = "kend", .code = INPUT_END},
        {.capability = "kpp", .code = INPUT_PAGE_UP},
        {.capability = "knp", .code = INPUT_PAGE_DOWN},
        {.capability = "kich1", .code = INPUT_INSERT},
        {.capability = "kdch1", .code = INPUT_DELETE},
        {.capability = "kcbt", .code = INPUT_BACKTAB}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *bytes = tigetstr(table[i].capability);
        if (bytes != (char *)-1)
            keys_learn(keys, bytes, table[i].code);
    }
    for (int n = 1; n <= 12; n++) {
        char capability[16];
        snprintf(capability, sizeof capability, "kf%d", n);
        const char *bytes = tigetstr(capability);
        if (bytes != (char *)-1)
            keys_learn(keys, bytes, INPUT_F(n));
    }
}

static attr_t style_attributes(struct style style)
{
    attr_t attributes = A_NORMAL;
    attributes |= style.flags & STYLE_BOLD ? A_BOLD : 0;
    attributes |= style.flags & STYLE_DIM ? A_DIM : 0;
    attributes |= style.flags & STYLE_REVERSE ? A_REVERSE : 0;
    attributes |= style.flags & STYLE_UNDERLINE ? A_UNDERLINE : 0;
    return attributes;
}

static bool color_wanted(const struct terminal_options *options)
{
    const char *no_color = getenv("NO_COLOR");
    if (options->color == COLOR_WHEN_NEVER || !has_colors())
        return false;
    return options->color == COLOR_WHEN_ALWAYS || no_color == NULL || no_color[0] == '\0';
}

static void prepare_styles(struct terminal *terminal, const struct terminal_options *options)
{
    bool color = color_wanted(options);
    if (color) {
        start_color();
        use_default_colors();
        for (short pair = 1; pair < PAIRS && pair < COLOR_PAIRS; pair++)
            init_pair(pair, (short)((pair - 1) % (COLORS > 0 ? COLORS : 8)), -1);
    }
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct style style = theme_style(options->theme, (enum text_role)role, color);
        terminal->attributes[role] = style_attributes(style);
        /* A bright colour that the palette lacks is its dark one in bold. */
        if (style.color >= 8 && COLORS <= 8)
            terminal->attributes[role] |= A_BOLD;
        terminal->pairs[role] = style.color < 0 ? 0 : (short)(style.color + 1);
    }
}

/* TERM as the environment says, or xterm-256color where ncurses does not know it. */
static const char *choose_type(char note[256])
{
    static const char fallback[] = "xterm-256color";
    const char *type = getenv("TERM");
    int status = 0;
    note[0] = '\0';
    if (type != NULL && type[0] != '\0' && setupterm(type, STDOUT_FILENO, &status) == OK) {
        del_curterm(cur_term); /* newterm() reads an entry of its own */
        return type;
    }
    char name[64];
    text_printable(name, sizeof name, span_of(type));
    snprintf(note, 256, "TERM=%s is unknown; %s is used.", name, fallback);
    return fallback;
}

static void screen_modes(void)
{
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
}

static void shown_forget(struct terminal *terminal)
{
    size_t count = (size_t)terminal->surface.rows * (size_t)terminal->surface.cols;
    terminal->shown = memory_resize(terminal->shown, count, sizeof *terminal->shown);
    memset(terminal->shown, 0xff, count * sizeof *terminal->shown);
}

struct terminal *terminal_start(const struct terminal_options *options, char note[256],
                                struct error *error)
{
    note[0] = '\0';
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(error, ERROR_USAGE, _("The console needs a terminal; "
                    "`daybook --help` says what works without one."));
        return NULL;
    }
    if (tcgetattr(STDIN_FILENO, &handler.modes) != 0) {
        error_set(error, ERROR_SYSTEM, _("The terminal's modes cannot be read: %s."),
                  strerror(errno));
        return NULL;
    }
    const char *type = choose_type(note);
    if (getenv("ESCDELAY") == NULL)
        set_escdelay(ESCAPE_DELAY_MS);
    SCREEN *screen = newterm(type, stdout, stdin);
    if (screen == NULL) {
        error_set(error, ERROR_SYSTEM, _("The terminal type %s cannot be used."), type);
        return NULL;
    }
    struct terminal *terminal = memory_new(sizeof *terminal);
    terminal->screen = screen;
    set_term(screen);
    screen_modes();
    prepare_styles(terminal, options);
    keys_init(&terminal->keys);
    learn_keys(&terminal->keys);
    surface_init(&terminal->surface, LINES, COLS);
    terminal->surface.ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    shown_forget(terminal);
    handler_prepare();
    write_all(paste_on, strlen(paste_on));
    return terminal;
}

static void leave(void)
{
    write_all(paste_off, strlen(paste_off));
    curs_set(1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &handler.modes);
}

void terminal_stop(struct terminal *terminal)
{
    if (terminal == NULL)
        return;
    handler.ready = 0;
    /* One that takes nothing is not waited for: the signal ends the program. */
    (void)alarm(LEAVE_S);
    leave();
    (void)alarm(0);
    delscreen(terminal->screen);
    keys_free(&terminal->keys);
    surface_free(&terminal->surface);
    free(terminal->shown);
    free(terminal);
}

void terminal_suspend(struct terminal *terminal)
{
    (void)terminal;
    handler.ready = 0;
    leave();
}

void terminal_continue(struct terminal *terminal)
{
    screen_modes();
    reset_prog_mode();
    screen_modes();
    handler.ready = 1;
    write_all(paste_on, strlen(paste_on));
    terminal_resize(terminal);
    terminal_repaint(terminal);
}

void terminal_size(const struct terminal *terminal, int *rows, int *cols)
{
    *rows = terminal->surface.rows;
    *cols = terminal->surface.cols;
}

void terminal_resize(struct terminal *terminal)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row, size.ws_col);
    surface_resize(&terminal->surface, LINES, COLS);
    shown_forget(terminal);
}

int terminal_input_fd(const struct terminal *terminal)
{
    (void)terminal;
    return STDIN_FILENO;
}

int terminal_read(struct terminal *terminal)
{
    char bytes[4096];
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    size_t room = KEYS_BYTES_MAX - terminal->keys.bytes.length;
    if (room == 0 || poll(&ready, 1, 0) <= 0)
        return 0;
    if (!(ready.revents & POLLIN))
        return -1;
    ssize_t got = read(STDIN_FILENO, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (got <= 0)
        return -1;
    keys_feed(&terminal->keys, bytes, (size_t)got);
    return 1;
}

struct keys *terminal_keys(struct terminal *terminal)
{
    return &terminal->keys;
}

int terminal_escape_delay_ms(const struct terminal *terminal)
{
    (void)terminal;
    return ESCDELAY;
}

struct surface *terminal_surface(struct terminal *terminal)
{
    return &terminal->surface;
}

static void show_cell(const struct terminal *terminal, int row, int col,
                      const struct surface_cell *cell)
{
    wchar_t text[4] = {0};
    cchar_t drawn;
    for (int i = 0; i < 3 && cell->characters[i] != 0; i++)
        text[i] = (wchar_t)cell->characters[i];
    setcchar(&drawn, text, terminal->attributes[cell->role], terminal->pairs[cell->role], NULL);
    mvadd_wch(row, col, &drawn);
}

static void show_row(struct terminal *terminal, int row)
{
    const struct surface *surface = &terminal->surface;
    size_t offset = (size_t)row * (size_t)surface->cols;
    size_t size = (size_t)surface->cols * sizeof *surface->cells;
    if (memcmp(surface->cells + offset, terminal->shown + offset, size) == 0)
        return;
    for (int col = 0; col < surface->cols; col++) {
        const struct surface_cell *cell = &surface->cells[offset + (size_t)col];
        if (cell->characters[0] != 0)
            show_cell(terminal, row, col, cell);
    }
    memcpy(terminal->shown + offset, surface->cells + offset, size);
}

/* curses writes until all is written: into a terminal that does not read, for ever. */
static bool takes_output(void)
{
    struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&ready, 1, 0) > 0 && (ready.revents & POLLOUT) != 0;
}

void terminal_show(struct terminal *terminal)
{
    const struct surface *surface = &terminal->surface;
    if (!takes_output())
        return;
    for (int row = 0; row < surface->rows; row++)
        show_row(terminal, row);
    bool visible = surface->cursor_row >= 0;
    curs_set(visible ? 1 : 0);
    /* The cursor goes last, so that it stands on the focus whatever was drawn (UI.md lesson 8). */
    if (visible)
        move(surface->cursor_row, surface->cursor_col);
    refresh();
}

void terminal_repaint(struct terminal *terminal)
{
    shown_forget(terminal);
    clearok(stdscr, TRUE);
}
