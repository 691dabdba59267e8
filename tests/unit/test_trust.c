/* Digests, secrets, and which login keys are opened. */
#include "table.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/trust/key.h"
#include "daybook/trust/secret.h"
#include "daybook/trust/sha256.h"

/* An Ed25519 key under the passphrase "test only", once with 600,000 iterations of PBKDF2 and once
 * with OpenSSL's own 2,048; a P-384 key, which is of the wrong kind; and one without protection.
 * They were made for this test and open nothing. */
static const char strong[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGcMFgGCSqGSIb3DQEFDTBLMCoGCSqGSIb3DQEFDDAdBAgZm5DZg2ctzgIDCSfA\n"
    "MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBAvSgmuoky0JoPnkAupRWb4BEAi\n"
    "6WoaTLpoKgW6vXXOM3yrtbrQSD9OnGjOH3zYc/YbAW1DfeeBOQ8+2uLCkAoOHSXb\n"
    "h/pkTqtP5FYtfdC4tPmv\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
static const char weak[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgaSORVk3dv5wICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEKxCKV8NdiijryvWQRNUOeQEQLA+\n"
    "+KB9zy6wo9VAFfFEbC/muWMzmO0jyxqFv/6sQwEbBmqXeZnqids/Vgi4YIwWlEEy\n"
    "PoMclPE47mYH+db0uhU=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
static const char wrong_kind[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDRWPis4Zd7ECthFoaN\n"
    "J56WKPajeEKHxyytCi+gwbMd841bnmPFM6qMZVtKTaijn4mhZANiAATurI5ddFOZ\n"
    "yt0dTlyGtkPnpAsMmENGAZROQIFYGUbLEWSTvVbJREl8mfjrY2mpItYZXQ5blin3\n"
    "67+/E8qCXPloAlH6x0XFrMshOXr34PBhUvn9nz4i6C4mcWFZ9Ug7XJw=\n"
    "-----END PRIVATE KEY-----\n";
static const char bare[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIMWhuc6py0R3+QH9aeTUNpL3jIL4k6hUTH4DJ5nG60IG\n"
    "-----END PRIVATE KEY-----\n";

static char path[] = "/tmp/daybook-key-XXXXXX";

static const char *file_with(const char *text, mode_t mode)
{
    snprintf(path, sizeof path, "/tmp/daybook-key-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

static void digests(void **state)
{
    (void)state;
    unsigned char whole[SHA256_BYTES], pieces[SHA256_BYTES];
    char hex[SHA256_HEX];
    sha256_of("abc", 3, whole);
    assert_string_equal(sha256_hex(whole, hex),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct sha256 *sha256 = sha256_new();
    for (size_t i = 0; i < 3; i++)
        sha256_add(sha256, &"abc"[i], 1);
    sha256_finish(sha256, pieces);
    sha256_free(sha256);
    assert_memory_equal(whole, pieces, SHA256_BYTES);
    sha256_of("", 0, whole);
    assert_string_equal(sha256_hex(whole, hex),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void secrets_are_typed(void **state)
{
    (void)state;
    struct secret *secret = secret_new();
    assert_true(secret_add(secret, "a\xE4\xB8\xAD", 4));
    secret_drop_last(secret);
    assert_string_equal(secret_text(secret), "a");
    assert_false(secret_add(secret, "\0", 1));
    char much[SECRET_MAX] = {0};
    memset(much, 'x', sizeof much);
    assert_false(secret_add(secret, much, sizeof much));
    assert_string_equal(secret_text(secret), "a");
    secret_drop_last(secret);
    secret_drop_last(secret);
    assert_int_equal(secret_length(secret), 0);
    secret_free(secret);
}

static void secrets_are_read_line_by_line(void **state)
{
    (void)state;
    int ends[2];
    struct secret *secret = secret_new();
    struct error error;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "one\r\ntwo", 8), 8);
    close(ends[1]);
    assert_true(secret_read(secret, ends[0], &error));
    assert_string_equal(secret_text(secret), "one");
    assert_true(secret_read(secret, ends[0], &error));
    assert_string_equal(secret_text(secret), "two");
    assert_false(secret_read(secret, ends[0], &error));
    close(ends[0]);
    assert_false(secret_read(secret, ends[0], &error));
    secret_free(secret);
}

static void a_key_is_opened_into_memory(void **state)
{
    (void)state;
    struct error error;
    struct stat status;
    bool is_protected = false;
    const char *file = file_with(strong, 0600);
    assert_true(key_is_protected(file, &is_protected, &error));
    assert_true(is_protected);
    struct key *key = key_open(file, "test only", &error);
    assert_non_null(key);
    unlink(file);
    assert_int_equal(stat(key_path(key), &status), 0);
    assert_true(S_ISREG(status.st_mode));
    assert_int_equal(status.st_mode & 0777, 0600);
    /* Its size is sealed. */
    assert_int_not_equal(truncate(key_path(key), 0), 0);
    char text[4096] = "";
    int fd = open(key_path(key), O_RDONLY);
    assert_true(read(fd, text, sizeof text - 1) > 0);
    close(fd);
    assert_non_null(strstr(text, "-----BEGIN PRIVATE KEY-----"));
    key_free(key);
}

static void key_refused(const char *text, mode_t mode, const char *passphrase,
                        enum error_code code)
{
    struct error error;
    const char *file = file_with(text, mode);
    struct key *key = key_open(file, passphrase, &error);
    unlink(file);
    assert_null(key);
    assert_int_equal(error.code, code);
}

static void other_keys_are_refused(void **state)
{
    (void)state;
    key_refused(strong, 0600, "wrong", ERROR_REFUSED);
    key_refused(strong, 0600, "", ERROR_REFUSED);
    key_refused(strong, 0600, NULL, ERROR_REFUSED);
    key_refused(weak, 0600, "test only", ERROR_REFUSED);
    key_refused(bare, 0600, "test only", ERROR_REFUSED);
    key_refused(bare, 0644, NULL, ERROR_REFUSED);
    key_refused(wrong_kind, 0600, NULL, ERROR_INPUT);
    key_refused("no key at all\n", 0600, NULL, ERROR_INPUT);
    key_refused("", 0600, NULL, ERROR_INPUT);
    struct error error;
    assert_null(key_open("/nonexistent/key", NULL, &error));
    struct key *key = key_open(file_with(bare, 0600), NULL, &error);
    unlink(path);
    assert_non_null(key);
    key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),
        cmocka_unit_test(secrets_are_typed),
        cmocka_unit_test(secrets_are_read_line_by_line),
        cmocka_unit_test(a_key_is_opened_into_memory),
        cmocka_unit_test(other_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
