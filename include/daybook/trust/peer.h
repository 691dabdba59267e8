/* Who stands on the other side of a connection, by the certificate shown there. */
#ifndef DAYBOOK_TRUST_PEER_H
#define DAYBOOK_TRUST_PEER_H

#include <stddef.h>

#include "daybook/base/error.h"

enum { PEER_NAME_MAX = 64 /* bytes of a name, with the final NUL */ };

/* The name a client's certificate (DER) gives its owner: the one common name of its subject, small
 * letters, digits, - and _ only, beginning with a letter. The chain is verified elsewhere; here a
 * certificate of an authority, one without the purpose clientAuth, or with two names is refused. */
bool peer_name(const void *der, size_t length, char name[PEER_NAME_MAX], struct error *error);

#endif
