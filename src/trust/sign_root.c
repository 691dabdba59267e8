/* Certificates of signing keys: who is meant, and that the root meant it. */
#include <assert.h>
#include <errno.h>
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
#include "sign_inside.h"

enum { ROOT_FILE_MAX = 65536, US_PER_SECOND = 1000000, SPKI_PREFIX = 12, POINT = 32 };

static const char document_signing[] = "1.3.6.1.5.5.7.3.36"; /* RFC 9336 */

struct sign_root {
    X509 *certificate;
    X509_STORE *store;
};

/* --- the root */

X509 *sign_certificate_load(const char *path, struct error *error)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > ROOT_FILE_MAX) {
        error_set(error, ERROR_SYSTEM, _("certificate %s: it cannot be read"), path);
        return NULL;
    }
    BIO *bio = BIO_new_file(path, "r");
    X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    X509 *another = certificate != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    if (certificate != NULL && another == NULL)
        return certificate;
    error_set(error, ERROR_INPUT, _("certificate %s: it holds not exactly one certificate"), path);
    X509_free(certificate);
    X509_free(another);
    return NULL;
}

static bool root_is_good(X509 *certificate)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    char group[32] = "";
    size_t length = 0;
    if (key == NULL || !(X509_get_extension_flags(certificate) & EXFLAG_CA) ||
        X509_check_issued(certificate, certificate) != X509_V_OK ||
        X509_verify(certificate, key) != 1)
        return false;
    return EVP_PKEY_is_a(key, "ED25519") ||
           (EVP_PKEY_is_a(key, "EC") &&
            EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 &&
            (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0));
}

struct sign_root *sign_root_open(const char *path, struct error *error)
{
    X509 *certificate = sign_certificate_load(path, error);
    if (certificate == NULL)
        return NULL;
    X509_STORE *store = X509_STORE_new();
    if (!root_is_good(certificate) || store == NULL ||
        X509_STORE_add_cert(store, certificate) != 1) {
        ERR_clear_error();
        error_set(error, ERROR_INPUT,
                  _("certificate %s: it is no root with a P-256 or Ed25519 key"), path);
        X509_STORE_free(store);
        X509_free(certificate);
        return NULL;
    }
    struct sign_root *root = memory_new(sizeof *root);
    *root = (struct sign_root){certificate, store};
    return root;
}

void sign_root_free(struct sign_root *root)
{
    if (root == NULL)
        return;
    X509_STORE_free(root->store);
    X509_free(root->certificate);
    free(root);
}

bool sign_charter_verify(const struct sign_root *root, struct span charter, struct span signature,
                         struct error *error)
{
    EVP_PKEY *key = X509_get0_pubkey(root->certificate);
    const EVP_MD *digest = EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && charter.length > 0 &&
                EVP_DigestVerifyInit(context, NULL, digest, NULL, key) == 1 &&
                EVP_DigestVerify(context, (const unsigned char *)signature.data, signature.length,
                                 (const unsigned char *)charter.data, charter.length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good || error_set(error, ERROR_REFUSED,
                             _("the charter's signature is not the root's over these bytes"));
}

/* --- whose it is */

/* The one value of that kind in the subject; "" where there is none. False where there are two. */
static bool subject_value(X509 *certificate, int nid, char *out, size_t size)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    int first = X509_NAME_get_index_by_NID(subject, nid, -1);
    out[0] = '\0';
    if (first < 0)
        return true;
    if (X509_NAME_get_index_by_NID(subject, nid, first) >= 0)
        return false;
    unsigned char *text = NULL;
    int length = ASN1_STRING_to_UTF8(
        &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
    bool fits = length > 0 && (size_t)length < size && memchr(text, '\0', (size_t)length) == NULL;
    if (fits) {
        memcpy(out, text, (size_t)length);
        out[length] = '\0';
    }
    OPENSSL_free(text);
    return fits;
}

static bool is_name(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        bool small = *at >= 'a' && *at <= 'z';
        bool other = (*at >= '0' && *at <= '9') || *at == '_' || *at == '-';
        if (!small && (at == text || !other))
            return false;
    }
    return text[0] != '\0';
}

/* For signing documents and nothing else, and no authority's. */
static bool purpose_is_right(X509 *certificate)
{
    uint32_t flags = X509_get_extension_flags(certificate);
    if ((flags & (EXFLAG_CA | EXFLAG_INVALID)) != 0 || (flags & EXFLAG_KUSAGE) == 0 ||
        (X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) == 0)
        return false;
    EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
    bool right = false;
    if (usage != NULL && sk_ASN1_OBJECT_num(usage) == 1) {
        char number[64] = "";
        OBJ_obj2txt(number, sizeof number, sk_ASN1_OBJECT_value(usage, 0), 1);
        right = strcmp(number, document_signing) == 0;
    }
    EXTENDED_KEY_USAGE_free(usage);
    return right;
}

/* The key, and its fingerprint over the one form of SubjectPublicKeyInfo that RFC 8410 has. */
static bool read_key(X509 *certificate, struct sign_who *who)
{
    static const unsigned char prefix[SPKI_PREFIX] = {0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                                      0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};
    unsigned char *spki = NULL;
    unsigned char digest[SHA256_BYTES];
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
    bool right = length == SPKI_PREFIX + POINT && memcmp(spki, prefix, SPKI_PREFIX) == 0 &&
                 sign_point_is_good(spki + SPKI_PREFIX);
    if (right) {
        memcpy(who->point, spki + SPKI_PREFIX, POINT);
        sha256_of(spki, (size_t)length, digest);
        sha256_hex(digest, who->key);
    }
    OPENSSL_free(spki);
    return right;
}

bool sign_who_read(X509 *certificate, struct sign_who *who, struct error *error)
{
    *who = (struct sign_who){0};
    if (!subject_value(certificate, NID_commonName, who->login, sizeof who->login) ||
        !is_name(who->login))
        return error_set(error, ERROR_REFUSED, _("the signing certificate names no login"));
    if (!subject_value(certificate, NID_serialNumber, who->person, sizeof who->person) ||
        (who->person[0] != '\0' && !is_name(who->person)))
        return error_set(error, ERROR_REFUSED, _("the signing certificate names no person"));
    if (!purpose_is_right(certificate))
        return error_set(error, ERROR_REFUSED,
                         _("the certificate is not for signing documents, or not for that alone"));
    if (!read_key(certificate, who))
        return error_set(error, ERROR_REFUSED,
                         _("the signing certificate's key is no Ed25519 key that may be used"));
    return true;
}

/* --- that the root meant it */

static bool is_of_root(const struct sign_root *root, X509 *certificate, time_us at)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool good = false;
    if (context != NULL && X509_STORE_CTX_init(context, root->store, certificate, NULL) == 1) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_time(param, (time_t)(at / US_PER_SECOND));
        X509_VERIFY_PARAM_set_depth(param, 0); /* the root itself signed it, no one between */
        good = X509_verify_cert(context) == 1 &&
               sk_X509_num(X509_STORE_CTX_get0_chain(context)) == 2;
    }
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return good;
}

bool sign_certificate(const struct sign_root *root, struct span certificate, time_us at,
                      struct sign_who *who, struct error *error)
{
    const unsigned char *from = (const unsigned char *)certificate.data;
    const unsigned char *end = from + certificate.length;
    assert(root != NULL);
    *who = (struct sign_who){0};
    if (certificate.length == 0 || certificate.length > SIGN_CERTIFICATE_MAX)
        return error_set(error, ERROR_INPUT, _("the signing certificate is no certificate"));
    X509 *parsed = d2i_X509(NULL, &from, (long)certificate.length);
    bool good = false;
    if (parsed == NULL || from != end)
        error_set(error, ERROR_INPUT, _("the signing certificate is no certificate"));
    else if (!is_of_root(root, parsed, at))
        error_set(error, ERROR_REFUSED,
                  _("the signing certificate is not the root's, or not valid at that time"));
    else
        good = sign_who_read(parsed, who, error);
    X509_free(parsed);
    ERR_clear_error();
    if (!good)
        *who = (struct sign_who){0};
    return good;
}
