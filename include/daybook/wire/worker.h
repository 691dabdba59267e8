/* A worker thread for what may not be done on the loop: one for what may hang (name look-up,
 * PQcancel), one for what is only slow (key derivation, fsync). */
#ifndef DAYBOOK_WIRE_WORKER_H
#define DAYBOOK_WIRE_WORKER_H

#include <stdbool.h>

#include "daybook/wire/wait.h"

struct worker;

/* Its thread has all signals blocked and wakes `wire` whenever a piece of work is over. */
struct worker *worker_new(struct wire *wire, struct error *error);
/* Waits for the work under way at most wait_ms. False: a thread that still hangs is left to end
 * with the process, and so are its memory and `wire`, which must then not be freed. */
bool worker_free(struct worker *worker, int wait_ms);

/* Runs work(argument) on the thread, then over(argument) on the caller's from worker_collect().
 * over may be NULL. */
void worker_do(struct worker *worker, void (*work)(void *argument), void (*over)(void *argument),
               void *argument);
/* Runs what is over; true when something was. */
bool worker_collect(struct worker *worker);

#endif
