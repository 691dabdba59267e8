#include "escape.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

enum { TERMINAL = STDIN_FILENO, ESCAPE = 0x1b };

/* What was before: a signal's handler has no other way to know. */
static struct termios before, keywise;
static volatile sig_atomic_t watching;

/* What ends the program, and last what suspends it. */
static const int numbers[] = {SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGTSTP};
enum { NUMBER_COUNT = sizeof numbers / sizeof numbers[0] };
static struct sigaction actions_before[NUMBER_COUNT];

/* Only the job in the foreground may change the modes: another one would be stopped for it. */
static bool in_foreground(void)
{
    return tcgetpgrp(TERMINAL) == getpgrp();
}

static void give_back(void)
{
    if (watching && in_foreground())
        (void)tcsetattr(TERMINAL, TCSANOW, &before);
}

static void on_end(int number)
{
    give_back();
    signal(number, SIG_DFL);
    raise(number);
}

static void on_suspend(int number)
{
    int kept = errno;
    (void)number;
    give_back();
    raise(SIGSTOP);
    /* Here the program was continued, perhaps in the background. */
    if (watching && in_foreground())
        (void)tcsetattr(TERMINAL, TCSANOW, &keywise);
    errno = kept;
}

static void take_signals(void)
{
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        struct sigaction action = {.sa_handler = numbers[i] == SIGTSTP ? on_suspend : on_end,
                                   .sa_flags = SA_RESTART};
        /* What was ignored (nohup) stays so. */
        if (sigaction(numbers[i], NULL, &actions_before[i]) == 0 &&
            actions_before[i].sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

bool escape_begin(void)
{
    if (watching || isatty(TERMINAL) != 1 || !in_foreground() ||
        tcgetattr(TERMINAL, &before) != 0)
        return watching;
    keywise = before;
    keywise.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keywise.c_cc[VMIN] = 1;
    keywise.c_cc[VTIME] = 0;
    watching = 1;
    take_signals();
    if (tcsetattr(TERMINAL, TCSADRAIN, &keywise) != 0)
        escape_end();
    return watching;
}

/* A key that sends more than Esc (an arrow, Alt and a letter) sends it at once: Esc comes alone. */
bool escape_pressed(void)
{
    char keys[64];
    bool pressed = false;
    struct pollfd terminal = {.fd = TERMINAL, .events = POLLIN};
    while (watching && in_foreground() && poll(&terminal, 1, 0) > 0) {
        ssize_t count = read(TERMINAL, keys, sizeof keys);
        if (count <= 0)
            break;
        pressed = pressed || (keys[count - 1] == ESCAPE);
    }
    return pressed;
}

void escape_end(void)
{
    if (!watching)
        return;
    give_back();
    watching = 0;
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        sigaction(numbers[i], &actions_before[i], NULL);
}
