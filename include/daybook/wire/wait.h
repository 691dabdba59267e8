/* The one wait point (DESIGN.md 6): curl's transfers, the terminal, sockets of the database,
 * signals and the clock are waited for together, and other threads can end the wait. */
#ifndef DAYBOOK_WIRE_WAIT_H
#define DAYBOOK_WIRE_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daybook/base/error.h"

enum { WIRE_FDS_MAX = 14 };

struct wire;

/* One a program. NULL with the error set. */
struct wire *wire_new(struct error *error);
void wire_free(struct wire *wire); /* NULL is allowed */

struct wire_fd {
    int fd; /* -1: left out */
    bool read, write;
    bool ready; /* set by wire_wait(): readable, writable or broken */
};

/* Waits until a descriptor is ready, a transfer moves, wire_wake() was called or until_us (of
 * clock_monotonic_us(); INT64_MAX: for ever) has come. */
void wire_wait(struct wire *wire, struct wire_fd *fds, size_t count, int64_t until_us);

/* Ends the wait, now or the next one; from any thread. */
void wire_wake(struct wire *wire);

#endif
