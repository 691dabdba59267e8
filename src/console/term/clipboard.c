/* The clipboard over ssh: OSC 52, or through tmux when inside one, which drops OSC 52 by
 * default. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daybook/base/buffer.h"
#include "daybook/base/memory.h"
#include "daybook/term/terminal.h"

enum { COPY_MAX = 32 * 1024 };

extern char **environ;

static void base64(struct buffer *out, const char *data, size_t length)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        unsigned group = 0;
        size_t count = length - i < 3 ? length - i : 3;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < count ? (unsigned char)data[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            buffer_append_char(out, j <= count ? digits[group >> (18 - 6 * j) & 63] : '=');
    }
}

static void write_osc52(const char *text, size_t length)
{
    struct buffer out;
    buffer_init(&out, COPY_MAX * 2);
    buffer_append_string(&out, "\033]52;c;");
    base64(&out, text, length);
    buffer_append_string(&out, "\a");
    ssize_t written = write(STDOUT_FILENO, out.data, out.length);
    (void)written; /* a terminal that is gone is noticed when it is read */
    buffer_free(&out);
}

/* The last child that hands text to tmux, collected at the next copy: nobody waits for it. */
static pid_t last_child;

static void collect_child(void)
{
    if (last_child > 0 && waitpid(last_child, NULL, WNOHANG) != 0)
        last_child = 0;
}

/* The pipe holds the text whole, so nothing waits. */
static bool give_tmux(const char *text, size_t length)
{
    static char name[] = "tmux", load[] = "load-buffer", option[] = "-w", input[] = "-";
    char *arguments[] = {name, load, option, input, NULL};
    int ends[2];
    pid_t child = 0;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    /* tmux reads its end in blocking mode; ours must not block. */
    fcntl(ends[0], F_SETFL, 0);
    bool started = posix_spawnp(&child, "tmux", &actions, &attributes, arguments, environ) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    last_child = started ? child : last_child;
    bool given = started && write(ends[1], text, length) == (ssize_t)length;
    close(ends[1]);
    return given;
}

void terminal_copy(struct terminal *terminal, const char *text)
{
    (void)terminal;
    char *safe = memory_new(COPY_MAX);
    size_t length = text_printable(safe, COPY_MAX, span_of(text));
    collect_child();
    bool in_tmux = getenv("TMUX") != NULL;
    if (!in_tmux || !give_tmux(safe, length))
        write_osc52(safe, length);
    free(safe);
}
