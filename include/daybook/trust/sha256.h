/* SHA-256: what identifies a file, a schema step, a digest of parsed lines. */
#ifndef DAYBOOK_TRUST_SHA256_H
#define DAYBOOK_TRUST_SHA256_H

#include <stddef.h>

enum {
    SHA256_BYTES = 32,
    SHA256_HEX = 65 /* lower-case digits and a final NUL */
};

void sha256_of(const void *data, size_t length, unsigned char out[SHA256_BYTES]);
const char *sha256_hex(const unsigned char digest[SHA256_BYTES], char out[SHA256_HEX]);

/* Piece by piece, for what does not fit in memory. After finish: restart or free. */
struct sha256;

struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *sha256); /* NULL is allowed */
void sha256_add(struct sha256 *sha256, const void *data, size_t length);
void sha256_finish(struct sha256 *sha256, unsigned char out[SHA256_BYTES]);
/* Begins another digest: much cheaper than a new one, for many small ones. */
void sha256_restart(struct sha256 *sha256);

#endif
