#include "daybook/trust/secret.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"

struct secret {
    size_t length;
    char text[SECRET_MAX];
};

struct secret *secret_new(void)
{
    struct secret *secret = memory_new(sizeof *secret);
    /* Without the right to lock (RLIMIT_MEMLOCK 0) the secret may be swapped; app forbids dumps. */
    (void)mlock(secret, sizeof *secret);
    return secret;
}

void secret_free(struct secret *secret)
{
    if (secret == NULL)
        return;
    OPENSSL_cleanse(secret, sizeof *secret);
    (void)munlock(secret, sizeof *secret);
    free(secret);
}

const char *secret_text(const struct secret *secret)
{
    return secret->text;
}

size_t secret_length(const struct secret *secret)
{
    return secret->length;
}

bool secret_add(struct secret *secret, const char *bytes, size_t length)
{
    assert(secret->length < SECRET_MAX);
    if (length >= SECRET_MAX - secret->length || memchr(bytes, '\0', length) != NULL)
        return false;
    memcpy(secret->text + secret->length, bytes, length);
    secret->length += length;
    secret->text[secret->length] = '\0';
    return true;
}

void secret_drop_last(struct secret *secret)
{
    while (secret->length > 0) {
        unsigned char last = (unsigned char)secret->text[--secret->length];
        secret->text[secret->length] = '\0';
        if ((last & 0xC0) != 0x80) /* not a continuation byte: the character is gone */
            return;
    }
}

void secret_clear(struct secret *secret)
{
    OPENSSL_cleanse(secret, sizeof *secret);
}

bool secret_read(struct secret *secret, int fd, struct error *error)
{
    secret_clear(secret);
    for (;;) {
        char byte;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, ERROR_SYSTEM, "descriptor %d: %s", fd, strerror(errno));
        if (got == 0 || byte == '\n')
            break;
        if (!secret_add(secret, &byte, 1))
            return error_set(error, ERROR_LIMIT,
                             _("descriptor %d: the secret is longer than %d bytes"), fd,
                             SECRET_MAX - 1);
    }
    if (secret->length > 0 && secret->text[secret->length - 1] == '\r')
        secret->text[--secret->length] = '\0';
    if (secret->length == 0)
        return error_set(error, ERROR_INPUT, _("descriptor %d gives no secret"), fd);
    return true;
}
