/* The TLS side of a connection: who may come in, and what that client is called. */
#ifndef DAYBOOK_CORE_TLS_H
#define DAYBOOK_CORE_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include <gnutls/gnutls.h>

#include "daybook/trust/peer.h"

/* TLS 1.3 alone, with what everybody has. */
extern const char core_tls_priorities[];

/* Makes the handshake of this session require a certificate of the daemon's authority, in its time
 * of validity, for clients; without one it fails before a byte of HTTP is read. */
void core_tls_require(gnutls_session_t session);

enum { TLS_HELD_MAX = 1024 }; /* bytes of a record that waits for the next one */

/* Where a session's records go. The HTTP library sends the head of an answer and its body as two
 * records, each with a call and a segment of its own; with `hold` the next record waits for the one
 * behind it and both go out in one call. */
struct core_tls_out {
    int fd;
    bool hold; /* set only where a second record is sure to follow */
    size_t held;
    unsigned char bytes[TLS_HELD_MAX];
};

/* Sends this session's records through `out`, which must live as long as the session sends. Reads
 * go on as before. */
void core_tls_send_through(gnutls_session_t session, struct core_tls_out *out, int fd);

/* The client's name; false, with the error set, where its certificate names nobody. */
bool core_tls_peer(gnutls_session_t session, char name[PEER_NAME_MAX], struct error *error);

#endif
