/* Heads of the audit's chain (DESIGN.md 4): signed by the sealer's own Ed25519 key, checked with
 * its certificate, which the authority of the profile must have signed. */
#ifndef DAYBOOK_TRUST_SEAL_H
#define DAYBOOK_TRUST_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/trust/sha256.h"

enum { SEAL_SIGNATURE = 64 };

/* One link of the chain and who vouches for it. */
struct seal_head {
    int64_t seq;
    unsigned char hash[SHA256_BYTES];
    time_us at;
    char key[SHA256_HEX];           /* SHA-256 of the sealer's public key (SubjectPublicKeyInfo) */
    unsigned char signature[SEAL_SIGNATURE];
};

/* The sealer's key: PKCS#8 in PEM, Ed25519, readable by its owner alone. NULL: the error is set. */
struct seal_key;
struct seal_key *seal_key_open(const char *path, struct error *error);
void seal_key_free(struct seal_key *key); /* NULL is allowed */
/* Fills key and signature; seq, hash and at stand there. False where OpenSSL cannot. */
bool seal_sign(const struct seal_key *key, const char *environment, struct seal_head *head);

/* What heads are checked with: the sealer's certificate (PEM), signed by the authority `root`
 * (PEM), for signing documents and nothing else. Its time does not matter: heads are kept for
 * years. */
struct seal_trust;
struct seal_trust *seal_trust_open(const char *certificate, const char *root, struct error *error);
void seal_trust_free(struct seal_trust *trust); /* NULL is allowed */
bool seal_verify(const struct seal_trust *trust, const char *environment,
                 const struct seal_head *head);

/* A head as the witness keeps it, one line without its end: seq, hash, time, key, signature. */
enum { SEAL_LINE = 320 };
void seal_line_write(const struct seal_head *head, char out[SEAL_LINE]);
bool seal_line_read(const char *line, size_t length, struct seal_head *head);

#endif
