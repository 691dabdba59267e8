/* The threads that talk to banks: they take due sends and queries from the database and record what
 * came of each. Any number of cores share the work on one database. */
#ifndef DAYBOOK_CORE_WORKER_H
#define DAYBOOK_CORE_WORKER_H

#include "config.h"
#include "daybook/base/error.h"

struct core_worker;

/* Starts config->workers threads, each with a connection of its own; 0 threads are none, and no
 * fault. A database that cannot be reached is no fault either: the threads try again. NULL with the
 * error set where the system refuses. config is borrowed until core_worker_stop(). */
struct core_worker *core_worker_start(const struct core_config *config, struct error *error);
/* Takes no more work, lets what was taken end within the banks' answer time, and waits for it. NULL
 * is allowed. */
void core_worker_stop(struct core_worker *worker);

#endif
