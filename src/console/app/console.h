/* The console itself: terminal, loop, places. */
#ifndef DAYBOOK_APP_CONSOLE_H
#define DAYBOOK_APP_CONSOLE_H

#include "options.h"

/* Runs until the operator quits or the terminal is gone; the exit status. */
int console_run(const struct options *options);

#endif
