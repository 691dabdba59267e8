/* Signing and verifying messages: the purpose, then each part behind its length. */
#include "daybook/trust/sign.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/trust/key.h"
#include "sign_inside.h"

enum {
    MESSAGE_MAX = 4 << 20, /* bytes */
    SECURE_HEAP = 1 << 16, /* bytes: keys of one program that are open at once */
    SECURE_LEAST = 32
};

struct signer {
    EVP_PKEY *key; /* its secret part in OpenSSL's secure heap */
    struct sign_who who;
    unsigned char certificate[SIGN_CERTIFICATE_MAX];
    size_t certificate_length;
};

/* --- opening */

/* The secure heap is locked, left out of dumps, and wiped piece by piece as it is released. It is
 * made once for the program: OpenSSL keeps one. */
static pthread_once_t secure_heap_once = PTHREAD_ONCE_INIT;

static void secure_heap_make(void)
{
    if (CRYPTO_secure_malloc_initialized() == 0)
        (void)CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_LEAST);
}

static bool signer_take_certificate(struct signer *signer, const char *path, struct error *error)
{
    X509 *certificate = sign_certificate_load(path, error);
    if (certificate == NULL)
        return false;
    int length = i2d_X509(certificate, NULL);
    unsigned char *at = signer->certificate;
    bool fine = false;
    if (length <= 0 || length > SIGN_CERTIFICATE_MAX)
        error_set(error, ERROR_LIMIT, _("certificate %s: it is longer than %d bytes"), path,
                  SIGN_CERTIFICATE_MAX);
    else
        fine = sign_who_read(certificate, &signer->who, error);
    if (fine)
        signer->certificate_length = (size_t)i2d_X509(certificate, &at);
    X509_free(certificate);
    return fine || error_prefix(error, "%s", path);
}

static bool signer_take_key(struct signer *signer, const char *path, const char *passphrase,
                            struct error *error)
{
    unsigned char point[KEY_SEED];
    size_t length = sizeof point;
    unsigned char *seed = OPENSSL_secure_zalloc(KEY_SEED);
    if (seed == NULL)
        return error_set(error, ERROR_SYSTEM, _("the key cannot be kept in memory"));
    if (key_seed(path, passphrase, seed, error))
        signer->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, KEY_SEED);
    else
        length = 0;
    OPENSSL_secure_clear_free(seed, KEY_SEED);
    if (length == 0)
        return false;
    if (signer->key == NULL || EVP_PKEY_get_raw_public_key(signer->key, point, &length) != 1)
        return error_set(error, ERROR_SYSTEM, _("the key cannot be kept in memory"));
    return memcmp(point, signer->who.point, sizeof point) == 0 ||
           error_set(error, ERROR_INPUT, _("key %s: it is not the key of the certificate"), path);
}

struct signer *sign_open(const char *key_file, const char *certificate_file,
                         const char *passphrase, struct error *error)
{
    pthread_once(&secure_heap_once, secure_heap_make);
    struct signer *signer = memory_new(sizeof *signer);
    if (signer_take_certificate(signer, certificate_file, error) &&
        signer_take_key(signer, key_file, passphrase, error))
        return signer;
    ERR_clear_error();
    sign_close(signer);
    return NULL;
}

void sign_close(struct signer *signer)
{
    if (signer == NULL)
        return;
    EVP_PKEY_free(signer->key);
    free(signer);
}

const struct sign_who *sign_who(const struct signer *signer)
{
    return &signer->who;
}

struct span sign_certificate_of(const struct signer *signer)
{
    return (struct span){(const char *)signer->certificate, signer->certificate_length};
}

/* --- messages */

static bool put_part(struct buffer *message, struct span part)
{
    if (part.length > MESSAGE_MAX)
        return false;
    uint32_t length = (uint32_t)part.length;
    unsigned char prefix[4] = {(unsigned char)(length >> 24), (unsigned char)(length >> 16),
                               (unsigned char)(length >> 8), (unsigned char)length};
    return buffer_append(message, prefix, sizeof prefix) &&
           buffer_append(message, part.data, part.length);
}

static bool message_make(struct buffer *message, const char *purpose, const struct span *parts,
                         size_t count)
{
    buffer_init(message, MESSAGE_MAX);
    bool fits = buffer_append(message, purpose, strlen(purpose) + 1);
    for (size_t i = 0; fits && i < count; i++)
        fits = put_part(message, parts[i]);
    return fits;
}

bool sign_message(const struct signer *signer, const char *purpose, const struct span *parts,
                  size_t count, unsigned char out[SIGN_BYTES], struct error *error)
{
    struct buffer message;
    size_t length = SIGN_BYTES;
    assert(signer != NULL && signer->key != NULL);
    if (!message_make(&message, purpose, parts, count)) {
        buffer_free(&message);
        return error_set(error, ERROR_LIMIT, _("what is to be signed is longer than %d bytes"),
                         MESSAGE_MAX);
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made = context != NULL &&
                EVP_DigestSignInit(context, NULL, NULL, NULL, signer->key) == 1 &&
                EVP_DigestSign(context, out, &length, (const unsigned char *)message.data,
                               message.length) == 1 &&
                length == SIGN_BYTES;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    /* It is checked before it leaves: a fault while signing could give the key away. */
    made = made && sign_message_is_good(&signer->who, purpose, parts, count, out);
    buffer_free(&message);
    return made || error_set(error, ERROR_SYSTEM, _("the signature could not be made"));
}

bool sign_message_is_good(const struct sign_who *who, const char *purpose,
                          const struct span *parts, size_t count,
                          const unsigned char signature[SIGN_BYTES])
{
    struct buffer message;
    if (!sign_point_is_good(who->point) || !sign_scalar_is_good(signature + SIGN_BYTES / 2))
        return false;
    bool good = false;
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, who->point,
                                                sizeof who->point);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (message_make(&message, purpose, parts, count) && key != NULL && context != NULL)
        good = EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
               EVP_DigestVerify(context, signature, SIGN_BYTES,
                                (const unsigned char *)message.data, message.length) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    buffer_free(&message);
    return good;
}
