/* The server: HTTPS 1.1 with client certificates, on the HTTP library's own thread pool. Each
 * thread of the pool owns one connection to the database and runs one synchronous transaction. */
#ifndef DAYBOOK_CORE_HTTP_H
#define DAYBOOK_CORE_HTTP_H

#include "config.h"
#include "daybook/base/error.h"

struct core_server;

/* Listens and answers from now on; NULL with the error set. config is borrowed until stop. */
struct core_server *core_server_start(const struct core_config *config, struct error *error);
/* The port it listens on. */
int core_server_port(const struct core_server *server);
/* Takes no more connections, refuses new requests with 503, waits for the running ones at most
 * config->drain_ms, and ends. NULL is allowed. */
void core_server_stop(struct core_server *server);

#endif
