/* The core's clock. Rules get the time as an argument; this is where it comes from. */
#ifndef DAYBOOK_CORE_CLOCK_H
#define DAYBOOK_CORE_CLOCK_H

#include "daybook/base/date.h"

/* The system's clock plus the milliseconds that stand in the file, read at every call, so that a
 * test can move time while the core runs. NULL, or no such file: the system's clock. */
time_us core_clock_now(const char *clock_file);

#endif
