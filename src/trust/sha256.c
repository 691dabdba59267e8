#include "daybook/trust/sha256.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "daybook/base/memory.h"

struct sha256 {
    EVP_MD_CTX *context;
};

void sha256_of(const void *data, size_t length, unsigned char out[SHA256_BYTES])
{
    struct sha256 *sha256 = sha256_new();
    sha256_add(sha256, data, length);
    sha256_finish(sha256, out);
    sha256_free(sha256);
}

const char *sha256_hex(const unsigned char digest[SHA256_BYTES], char out[SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[SHA256_HEX - 1] = '\0';
    return out;
}

struct sha256 *sha256_new(void)
{
    struct sha256 *sha256 = memory_new(sizeof *sha256);
    sha256->context = EVP_MD_CTX_new();
    /* SHA-256 is always in the default provider: only a missing allocation can fail here. */
    assert(sha256->context != NULL);
    int started = EVP_DigestInit_ex(sha256->context, EVP_sha256(), NULL);
    assert(started == 1);
    (void)started;
    return sha256;
}

void sha256_restart(struct sha256 *sha256)
{
    /* No digest named: the one that the context has, without looking it up again. */
    int started = EVP_DigestInit_ex(sha256->context, NULL, NULL);
    assert(started == 1);
    (void)started;
}

void sha256_free(struct sha256 *sha256)
{
    if (sha256 == NULL)
        return;
    EVP_MD_CTX_free(sha256->context);
    free(sha256);
}

void sha256_add(struct sha256 *sha256, const void *data, size_t length)
{
    int added = EVP_DigestUpdate(sha256->context, data, length);
    assert(added == 1);
    (void)added;
}

void sha256_finish(struct sha256 *sha256, unsigned char out[SHA256_BYTES])
{
    unsigned int length = 0;
    int finished = EVP_DigestFinal_ex(sha256->context, out, &length);
    assert(finished == 1 && length == SHA256_BYTES);
    (void)finished;
}
