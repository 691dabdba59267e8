/* Runs a program in a terminal made of libvterm and plays a script of keys to it.
 *
 *     terminal [-u] SCRIPT            -u writes the golden files instead of comparing
 *
 * A script has one command a line; `#` starts a comment:
 *     size 80x24                      of the terminal, before `run`
 *     set NAME VALUE                  environment of the program, before `run`
 *     run PROGRAM [ARGUMENT...]       $VARIABLES at the start of a word are replaced
 *     mask REGEX                      what matches is drawn as dots before comparing (a clock)
 *     key NAME...                     Enter, Esc, F6, Ctrl-B, Alt-1, PgDn, a character...
 *     type TEXT                       the characters of the rest of the line
 *     paste TEXT                      as a bracketed paste; \n and \e are line end and escape
 *     wait text TEXT                  until TEXT stands on the screen
 *     wait gone TEXT                  until it does not
 *     expect FILE                     until the screen is what FILE says
 *     cursor ROW COL                  until the cursor is there (from 0)
 *     resize 132x43
 *     colorless                       no cell has a colour of its own
 *     call PROGRAM [ARGUMENT...]      runs it beside the program, to its end, which must be good
 *     signal NAME                     HUP, TERM, SEGV, TSTP; CONT once the program has stopped
 *     restored                        alternate screen left and the tty's modes as they were
 *     exit CODE                       until the program ends so
 * Every wait is for a condition and ends with a fault after its deadline, never with a sleep. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "daybook/base/buffer.h"
#include "daybook/base/text.h"
#include "daybook/term/keys.h"

enum { WORDS = 32, LINE = 1024, MASKS = 8, DEADLINE_MS = 20000, SCREEN_BYTES = 512 * 1024 };

struct session {
    const char *script;
    int line;
    bool update;
    int rows, cols;
    VTerm *vterm;
    VTermScreen *screen;
    VTermPos cursor;
    bool alternate;
    int master, slave;
    bool heard; /* the last pump() read something */
    pid_t child;
    struct termios modes; /* before the program */
    char *environment[WORDS];
    size_t environment_count;
    regex_t masks[MASKS];
    size_t mask_count;
    char directory[LINE];
};

static void fail(const struct session *session, const char *what, const char *text)
{
    fprintf(stderr, "%s:%d: %s%s%s\n", session->script, session->line, what,
            text == NULL ? "" : ": ", text == NULL ? "" : text);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the screen as text */

static void add_row(struct session *session, struct buffer *out, int row)
{
    size_t start = out->length, end = start;
    for (int col = 0; col < session->cols; col++) {
        VTermScreenCell cell;
        VTermPos at = {.row = row, .col = col};
        vterm_screen_get_cell(session->screen, at, &cell);
        if (cell.chars[0] == (uint32_t)-1)
            continue;
        if (cell.chars[0] == 0)
            buffer_append_char(out, ' ');
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
            char bytes[4];
            size_t length = text_encode((int32_t)cell.chars[i], bytes);
            buffer_append(out, bytes, length);
        }
        if (cell.chars[0] != 0 && cell.chars[0] != ' ')
            end = out->length;
    }
    if (out->data != NULL) {
        out->length = end;
        out->data[end] = '\0';
    }
    buffer_append_char(out, '\n');
}

/* Matches of the masks become dots, line by line. */
static void mask_text(const struct session *session, char *text)
{
    for (char *line = text; *line != '\0';) {
        char *end = strchr(line, '\n');
        *end = '\0';
        for (size_t i = 0; i < session->mask_count; i++) {
            regmatch_t match;
            char *at = line;
            while (*at != '\0' && regexec(&session->masks[i], at, 1, &match, 0) == 0 &&
                   match.rm_eo > match.rm_so) {
                memset(at + match.rm_so, '.', (size_t)(match.rm_eo - match.rm_so));
                at += match.rm_eo;
            }
        }
        *end = '\n';
        line = end + 1;
    }
}

/* The whole screen, masked, and where the cursor stands. The caller frees it. */
static char *screen_text(struct session *session)
{
    struct buffer out;
    buffer_init(&out, SCREEN_BYTES);
    for (int row = 0; row < session->rows; row++)
        add_row(session, &out, row);
    buffer_printf(&out, "--- cursor %d %d\n", session->cursor.row, session->cursor.col);
    mask_text(session, out.data);
    return out.data;
}

static int on_move(VTermPos pos, VTermPos old, int visible, void *user)
{
    (void)old, (void)visible;
    ((struct session *)user)->cursor = pos;
    return 1;
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    if (property == VTERM_PROP_ALTSCREEN)
        ((struct session *)user)->alternate = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.movecursor = on_move, .settermprop = on_property};

/* --- the program */

/* Reads what the program wrote, waiting at most wait_ms for the first of it; false at its end. */
static bool pump(struct session *session, int wait_ms)
{
    char bytes[16384];
    struct pollfd ready = {.fd = session->master, .events = POLLIN};
    session->heard = false;
    if (session->master < 0)
        return false;
    if (poll(&ready, 1, wait_ms) <= 0)
        return true;
    ssize_t got = read(session->master, bytes, sizeof bytes);
    if (got <= 0)
        return got < 0 && (errno == EINTR || errno == EAGAIN);
    session->heard = true;
    vterm_input_write(session->vterm, bytes, (size_t)got);
    vterm_screen_flush_damage(session->screen);
    return true;
}

static bool start(struct session *session, char **words, size_t count)
{
    struct winsize size = {.ws_row = (unsigned short)session->rows,
                           .ws_col = (unsigned short)session->cols};
    words[count] = NULL;
    session->vterm = vterm_new(session->rows, session->cols);
    vterm_set_utf8(session->vterm, 1);
    session->screen = vterm_obtain_screen(session->vterm);
    vterm_screen_set_callbacks(session->screen, &callbacks, session);
    vterm_screen_enable_altscreen(session->screen, 1);
    vterm_screen_reset(session->screen, 1);
    int slave = -1;
    if (openpty(&session->master, &slave, NULL, NULL, &size) != 0)
        return false;
    tcgetattr(slave, &session->modes);
    session->child = fork();
    if (session->child == 0) {
        close(session->master);
        login_tty(slave);
        setenv("TERM", "xterm-256color", 1);
        unsetenv("TMUX");
        for (size_t i = 0; i < session->environment_count; i++)
            putenv(session->environment[i]);
        execvp(words[0], words);
        fprintf(stderr, "%s cannot be started: %s\n", words[0], strerror(errno));
        _exit(127);
    }
    /* The slave stays open in the driver, so that the modes can be read after the program's end. */
    fcntl(slave, F_SETFD, FD_CLOEXEC);
    session->slave = slave;
    fcntl(session->master, F_SETFD, FD_CLOEXEC);
    fcntl(session->master, F_SETFL, O_NONBLOCK);
    return session->child > 0;
}

static bool send_bytes(struct session *session, const char *bytes, size_t length)
{
    int64_t deadline = now_ms() + DEADLINE_MS;
    while (length > 0 && now_ms() < deadline) {
        ssize_t sent = write(session->master, bytes, length);
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno != EAGAIN && errno != EINTR) {
            return false;
        }
        pump(session, sent > 0 ? 0 : 10);
    }
    return length == 0;
}

/* --- commands */

typedef bool condition(struct session *session, const char *text);

static bool until(struct session *session, condition *holds, const char *text)
{
    int64_t deadline = now_ms() + DEADLINE_MS;
    while (!holds(session, text)) {
        int64_t left = deadline - now_ms();
        if (left <= 0)
            return false;
        if (!pump(session, (int)(left > 50 ? 50 : left)) && !holds(session, text))
            return false;
    }
    return true;
}

static bool shows(struct session *session, const char *text)
{
    char *screen = screen_text(session);
    bool found = strstr(screen, text) != NULL;
    free(screen);
    return found;
}

static bool shows_not(struct session *session, const char *text)
{
    return !shows(session, text);
}

static bool equals(struct session *session, const char *golden)
{
    char *screen = screen_text(session);
    bool equal = strcmp(screen, golden) == 0;
    free(screen);
    return equal;
}

static bool cursor_at(struct session *session, const char *place)
{
    char here[32];
    snprintf(here, sizeof here, "%d %d", session->cursor.row, session->cursor.col);
    return strcmp(here, place) == 0;
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    struct buffer out;
    buffer_init(&out, SCREEN_BYTES);
    for (int c; file != NULL && (c = fgetc(file)) != EOF;)
        buffer_append_char(&out, (char)c);
    if (file != NULL)
        fclose(file);
    return out.data;
}

/* Lines that differ, the golden one under the screen's. */
static void print_difference(const char *screen, const char *golden)
{
    for (int row = 0; *screen != '\0' || *golden != '\0'; row++) {
        size_t a = strcspn(screen, "\n"), b = strcspn(golden, "\n");
        if (a != b || memcmp(screen, golden, a) != 0)
            fprintf(stderr, "%3d is  |%.*s\n    want|%.*s\n", row, (int)a, screen, (int)b, golden);
        screen += a + (screen[a] == '\n');
        golden += b + (golden[b] == '\n');
    }
}

static bool expect(struct session *session, const char *name)
{
    char path[LINE * 2];
    snprintf(path, sizeof path, "%s%s", name[0] == '/' ? "" : session->directory, name);
    if (session->update) {
        /* No golden text to wait for yet: take the screen once the program is quiet. */
        for (int quiet = 0; quiet < 4; quiet = session->heard ? 0 : quiet + 1)
            pump(session, 100);
        char *screen = screen_text(session);
        FILE *file = fopen(path, "w");
        bool written = file != NULL && fputs(screen, file) >= 0 && fclose(file) == 0;
        free(screen);
        return written;
    }
    char *golden = read_text(path);
    if (golden == NULL) {
        fail(session, "there is no golden file", path);
        return false;
    }
    bool equal = until(session, equals, golden);
    if (!equal) {
        char *screen = screen_text(session);
        print_difference(screen, golden);
        free(screen);
        fail(session, "the screen is not", path);
    }
    free(golden);
    return equal;
}

static const struct {
    const char *name, *bytes;
} special_keys[] = {
    {"Enter", "\r"}, {"Esc", "\033"}, {"Tab", "\t"}, {"BackTab", "\033[Z"}, {"Space", " "},
    {"Backspace", "\177"}, {"Del", "\033[3~"}, {"Ins", "\033[2~"}, {"Up", "\033OA"},
    {"Down", "\033OB"}, {"Right", "\033OC"}, {"Left", "\033OD"}, {"Home", "\033OH"},
    {"End", "\033OF"}, {"PgUp", "\033[5~"}, {"PgDn", "\033[6~"}, {"F1", "\033OP"},
    {"F2", "\033OQ"}, {"F3", "\033OR"}, {"F4", "\033OS"}, {"F5", "\033[15~"}, {"F6", "\033[17~"},
    {"F7", "\033[18~"}, {"F8", "\033[19~"}, {"F9", "\033[20~"}, {"F10", "\033[21~"},
    {"F11", "\033[23~"}, {"F12", "\033[24~"}};

/* True when the program has read its keys and waits for something else: R is a program that the
 * machine keeps waiting, whose own short waits may all be over. */
static bool is_waiting(struct session *session, const char *text)
{
    char path[64], line[LINE] = "";
    int unread = 0;
    (void)text;
    if (ioctl(session->slave, FIONREAD, &unread) == 0 && unread > 0)
        return false;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)session->child);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return true;
    const char *got = fgets(line, sizeof line, file);
    fclose(file);
    const char *name_end = got == NULL ? NULL : strrchr(line, ')');
    return name_end == NULL || strchr("SZTX", name_end[2]) != NULL;
}

/* A key after Esc must not be read as Alt. The program gives an Esc its meaning a while after it
 * has read it: that while is counted from the reading, and then the program must wait again. */
static bool settle_escape(struct session *session)
{
    enum { ESCAPE_MS = 80 };
    if (!until(session, is_waiting, NULL))
        return false;
    for (int64_t left, heard_by = now_ms() + ESCAPE_MS; (left = heard_by - now_ms()) > 0;)
        pump(session, (int)left);
    return until(session, is_waiting, NULL);
}

static bool press(struct session *session, const char *name)
{
    char bytes[16];
    for (size_t i = 0; i < sizeof special_keys / sizeof special_keys[0]; i++) {
        if (strcmp(special_keys[i].name, name) != 0)
            continue;
        bool sent = send_bytes(session, special_keys[i].bytes, strlen(special_keys[i].bytes));
        return sent && (strcmp(name, "Esc") != 0 || settle_escape(session));
    }
    if (strncmp(name, "Ctrl-", 5) == 0 && name[5] != '\0') {
        bytes[0] = (char)(name[5] & 0x1f);
        return send_bytes(session, bytes, 1);
    }
    if (strncmp(name, "Alt-", 4) == 0 && name[4] != '\0') {
        snprintf(bytes, sizeof bytes, "\033%s", name + 4);
        return send_bytes(session, bytes, strlen(bytes));
    }
    return send_bytes(session, name, strlen(name));
}

static bool paste(struct session *session, const char *text)
{
    char bytes[LINE * 2] = "\033[200~";
    size_t length = strlen(bytes);
    for (; *text != '\0' && length < LINE; text++) {
        bool escaped = text[0] == '\\' && (text[1] == 'n' || text[1] == 'e');
        bytes[length++] = !escaped ? *text : text[1] == 'n' ? '\n' : '\033';
        text += escaped;
    }
    memcpy(bytes + length, "\033[201~", 7);
    return send_bytes(session, bytes, strlen(bytes));
}

static bool resize(struct session *session, const char *text)
{
    int rows = 0, cols = 0;
    if (sscanf(text, "%dx%d", &cols, &rows) != 2 || rows < 1 || cols < 1)
        return false;
    session->rows = rows;
    session->cols = cols;
    if (session->vterm == NULL)
        return true;
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    vterm_set_size(session->vterm, rows, cols);
    return ioctl(session->master, TIOCSWINSZ, &size) == 0;
}

/* True once the program has stopped; the stop is taken, so that each is answered once. */
static bool has_stopped(struct session *session, const char *text)
{
    siginfo_t info = {0};
    (void)text;
    return waitid(P_PID, (id_t)session->child, &info, WSTOPPED | WNOHANG) == 0 &&
           info.si_pid == session->child;
}

/* A program gives the terminal back before it stops: CONT in between would be lost on it, and it
 * would stand still for ever. */
static bool send_signal(struct session *session, const char *name)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"HUP", SIGHUP}, {"TERM", SIGTERM}, {"CONT", SIGCONT}, {"SEGV", SIGSEGV},
                   {"TSTP", SIGTSTP}};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (strcmp(signals[i].name, name) == 0)
            return (signals[i].number != SIGCONT || until(session, has_stopped, NULL)) &&
                   kill(session->child, signals[i].number) == 0;
    }
    return false;
}

/* The end of the program: its exit code, or 128 and the signal. */
static bool ended(struct session *session, const char *code)
{
    int status = 0;
    int64_t deadline = now_ms() + DEADLINE_MS;
    while (waitpid(session->child, &status, WNOHANG) == 0) {
        if (now_ms() > deadline)
            return false;
        pump(session, 10);
    }
    for (int64_t quiet = now_ms() + 20; now_ms() < quiet;)
        pump(session, 5);
    session->child = 0;
    int got = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    char text[16];
    snprintf(text, sizeof text, "%d", got);
    if (strcmp(text, code) != 0)
        fail(session, "the program ended with", text);
    return strcmp(text, code) == 0;
}

static bool is_restored(struct session *session, const char *text)
{
    struct termios modes;
    (void)text;
    return !session->alternate && tcgetattr(session->master, &modes) == 0 &&
           modes.c_lflag == session->modes.c_lflag && modes.c_iflag == session->modes.c_iflag &&
           modes.c_oflag == session->modes.c_oflag;
}

static bool add_mask(struct session *session, const char *text)
{
    return session->mask_count < MASKS &&
           regcomp(&session->masks[session->mask_count++], text, REG_EXTENDED) == 0;
}

/* Words between blanks; "quotes" hold blanks; $NAME is the environment's. */
static size_t split(char *line, char *words[WORDS + 1])
{
    size_t count = 0;
    while (*line != '\0' && count < WORDS) {
        while (*line == ' ')
            line++;
        if (*line == '\0')
            break;
        char stop = *line == '"' ? '"' : ' ';
        line += stop == '"';
        words[count++] = line;
        while (*line != '\0' && *line != stop)
            line++;
        if (*line != '\0')
            *line++ = '\0';
        char *value = words[count - 1][0] == '$' ? getenv(words[count - 1] + 1) : NULL;
        if (value != NULL)
            words[count - 1] = value;
    }
    return count;
}

static bool run_words(struct session *session, char *rest)
{
    char *words[WORDS + 1];
    size_t count = split(rest, words);
    return count > 0 && start(session, words, count);
}

static bool press_all(struct session *session, char *rest)
{
    char *words[WORDS + 1];
    size_t count = split(rest, words);
    bool sent = true;
    for (size_t i = 0; i < count && sent; i++)
        sent = press(session, words[i]);
    return sent;
}

static bool wait_for(struct session *session, char *rest)
{
    bool text = strncmp(rest, "text ", 5) == 0, gone = strncmp(rest, "gone ", 5) == 0;
    if ((text || gone) && until(session, text ? shows : shows_not, rest + 5))
        return true;
    char *screen = screen_text(session);
    fprintf(stderr, "%s", screen);
    free(screen);
    return false;
}

static bool set_environment(struct session *session, char *rest)
{
    char *value = strchr(rest, ' ');
    if (value == NULL || session->environment_count == WORDS)
        return false;
    *value = '=';
    session->environment[session->environment_count++] = strdup(rest);
    return true;
}

/* Whatever the screen says, it says without colour: reverse and bold are all that may differ. */
static bool is_colorless(struct session *session, const char *text)
{
    (void)text;
    for (int row = 0; row < session->rows; row++) {
        for (int col = 0; col < session->cols; col++) {
            VTermScreenCell cell;
            VTermPos at = {.row = row, .col = col};
            vterm_screen_get_cell(session->screen, at, &cell);
            if (!VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg))
                return false;
        }
    }
    return true;
}

static bool call(struct session *session, char *rest)
{
    char *words[WORDS + 1];
    size_t count = split(rest, words);
    if (count == 0)
        return false;
    words[count] = NULL;
    pid_t child = fork();
    if (child == 0) {
        execvp(words[0], words);
        _exit(127);
    }
    int status = 0;
    int64_t deadline = now_ms() + 3 * DEADLINE_MS;
    while (child > 0 && waitpid(child, &status, WNOHANG) == 0 && now_ms() < deadline) {
        if (session->master >= 0)
            pump(session, 10);
        else
            poll(NULL, 0, 10);
    }
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool perform(struct session *session, const char *command, char *rest)
{
    if (strcmp(command, "size") == 0 || strcmp(command, "resize") == 0)
        return resize(session, rest);
    if (strcmp(command, "set") == 0)
        return set_environment(session, rest);
    if (strcmp(command, "run") == 0)
        return run_words(session, rest);
    if (strcmp(command, "mask") == 0)
        return add_mask(session, rest);
    if (strcmp(command, "key") == 0)
        return press_all(session, rest);
    if (strcmp(command, "type") == 0)
        return send_bytes(session, rest, strlen(rest));
    if (strcmp(command, "paste") == 0)
        return paste(session, rest);
    if (strcmp(command, "wait") == 0)
        return wait_for(session, rest);
    if (strcmp(command, "expect") == 0)
        return expect(session, rest);
    if (strcmp(command, "cursor") == 0)
        return until(session, cursor_at, rest);
    if (strcmp(command, "colorless") == 0)
        return until(session, is_colorless, NULL);
    if (strcmp(command, "call") == 0)
        return call(session, rest);
    if (strcmp(command, "signal") == 0)
        return send_signal(session, rest);
    if (strcmp(command, "restored") == 0)
        return until(session, is_restored, NULL);
    return strcmp(command, "exit") == 0 && ended(session, rest);
}

static bool play(struct session *session, FILE *script)
{
    char line[LINE];
    while (fgets(line, sizeof line, script) != NULL) {
        session->line++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        char *rest = strchr(line, ' ');
        if (rest != NULL)
            *rest++ = '\0';
        char nothing[1] = "";
        if (!perform(session, line, rest == NULL ? nothing : rest)) {
            fail(session, line, rest);
            return false;
        }
    }
    return true;
}

static void finish(struct session *session)
{
    if (session->child > 0) {
        kill(session->child, SIGKILL);
        waitpid(session->child, NULL, 0);
    }
    for (size_t i = 0; i < session->mask_count; i++)
        regfree(&session->masks[i]);
    for (size_t i = 0; i < session->environment_count; i++)
        free(session->environment[i]);
    if (session->vterm != NULL)
        vterm_free(session->vterm);
}

int main(int argc, char **argv)
{
    struct session session = {.rows = 24, .cols = 80, .master = -1, .slave = -1};
    int at = 1;
    if (at < argc && strcmp(argv[at], "-u") == 0) {
        session.update = true;
        at++;
    }
    FILE *script = at < argc ? fopen(argv[at], "r") : NULL;
    if (script == NULL) {
        fprintf(stderr, "usage: terminal [-u] SCRIPT\n");
        return 2;
    }
    session.script = argv[at];
    const char *slash = strrchr(argv[at], '/');
    if (slash != NULL)
        snprintf(session.directory, sizeof session.directory, "%.*s",
                 (int)(slash - argv[at] + 1), argv[at]);
    signal(SIGPIPE, SIG_IGN);
    bool passed = play(&session, script);
    finish(&session);
    fclose(script);
    return passed ? 0 : 1;
}
