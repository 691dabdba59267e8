/* What the files of sign.h share. Private to the room. */
#ifndef DAYBOOK_TRUST_SIGN_INSIDE_H
#define DAYBOOK_TRUST_SIGN_INSIDE_H

#include <openssl/x509.h>

#include "daybook/trust/sign.h"

/* Who a certificate says it is, without asking who signed it. */
bool sign_who_read(X509 *certificate, struct sign_who *who, struct error *error);
/* The one certificate of a PEM file. NULL with the error. */
X509 *sign_certificate_load(const char *path, struct error *error);
/* An Ed25519 public key that can be one's own: canonical, not of small order. */
bool sign_point_is_good(const unsigned char point[32]);
/* S of a signature is below the order of the group. */
bool sign_scalar_is_good(const unsigned char scalar[32]);

#endif
