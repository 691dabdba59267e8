#include "tls.h"

#include <string.h>

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

bool core_tls_peer(gnutls_session_t session, char name[PEER_NAME_MAX], struct error *error)
{
    unsigned int count = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);

    name[0] = '\0';
    if (!chain || count == 0)
        return error_set(error, ERROR_REFUSED, "there is no certificate");
    return peer_name(chain[0].data, chain[0].size, name, error);
}
