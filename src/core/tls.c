#include "tls.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <gnutls/x509.h>

const char core_tls_priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:%SERVER_PRECEDENCE";

/* Runs inside the handshake, once the client has sent its certificate. */
static int verify(gnutls_session_t session)
{
    static char client[] = GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st purpose = {
        .type = GNUTLS_DT_KEY_PURPOSE_OID,
        .data = (unsigned char *)client,
    };
    unsigned int status = ~0U;

    if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) != GNUTLS_CRT_X509)
        return GNUTLS_E_CERTIFICATE_ERROR;
    if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) < 0 || status != 0)
        return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
    return 0;
}

void core_tls_require(gnutls_session_t session)
{
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_function(session, verify);
}

/* --- sending */

enum { PARTS_MAX = 64 };

static size_t bytes_of(const giovec_t *parts, int count)
{
    size_t bytes = 0;

    for (int i = 0; i < count; i++)
        bytes += parts[i].iov_len;
    return bytes;
}

static void keep(struct core_tls_out *out, const giovec_t *parts, int count)
{
    for (int i = 0; i < count; i++) {
        memcpy(out->bytes + out->held, parts[i].iov_base, parts[i].iov_len);
        out->held += parts[i].iov_len;
    }
}

/* Takes bytes as write() does: fewer than given, or none with EAGAIN, where the socket is full.
 * What is held goes first; as long as some of it is left, nothing more is taken. */
static ssize_t push(gnutls_transport_ptr_t context, const giovec_t *parts, int count)
{
    struct core_tls_out *out = context;
    struct iovec all[1 + PARTS_MAX] = {{0}};
    bool hold = out->hold;

    out->hold = false;
    if (hold && bytes_of(parts, count) <= sizeof out->bytes - out->held) {
        keep(out, parts, count);
        return (ssize_t)bytes_of(parts, count);
    }
    if (count > PARTS_MAX)
        count = PARTS_MAX;
    memcpy(all + 1, parts, (size_t)count * sizeof *parts);
    for (;;) {
        bool first = out->held > 0;
        struct msghdr message = {
            .msg_iov = all + !first,
            .msg_iovlen = (size_t)count + first,
        };

        all[0] = (struct iovec){out->bytes, out->held};
        ssize_t sent = sendmsg(out->fd, &message, MSG_NOSIGNAL);

        if (sent < 0 || !first)
            return sent;
        size_t of_held = (size_t)sent < out->held ? (size_t)sent : out->held;

        out->held -= of_held;
        memmove(out->bytes, out->bytes + of_held, out->held);
        if ((size_t)sent > of_held)
            return sent - (ssize_t)of_held;
    }
}

void core_tls_send_through(gnutls_session_t session, struct core_tls_out *out, int fd)
{
    *out = (struct core_tls_out){.fd = fd};
    gnutls_transport_set_ptr2(session, gnutls_transport_get_ptr(session), out);
    gnutls_transport_set_vec_push_function(session, push);
}

bool core_tls_peer(gnutls_session_t session, char name[PEER_NAME_MAX], struct error *error)
{
    unsigned int count = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);

    name[0] = '\0';
    if (!chain || count == 0)
        return error_set(error, ERROR_REFUSED, "there is no certificate");
    return peer_name(chain[0].data, chain[0].size, name, error);
}
