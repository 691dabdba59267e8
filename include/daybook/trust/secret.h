/* Passphrases and passwords: in memory that is neither swapped nor dumped, wiped when released. */
#ifndef DAYBOOK_TRUST_SECRET_H
#define DAYBOOK_TRUST_SECRET_H

#include <stddef.h>

#include "daybook/base/error.h"

enum { SECRET_MAX = 1024 }; /* bytes, with the final NUL */

struct secret;

struct secret *secret_new(void);
void secret_free(struct secret *secret); /* wipes; NULL is allowed */

/* The text so far, NUL-terminated; owned by the secret. */
const char *secret_text(const struct secret *secret);
size_t secret_length(const struct secret *secret);

/* For typing: adds bytes, takes the last whole UTF-8 character back. False when it is full. */
bool secret_add(struct secret *secret, const char *bytes, size_t length);
void secret_drop_last(struct secret *secret);
void secret_clear(struct secret *secret);

/* Reads the first line of a descriptor (--password-fd, --passphrase-fd) without its line end, no
 * byte further: two secrets may follow each other on one descriptor. */
bool secret_read(struct secret *secret, int fd, struct error *error);

#endif
