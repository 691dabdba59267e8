/* The TLS side of a connection: who may come in, and what that client is called. */
#ifndef DAYBOOK_CORE_TLS_H
#define DAYBOOK_CORE_TLS_H

#include <gnutls/gnutls.h>

#include "daybook/trust/peer.h"

/* TLS 1.3 alone, with what everybody has. */
extern const char core_tls_priorities[];

/* Makes the handshake of this session require a certificate of the daemon's authority, in its time
 * of validity, for clients; without one it fails before a byte of HTTP is read. */
void core_tls_require(gnutls_session_t session);

/* The client's name; false, with the error set, where its certificate names nobody. */
bool core_tls_peer(gnutls_session_t session, char name[PEER_NAME_MAX], struct error *error);

#endif
