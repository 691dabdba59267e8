/* Certificates made in the test itself: a root, and whatever it would never sign in earnest. For
 * cmocka tests of trust. */
#ifndef DAYBOOK_TESTS_CERTIFICATES_H
#define DAYBOOK_TESTS_CERTIFICATES_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define DOCUMENT_SIGNING "1.3.6.1.5.5.7.3.36"

enum { CERTIFICATES_PATH = 256, DAY_S = 86400 };

/* What is to stand in a certificate; a zeroed field is left out or is the usual one. */
struct certificate_wish {
    const char *name, *second_name, *person;
    const char *purposes; /* of extendedKeyUsage, commas between */
    const char *usage;    /* keyUsage; NULL: digitalSignature */
    bool is_authority, no_usage;
    long from_s, to_s; /* from now; 0: a day ago, a year on */
};

static inline EVP_PKEY *make_p256(void)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    assert_non_null(key);
    return key;
}

/* Of a repeatable seed, so that a failing case is the same again. */
static inline EVP_PKEY *make_ed25519(unsigned char seed)
{
    unsigned char bytes[32];
    memset(bytes, seed, sizeof bytes);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes, sizeof bytes);
    assert_non_null(key);
    return key;
}

static inline void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static inline void add_name(X509_NAME *subject, const char *field, const char *value)
{
    if (value != NULL)
        assert_int_equal(X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                                    (const unsigned char *)value, -1, -1, 0), 1);
}

/* issuer NULL: signed by itself. */
static inline X509 *make_certificate(const struct certificate_wish *wish, EVP_PKEY *key,
                                     X509 *issuer, EVP_PKEY *issuer_key)
{
    static long serial = 1000;
    X509 *made = X509_new();
    assert_non_null(made);
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made), wish->from_s != 0 ? wish->from_s : -DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(made), wish->to_s != 0 ? wish->to_s : 365L * DAY_S);
    X509_NAME *subject = X509_get_subject_name(made);
    add_name(subject, "O", "Daybook tests");
    add_name(subject, "CN", wish->name);
    add_name(subject, "CN", wish->second_name);
    add_name(subject, "serialNumber", wish->person);
    X509_set_issuer_name(made, issuer != NULL ? X509_get_subject_name(issuer) : subject);
    assert_int_equal(X509_set_pubkey(made, key), 1);
    add_extension(made, issuer != NULL ? issuer : made, NID_basic_constraints,
                  wish->is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!wish->no_usage)
        add_extension(made, issuer, NID_key_usage,
                      wish->usage != NULL       ? wish->usage
                      : wish->is_authority ? "critical,keyCertSign"
                                           : "critical,digitalSignature");
    if (wish->purposes != NULL)
        add_extension(made, issuer, NID_ext_key_usage, wish->purposes);
    const EVP_MD *digest = EVP_PKEY_is_a(issuer_key, "ED25519") ? NULL : EVP_sha256();
    assert_true(X509_sign(made, issuer_key, digest) > 0);
    return made;
}

static inline size_t certificate_der(X509 *certificate, unsigned char *out, size_t size)
{
    unsigned char *at = out;
    int length = i2d_X509(certificate, NULL);
    assert_true(length > 0 && (size_t)length <= size);
    return (size_t)i2d_X509(certificate, &at);
}

static inline void write_certificate(const char *path, X509 *certificate)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
}

/* passphrase NULL: unprotected. */
static inline void write_key(const char *path, EVP_PKEY *key, const char *passphrase, mode_t mode)
{
    BIO *bio = BIO_new_file(path, "w");
    assert_non_null(bio);
    assert_int_equal(chmod(path, mode), 0);
    if (passphrase == NULL) {
        assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    } else {
        PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
        X509_ALGOR *scheme = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), 600000, NULL, 0, NULL,
                                               NID_hmacWithSHA256);
        X509_SIG *locked = PKCS8_set0_pbe(passphrase, (int)strlen(passphrase), info, scheme);
        assert_non_null(locked);
        assert_int_equal(PEM_write_bio_PKCS8(bio, locked), 1);
        X509_SIG_free(locked);
        PKCS8_PRIV_KEY_INFO_free(info);
    }
    BIO_free(bio);
}

#endif
