/* The session: who works, against which database, with which key. */
#ifndef DAYBOOK_APP_SESSION_H
#define DAYBOOK_APP_SESSION_H

#include "daybook/store/config.h"
#include "daybook/store/connection.h"
#include "daybook/trust/key.h"
#include "daybook/trust/secret.h"
#include "daybook/wire/core.h"
#include "options.h"

enum {
    SESSION_STATEMENT_TIMEOUT_MS = 30000,
    SESSION_CONNECT_MS = 10000
};

struct session {
    struct config *config;
    struct secret *password, *passphrase; /* NULL where a service's key needs none */
    struct key *key;                      /* NULL until it is open */
    bool is_person;                       /* the key is protected: password and passphrase */
    char address[64];                     /* of the server, once looked up */
};

/* Reads the profile. Faults are told on stderr, all of them. */
bool session_configure(struct session *session, const struct options *options,
                       struct error *error);
void session_release(struct session *session); /* wipes secrets and key */

/* Reads password and passphrase from the descriptors of the options, or asks for them on the
 * terminal. */
bool session_ask_secrets(struct session *session, const struct options *options,
                         struct error *error);

/* The signing key's passphrase: the next line of --passphrase-fd, or asked for on the terminal. */
bool session_ask_signing(struct session *session, const struct options *options,
                         struct secret **passphrase, struct error *error);

/* Options of a connection; the key must be open. Borrows from the session. */
struct store_options session_store_options(const struct session *session);

/* The profile names a payment core. */
bool session_has_core(const struct session *session);
/* Its client; the key must be open and outlive it. NULL with the error set. */
struct core *session_core(const struct session *session, struct wire *wire, struct error *error);
/* For headless commands: reads the profile and opens the key, if that was not done yet. */
bool session_open_key(struct session *session, const struct options *options,
                      struct error *error);

/* For headless commands, which may wait: opens the key, looks the name up, connects. */
struct store *session_connect(struct session *session, const struct options *options,
                              int statement_timeout_ms, struct error *error);

#endif
