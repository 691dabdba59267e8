#include "daybook/trust/peer.h"

#include <string.h>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "daybook/base/text.h"

static bool is_of_name(char c, bool first)
{
    bool letter = c >= 'a' && c <= 'z';

    return letter || (!first && ((c >= '0' && c <= '9') || c == '_' || c == '-'));
}

static bool take_name(X509 *certificate, char name[PEER_NAME_MAX], struct error *error)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    unsigned char *text = NULL;

    if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, first) >= 0)
        return error_set(error, ERROR_REFUSED, "the certificate has not one common name");
    int length = ASN1_STRING_to_UTF8(
        &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
    bool fine = length > 0 && length < PEER_NAME_MAX;

    for (int i = 0; fine && i < length; i++)
        fine = is_of_name((char)text[i], i == 0);
    if (fine) {
        memcpy(name, text, (size_t)length);
        name[length] = '\0';
    }
    OPENSSL_free(text);
    return fine || error_set(error, ERROR_REFUSED, "the certificate's name is no login's");
}

bool peer_name(const void *der, size_t length, char name[PEER_NAME_MAX], struct error *error)
{
    const unsigned char *at = der;
    const unsigned char *end = at + length;
    X509 *certificate = d2i_X509(NULL, &at, (long)length);
    bool fine = false;

    name[0] = '\0';
    if (!certificate || at != end)
        error_set(error, ERROR_INPUT, "this is no certificate");
    else if (X509_get_extension_flags(certificate) & EXFLAG_CA)
        error_set(error, ERROR_REFUSED, "the certificate is an authority's");
    else if (!(X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE)
             || !(X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT))
        error_set(error, ERROR_REFUSED, "the certificate is not for clients");
    else
        fine = take_name(certificate, name, error);
    X509_free(certificate);
    return fine;
}
