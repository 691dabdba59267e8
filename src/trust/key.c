#include "daybook/trust/key.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/asn1t.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"

struct key {
    int fd;
    size_t length;
    char *bytes; /* the memory file, mapped: locked here, wiped here */
    char path[32];
};

/* --- reading the file */

/* The whole file, from malloc; *length without the NUL that is added. */
static char *key_file_read(const char *path, size_t *length, struct stat *status,
                           struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || fstat(fd, status) != 0) {
        error_set(error, ERROR_SYSTEM, "key %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    char *text = memory_new(KEY_FILE_MAX + 1);
    size_t have = 0;
    ssize_t got;
    while (have <= KEY_FILE_MAX && (got = read(fd, text + have, KEY_FILE_MAX + 1 - have)) > 0)
        have += (size_t)got;
    close(fd);
    if (have > KEY_FILE_MAX || memchr(text, '\0', have) != NULL) {
        error_set(error, ERROR_INPUT, _("key %s: this is not a PEM file"), path);
        OPENSSL_cleanse(text, KEY_FILE_MAX + 1);
        free(text);
        return NULL;
    }
    *length = have;
    return text;
}

static void key_file_release(char *text)
{
    if (text != NULL)
        OPENSSL_cleanse(text, KEY_FILE_MAX + 1);
    free(text);
}

static bool key_text_is_protected(const char *text)
{
    return strstr(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL;
}

bool key_is_protected(const char *path, bool *is_protected, struct error *error)
{
    struct stat status;
    size_t length;
    char *text = key_file_read(path, &length, &status, error);
    if (text == NULL)
        return false;
    *is_protected = key_text_is_protected(text);
    key_file_release(text);
    return true;
}

/* --- how well it is protected */

/* PBKDF2's iterations of an encrypted PKCS#8 file; 0 where it is protected in another way. */
static int64_t key_iterations(const X509_SIG *protected_key)
{
    const X509_ALGOR *scheme = NULL;
    X509_SIG_get0(protected_key, &scheme, NULL);
    const ASN1_OBJECT *object = NULL;
    const void *value = NULL;
    int type = 0;
    X509_ALGOR_get0(&object, &type, &value, scheme);
    if (OBJ_obj2nid(object) != NID_pbes2 || type != V_ASN1_SEQUENCE)
        return 0;
    PBE2PARAM *outer = ASN1_item_unpack(value, ASN1_ITEM_rptr(PBE2PARAM));
    if (outer == NULL)
        return 0;
    int64_t iterations = 0;
    X509_ALGOR_get0(&object, &type, &value, outer->keyfunc);
    if (OBJ_obj2nid(object) == NID_id_pbkdf2 && type == V_ASN1_SEQUENCE) {
        PBKDF2PARAM *inner = ASN1_item_unpack(value, ASN1_ITEM_rptr(PBKDF2PARAM));
        if (inner != NULL && ASN1_INTEGER_get_int64(&iterations, inner->iter) != 1)
            iterations = 0;
        PBKDF2PARAM_free(inner);
    }
    PBE2PARAM_free(outer);
    return iterations;
}

static bool key_protection_is_enough(const char *path, const char *text, size_t length,
                                     struct error *error)
{
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    X509_SIG *protected_key = PEM_read_bio_PKCS8(bio, NULL, NULL, NULL);
    BIO_free(bio);
    if (protected_key == NULL)
        return error_set(error, ERROR_INPUT, _("key %s: this is not an encrypted PKCS#8 key"),
                         path);
    int64_t iterations = key_iterations(protected_key);
    X509_SIG_free(protected_key);
    if (iterations < KEY_ITERATIONS_MIN)
        return error_set(error, ERROR_REFUSED,
                         _("key %s: its passphrase is protected by fewer than %d iterations of "
                           "PBKDF2; protect it again with `openssl pkcs8 -topk8 -v2 aes-256-cbc "
                           "-iter %d`"), path, KEY_ITERATIONS_MIN, KEY_ITERATIONS_MIN);
    return true;
}

/* --- opening */

/* Never asks the terminal: OpenSSL's own callback would. */
static int key_passphrase(char *out, int size, int for_writing, void *context)
{
    (void)for_writing;
    const char *passphrase = context;
    size_t length = passphrase == NULL ? 0 : strlen(passphrase);
    if (length == 0 || length > (size_t)size)
        return -1;
    memcpy(out, passphrase, length);
    return (int)length;
}

static bool key_kind_is_right(const EVP_PKEY *pkey)
{
    if (EVP_PKEY_is_a(pkey, "ED25519"))
        return true;
    char group[32] = "";
    size_t length = 0;
    return EVP_PKEY_is_a(pkey, "EC") &&
           EVP_PKEY_get_group_name(pkey, group, sizeof group, &length) == 1 &&
           (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0);
}

static EVP_PKEY *key_decrypt(const char *path, const char *text, size_t length,
                             const char *passphrase, struct error *error)
{
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, key_passphrase, (void *)passphrase);
    BIO_free(bio);
    ERR_clear_error();
    if (pkey == NULL) {
        if (key_text_is_protected(text))
            error_set(error, ERROR_REFUSED, _("key %s: the passphrase does not open it"), path);
        else
            error_set(error, ERROR_INPUT, _("key %s: this is not a private key in PEM"), path);
    } else if (!key_kind_is_right(pkey)) {
        error_set(error, ERROR_INPUT, _("key %s: only Ed25519 and P-256 keys are used"), path);
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    return pkey;
}

/* --- the memory file */

static bool key_file_make(struct key *key, const char *bytes, size_t length, struct error *error)
{
    key->fd = memfd_create("daybook-key", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (key->fd < 0 || fchmod(key->fd, 0600) != 0 || ftruncate(key->fd, (off_t)length) != 0)
        return error_set(error, ERROR_SYSTEM, _("memory file for the key: %s"), strerror(errno));
    void *mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, key->fd, 0);
    if (mapped == MAP_FAILED)
        return error_set(error, ERROR_SYSTEM, _("memory file for the key: %s"), strerror(errno));
    key->bytes = mapped;
    key->length = length;
    (void)mlock(key->bytes, length);
    (void)madvise(key->bytes, length, MADV_DONTDUMP);
    memcpy(key->bytes, bytes, length);
    /* Not F_SEAL_WRITE: what cannot be written could not be wiped. */
    (void)fcntl(key->fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
    snprintf(key->path, sizeof key->path, "/proc/self/fd/%d", key->fd);
    return true;
}

static struct key *key_to_memory(EVP_PKEY *pkey, struct error *error)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *bytes = NULL;
    long length = 0;
    if (bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1)
        length = BIO_get_mem_data(bio, &bytes);
    struct key *key = memory_new(sizeof *key);
    key->fd = -1;
    bool made = false;
    if (length <= 0)
        error_set(error, ERROR_SYSTEM, _("the key cannot be kept in memory"));
    else
        made = key_file_make(key, bytes, (size_t)length, error);
    if (length > 0)
        OPENSSL_cleanse(bytes, (size_t)length);
    BIO_free(bio);
    if (!made) {
        key_free(key);
        return NULL;
    }
    return key;
}

static bool key_may_be_opened(const char *path, const char *text, size_t length,
                              const struct stat *status, const char *passphrase,
                              struct error *error)
{
    if (key_text_is_protected(text)) {
        if (passphrase == NULL)
            return error_set(error, ERROR_REFUSED, _("key %s: its passphrase is needed"), path);
        return key_protection_is_enough(path, text, length, error);
    }
    if (passphrase != NULL)
        return error_set(error, ERROR_REFUSED,
                         _("key %s: a person's key must be protected by a passphrase"), path);
    if ((status->st_mode & 077) != 0)
        return error_set(error, ERROR_REFUSED,
                         _("key %s: others can read it; set its mode to 0600"), path);
    return true;
}

struct key *key_open(const char *path, const char *passphrase, struct error *error)
{
    assert(path != NULL);
    struct stat status;
    size_t length;
    char *text = key_file_read(path, &length, &status, error);
    if (text == NULL)
        return NULL;
    struct key *key = NULL;
    if (key_may_be_opened(path, text, length, &status, passphrase, error)) {
        EVP_PKEY *pkey = key_decrypt(path, text, length, passphrase, error);
        if (pkey != NULL)
            key = key_to_memory(pkey, error);
        EVP_PKEY_free(pkey);
    }
    key_file_release(text);
    return key;
}

/* --- a seed */

/* PKCS8_decrypt() and what holds its result wipe what they release; the decoders behind
 * PEM_read_bio_PrivateKey() leave copies. */
static PKCS8_PRIV_KEY_INFO *key_info(const char *path, const char *text, size_t length,
                                     const char *passphrase, struct error *error)
{
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    PKCS8_PRIV_KEY_INFO *info = NULL;
    if (passphrase == NULL) {
        info = PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio, NULL, NULL, NULL);
    } else {
        X509_SIG *protected_key = PEM_read_bio_PKCS8(bio, NULL, NULL, NULL);
        if (protected_key != NULL)
            info = PKCS8_decrypt(protected_key, passphrase, (int)strlen(passphrase));
        X509_SIG_free(protected_key);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (info == NULL && passphrase != NULL)
        error_set(error, ERROR_REFUSED, _("key %s: the passphrase does not open it"), path);
    else if (info == NULL)
        error_set(error, ERROR_INPUT, _("key %s: this is not a private key in PEM"), path);
    return info;
}

/* RFC 8410: an octet string within the octet string. */
static bool key_info_seed(const PKCS8_PRIV_KEY_INFO *info, unsigned char seed[KEY_SEED])
{
    const ASN1_OBJECT *kind = NULL;
    const unsigned char *bytes = NULL;
    int length = 0;
    if (PKCS8_pkey_get0(&kind, &bytes, &length, NULL, info) != 1 ||
        OBJ_obj2nid(kind) != NID_ED25519 || length != KEY_SEED + 2 || bytes[0] != 0x04 ||
        bytes[1] != KEY_SEED)
        return false;
    memcpy(seed, bytes + 2, KEY_SEED);
    return true;
}

bool key_seed(const char *path, const char *passphrase, unsigned char seed[KEY_SEED],
              struct error *error)
{
    struct stat status;
    size_t length;
    char *text = key_file_read(path, &length, &status, error);
    PKCS8_PRIV_KEY_INFO *info = NULL;
    bool found = false;
    if (text == NULL)
        return false;
    if (key_may_be_opened(path, text, length, &status, passphrase, error))
        info = key_info(path, text, length, passphrase, error);
    if (info != NULL)
        found = key_info_seed(info, seed) ||
                error_set(error, ERROR_INPUT, _("key %s: only Ed25519 keys sign"), path);
    PKCS8_PRIV_KEY_INFO_free(info);
    key_file_release(text);
    return found;
}

void key_free(struct key *key)
{
    if (key == NULL)
        return;
    if (key->bytes != NULL) {
        OPENSSL_cleanse(key->bytes, key->length);
        munmap(key->bytes, key->length);
    }
    if (key->fd >= 0)
        close(key->fd);
    free(key);
}

const char *key_path(const struct key *key)
{
    return key->path;
}

struct span key_bytes(const struct key *key)
{
    return (struct span){key->bytes, key->length};
}
