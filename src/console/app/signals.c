/* Signals: read from a descriptor by the one wait; faults go to a handler that gives the terminal
 * back. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "inside.h"

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/* The handler runs on a stack of its own: the fault may be that there is no stack left. */
static char fault_stack[64 * 1024];

static void on_fault(int number)
{
    terminal_restore_in_handler();
    /* SA_RESETHAND has put the default back: the process ends as it would have. */
    raise(number);
}

static void last_words(void)
{
    terminal_restore_in_handler();
}

static void catch_faults(void)
{
    stack_t stack = {.ss_sp = fault_stack, .ss_size = sizeof fault_stack};
    struct sigaction action = {.sa_handler = on_fault,
                               .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER)};
    (void)sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigaction(faults[i], &action, NULL);
    memory_on_exhausted(last_words);
}

bool signals_start(struct console *console, struct error *error)
{
    sigset_t taken;
    sigemptyset(&taken);
    sigaddset(&taken, SIGWINCH);
    sigaddset(&taken, SIGTERM);
    sigaddset(&taken, SIGHUP);
    sigaddset(&taken, SIGINT);
    sigaddset(&taken, SIGTSTP);
    sigaddset(&taken, SIGCONT);
    if (sigprocmask(SIG_BLOCK, &taken, NULL) != 0)
        return error_set(error, ERROR_SYSTEM, "sigprocmask: %s", strerror(errno));
    console->signals = signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
    if (console->signals < 0)
        return error_set(error, ERROR_SYSTEM, "signalfd: %s", strerror(errno));
    catch_faults();
    return true;
}

void signals_suspend(struct console *console)
{
    terminal_suspend(console->terminal);
    /* SIGTSTP itself is blocked and read from the descriptor; SIGSTOP cannot be. */
    (void)kill(getpid(), SIGSTOP);
    terminal_continue(console->terminal);
    console->dirty = true;
}

static void take(struct console *console, uint32_t number)
{
    switch (number) {
    case SIGWINCH:
        terminal_resize(console->terminal);
        break;
    case SIGTSTP:
        signals_suspend(console);
        break;
    case SIGCONT:
        /* Stopped by another's SIGSTOP: what is on the terminal is unknown. */
        terminal_continue(console->terminal);
        break;
    case SIGINT:
    case SIGTERM:
    case SIGHUP:
        console_end(console, 128 + (int)number);
        break;
    default:
        break;
    }
    console->dirty = true;
}

void signals_take(struct console *console)
{
    struct signalfd_siginfo info;
    while (!console->over && read(console->signals, &info, sizeof info) == (ssize_t)sizeof info)
        take(console, info.ssi_signo);
}
