/* The login key (DESIGN.md 3 a): a PKCS#8 file, passphrase-protected for people. It is opened once
 * and given to libpq as a memory file, so that a reconnect costs no key derivation. */
#ifndef DAYBOOK_TRUST_KEY_H
#define DAYBOOK_TRUST_KEY_H

#include "daybook/base/error.h"
#include "daybook/base/text.h"

enum {
    KEY_ITERATIONS_MIN = 600000, /* of PBKDF2; a weaker protection is refused */
    KEY_FILE_MAX = 65536         /* bytes */
};

enum { KEY_SEED = 32 }; /* bytes of an Ed25519 key's secret */

struct key;

/* Whether the file holds an encrypted key, so that a passphrase must be asked for. */
bool key_is_protected(const char *path, bool *is_protected, struct error *error);

/* Opens the key: Ed25519 or P-256. A protected one takes a quarter of a second: call this off the
 * main thread. passphrase may be NULL for a service's unprotected key, whose file must then be
 * readable by its owner alone. NULL with the error set: ERROR_REFUSED where the passphrase is
 * wrong. */
struct key *key_open(const char *path, const char *passphrase, struct error *error);
void key_free(struct key *key); /* wipes the memory file; NULL is allowed */

/* The secret of an Ed25519 key, under the same conditions, and nothing of it left in memory but
 * `seed`, which the caller wipes. What signs is opened so (trust/sign.h). */
bool key_seed(const char *path, const char *passphrase, unsigned char seed[KEY_SEED],
              struct error *error);

/* "/proc/self/fd/N": a 0600 memory file with the key unencrypted, its size sealed, locked in
 * memory, for this process alone. Lives until key_free(). */
const char *key_path(const struct key *key);
/* The same as bytes, for who takes no path (curl's SSLKEY_BLOB). Lives until key_free(). */
struct span key_bytes(const struct key *key);

#endif
