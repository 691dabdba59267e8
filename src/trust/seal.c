#include "daybook/trust/seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"
#include "daybook/trust/encode.h"

static const char domain[] = "daybook-head-v1"; /* its NUL is signed too */

/* --- what is signed */

enum { SIGNED_MAX = 256 };

static size_t put_number(unsigned char *out, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (unsigned char)(number >> (8 * (bytes - 1 - i)));
    return bytes;
}

static size_t put_piece(unsigned char *out, const void *data, size_t length)
{
    size_t at = put_number(out, length, 4);
    memcpy(out + at, data, length);
    return at + length;
}

/* Every piece behind its length: environment, number, hash, time, key. */
static size_t signed_bytes(unsigned char out[SIGNED_MAX], const char *environment,
                           const struct seal_head *head)
{
    unsigned char number[8];
    size_t at = sizeof domain;
    size_t words = strlen(environment);
    memcpy(out, domain, sizeof domain);
    if (words > 32)
        return 0;
    at += put_piece(out + at, environment, words);
    put_number(number, (uint64_t)head->seq, 8);
    at += put_piece(out + at, number, 8);
    at += put_piece(out + at, head->hash, SHA256_BYTES);
    put_number(number, (uint64_t)head->at, 8);
    at += put_piece(out + at, number, 8);
    return at + put_piece(out + at, head->key, SHA256_HEX - 1);
}

/* The name of a key: SHA-256 of its SubjectPublicKeyInfo. */
static bool key_name(EVP_PKEY *pkey, char out[SHA256_HEX])
{
    unsigned char *der = NULL, digest[SHA256_BYTES];
    int length = i2d_PUBKEY(pkey, &der);
    if (length <= 0)
        return false;
    sha256_of(der, (size_t)length, digest);
    sha256_hex(digest, out);
    OPENSSL_free(der);
    return true;
}

/* --- the sealer */

struct seal_key {
    EVP_PKEY *pkey;
    char name[SHA256_HEX];
};

/* A service's key has no passphrase: nobody is asked. */
static int no_passphrase(char *out, int size, int for_writing, void *context)
{
    (void)out, (void)size, (void)for_writing, (void)context;
    return -1;
}

struct seal_key *seal_key_open(const char *path, struct error *error)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    if (file == NULL || fstat(fileno(file), &status) != 0) {
        error_set(error, ERROR_SYSTEM, "key %s: %s", path, strerror(errno));
        if (file != NULL)
            fclose(file);
        return NULL;
    }
    EVP_PKEY *pkey = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
    fclose(file);
    ERR_clear_error();
    struct seal_key *key = memory_new(sizeof *key);
    key->pkey = pkey;
    if ((status.st_mode & 077) != 0)
        error_set(error, ERROR_REFUSED, _("key %s: others can read it; set its mode to 0600"),
                  path);
    else if (pkey == NULL || !EVP_PKEY_is_a(pkey, "ED25519") || !key_name(pkey, key->name))
        error_set(error, ERROR_INPUT, _("key %s: this is not an Ed25519 key in PEM"), path);
    else
        return key;
    seal_key_free(key);
    return NULL;
}

void seal_key_free(struct seal_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

bool seal_sign(const struct seal_key *key, const char *environment, struct seal_head *head)
{
    unsigned char bytes[SIGNED_MAX];
    memcpy(head->key, key->name, sizeof head->key);
    size_t length = signed_bytes(bytes, environment, head);
    size_t made = sizeof head->signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = length > 0 && context != NULL &&
                EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) == 1 &&
                EVP_DigestSign(context, head->signature, &made, bytes, length) == 1 &&
                made == sizeof head->signature;
    EVP_MD_CTX_free(context);
    return good;
}

/* --- who checks */

struct seal_trust {
    EVP_PKEY *pkey;
    char name[SHA256_HEX];
};

static X509 *certificate_read(const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        error_set(error, ERROR_SYSTEM, "certificate %s: %s", path, strerror(errno));
        return NULL;
    }
    X509 *certificate = PEM_read_X509(file, NULL, no_passphrase, NULL);
    fclose(file);
    ERR_clear_error();
    if (certificate == NULL)
        error_set(error, ERROR_INPUT, _("certificate %s: this is not a certificate in PEM"), path);
    return certificate;
}

/* Document signing (RFC 9336) alone: a key that opens connections vouches for nothing. */
static bool certificate_signs_documents(X509 *certificate)
{
    EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
    char oid[64] = "";
    if (usage != NULL && sk_ASN1_OBJECT_num(usage) == 1)
        OBJ_obj2txt(oid, sizeof oid, sk_ASN1_OBJECT_value(usage, 0), 1);
    EXTENDED_KEY_USAGE_free(usage);
    return strcmp(oid, "1.3.6.1.5.5.7.3.36") == 0;
}

static bool certificate_is_signed(X509 *certificate, X509 *root)
{
    EVP_PKEY *authority = X509_get0_pubkey(root);
    bool good = authority != NULL && X509_check_ca(root) == 1 &&
                X509_check_issued(root, certificate) == X509_V_OK &&
                X509_verify(certificate, authority) == 1;
    ERR_clear_error();
    return good;
}

struct seal_trust *seal_trust_open(const char *certificate, const char *root, struct error *error)
{
    struct seal_trust *trust = NULL;
    X509 *own = certificate_read(certificate, error);
    X509 *authority = own == NULL ? NULL : certificate_read(root, error);
    if (authority != NULL) {
        EVP_PKEY *pkey = X509_get0_pubkey(own);
        trust = memory_new(sizeof *trust);
        if (!certificate_is_signed(own, authority) || !certificate_signs_documents(own) ||
            pkey == NULL || !EVP_PKEY_is_a(pkey, "ED25519") || !key_name(pkey, trust->name)) {
            error_set(error, ERROR_REFUSED, _("certificate %s: the authority did not sign it as a "
                                              "sealer's"), certificate);
            free(trust);
            trust = NULL;
        } else {
            EVP_PKEY_up_ref(pkey);
            trust->pkey = pkey;
        }
    }
    X509_free(own);
    X509_free(authority);
    return trust;
}

void seal_trust_free(struct seal_trust *trust)
{
    if (trust == NULL)
        return;
    EVP_PKEY_free(trust->pkey);
    free(trust);
}

bool seal_verify(const struct seal_trust *trust, const char *environment,
                 const struct seal_head *head)
{
    unsigned char bytes[SIGNED_MAX];
    size_t length = signed_bytes(bytes, environment, head);
    if (length == 0 || memcmp(head->key, trust->name, SHA256_HEX) != 0)
        return false;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL &&
                EVP_DigestVerifyInit(context, NULL, NULL, NULL, trust->pkey) == 1 &&
                EVP_DigestVerify(context, head->signature, sizeof head->signature, bytes,
                                 length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good;
}

/* --- the witness' lines */

void seal_line_write(const struct seal_head *head, char out[SEAL_LINE])
{
    char hash[SHA256_HEX], time[TIME_TEXT];
    int at = snprintf(out, SEAL_LINE, "%lld %s %s %s ", (long long)head->seq,
                      sha256_hex(head->hash, hash), time_text(head->at, time), head->key);
    for (size_t i = 0; i < SEAL_SIGNATURE; i++)
        at += snprintf(out + at, (size_t)(SEAL_LINE - at), "%02x", head->signature[i]);
}

static struct span next_word(struct span *rest)
{
    struct span word = {rest->data, 0};
    while (word.length < rest->length && word.data[word.length] != ' ')
        word.length++;
    size_t used = word.length + (word.length < rest->length);
    rest->data += used;
    rest->length -= used;
    return word;
}

bool seal_line_read(const char *line, size_t length, struct seal_head *head)
{
    struct span rest = {line, length};
    unsigned char name[SHA256_BYTES];
    char again[SEAL_LINE];
    *head = (struct seal_head){0};
    if (!text_to_int64(next_word(&rest), &head->seq) || head->seq <= 0 ||
        !hex_read_exactly(head->hash, SHA256_BYTES, next_word(&rest)) ||
        !time_parse(next_word(&rest), &head->at))
        return false;
    if (!hex_read_exactly(name, SHA256_BYTES, next_word(&rest)) ||
        !hex_read_exactly(head->signature, SEAL_SIGNATURE, next_word(&rest)) || rest.length != 0)
        return false;
    sha256_hex(name, head->key);
    /* One head is written in one way. */
    seal_line_write(head, again);
    return strlen(again) == length && memcmp(again, line, length) == 0;
}
