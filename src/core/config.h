/* paycore's configuration: one file, one `word value` a line, `#` starts a comment line. The
 * environment goes before it: PAYCORE_TLS_KEY stands for the word tls_key. A word that is not known
 * is a fault, not ignored. Relative paths are relative to the file's directory.
 *
 *     listen          127.0.0.1
 *     port            8443
 *     host            /run/postgresql
 *     database        daybook
 *     tls_certificate /etc/daybook/paycore-server.crt
 *     tls_key         /etc/daybook/paycore-server.key
 *     client_ca       /etc/daybook/root.crt
 */
#ifndef DAYBOOK_CORE_CONFIG_H
#define DAYBOOK_CORE_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "daybook/base/error.h"

enum {
    CORE_CONFIG_FILE_MAX = 65536, /* bytes */
    CORE_CONFIG_VALUE_MAX = 1024  /* bytes, with the final NUL */
};

struct core_config {
    char *path; /* where it was read from */

    /* The contract's side: HTTPS with client certificates. */
    char *listen; /* an address, not a name */
    int64_t port; /* 0: any free one, told in the log */
    char *tls_certificate, *tls_key;
    char *client_ca;     /* who may have signed a client's certificate */
    int64_t threads;     /* of the pool; each has one connection to the database */
    int64_t connections; /* of clients, at most */
    int64_t request_ms;  /* for a request to come in whole, and for an answer to be taken */
    int64_t idle_ms;     /* for the next request on a kept connection */
    int64_t drain_ms;    /* for running requests once the program was told to end */

    /* The database's side. */
    char *host;     /* a directory of unix sockets (it starts with '/'), or the name to verify */
    char *hostaddr; /* NULL: the name is looked up */
    int64_t database_port;
    char *database;
    char *user;
    char *certificate, *key, *root; /* needed where host is a name */
    int64_t statement_ms;           /* statement_timeout; an answer is waited for 2 s longer */

    /* The banks' side (core/worker.h). */
    char *worker;    /* this core's name in leases; NULL: host name and process */
    int64_t workers; /* threads; 0: this core sends and asks nothing */
    int64_t lease_ms;
    char *bank_ca;   /* who signed the banks' certificates; NULL: banks on plain loopback only */

    /* Corrections that people sign (core/correction.h); all four or none. */
    char *environment;
    char *sign_certificate, *sign_key, *sign_root, *charter;
    int64_t approve_s, execute_s; /* from the preview on */

    char *clock; /* a file with an offset in ms that moves the clock (core/clock.h): tests and
                    training only; NULL: the system's clock */
    char *log; /* debug, info, warning or error: the least that is told */
};

/* What is wrong, one at a time, all of it: "file:line: sentence". */
typedef void core_config_fault_fn(void *context, const char *fault);

/* NULL where anything was wrong; each fault was told, the first is in error. */
struct core_config *core_config_read(const char *path, core_config_fault_fn *fault, void *context,
                                     struct error *error);
void core_config_free(struct core_config *config); /* NULL is allowed */

/* The words with their meaning and default, for --help; NULL past the last. */
struct core_config_word {
    const char *word, *help;
    const char *standard; /* the default; NULL: none */
};
const struct core_config_word *core_config_word(size_t index);

#endif
