/* Signing keys: which certificates are believed, how keys are opened and that they leave no trace,
 * what the core and the root sign, and how signatures and digests are written. */
#include "table.h"

#include <sys/wait.h>

#include "signing.h"
#include "daybook/trust/words.h"

/* --- certificates */

static const struct bad_certificate {
    const char *why;
    struct certificate_wish wish;
} bad_certificates[] = {
    {"no purpose", {.name = "super1", .person = "p03"}},
    {"for connections", {.name = "super1", .person = "p03", .purposes = "clientAuth"}},
    {"for both", {.name = "super1", .person = "p03", .purposes = DOCUMENT_SIGNING ",clientAuth"}},
    {"for anything", {.name = "super1", .person = "p03", .purposes = "anyExtendedKeyUsage"}},
    {"for another", {.name = "super1", .person = "p03", .purposes = DOCUMENT_SIGNING ".1"}},
    {"an authority's", {.name = "super1", .person = "p03", .purposes = DOCUMENT_SIGNING,
                        .is_authority = true}},
    {"no key usage", {.name = "super1", .person = "p03", .purposes = DOCUMENT_SIGNING,
                      .no_usage = true}},
    {"not for signatures", {.name = "super1", .person = "p03", .purposes = DOCUMENT_SIGNING,
                            .usage = "critical,keyAgreement"}},
    {"over", {.name = "super1", .person = "p03", .purposes = DOCUMENT_SIGNING, .to_s = -60}},
    {"not yet", {.name = "super1", .person = "p03", .purposes = DOCUMENT_SIGNING, .from_s = 600}},
    {"two names", {.name = "super1", .second_name = "super2", .person = "p03",
                   .purposes = DOCUMENT_SIGNING}},
    {"no name", {.person = "p03", .purposes = DOCUMENT_SIGNING}},
    {"capitals", {.name = "Super1", .person = "p03", .purposes = DOCUMENT_SIGNING}},
    {"a person that is none", {.name = "super1", .person = "p 03", .purposes = DOCUMENT_SIGNING}},
};

static bool is_believed(X509 *certificate, time_us at)
{
    unsigned char der[SIGN_CERTIFICATE_MAX];
    struct sign_who who;
    struct error error;
    struct span bytes = {(const char *)der, certificate_der(certificate, der, sizeof der)};
    bool believed = sign_certificate(cast.root, bytes, at, &who, &error);
    assert_true(believed == (who.login[0] != '\0'));
    return believed;
}

static void only_certificates_for_this_are_believed(void **state)
{
    (void)state;
    struct certificate_wish usual = {.name = "super1", .person = "p03",
                                     .purposes = DOCUMENT_SIGNING};
    assert_true(is_believed(cast.certificates[SUPER1], cast.now));
    for (size_t i = 0; i < sizeof bad_certificates / sizeof bad_certificates[0]; i++) {
        X509 *made = make_certificate(&bad_certificates[i].wish, cast.keys[SUPER1],
                                      cast.root_certificate, cast.root_key);
        if (is_believed(made, cast.now))
            fail_msg("%s", bad_certificates[i].why);
        X509_free(made);
    }
    EVP_PKEY *p256 = make_p256();
    X509 *wrong_kind = make_certificate(&usual, p256, cast.root_certificate, cast.root_key);
    X509 *by_itself = make_certificate(&usual, cast.keys[SUPER1], NULL, cast.keys[SUPER1]);
    X509 *by_a_person = make_certificate(&usual, cast.keys[SUPER1], cast.certificates[CLERK1],
                                         cast.keys[CLERK1]);
    X509 *by_a_namesake = make_certificate(&usual, cast.keys[SUPER1], cast.root_certificate, p256);
    assert_false(is_believed(wrong_kind, cast.now));
    assert_false(is_believed(by_itself, cast.now));
    assert_false(is_believed(by_a_person, cast.now));
    assert_false(is_believed(by_a_namesake, cast.now));
    assert_false(is_believed(cast.root_certificate, cast.now));
    assert_false(is_believed(cast.certificates[SUPER1], cast.now - 3L * DAY_S * SECOND_US));
    assert_false(is_believed(cast.certificates[SUPER1], cast.now + 400L * DAY_S * SECOND_US));
    X509_free(wrong_kind);
    X509_free(by_itself);
    X509_free(by_a_person);
    X509_free(by_a_namesake);
    EVP_PKEY_free(p256);
}

static void bytes_round_a_certificate_are_refused(void **state)
{
    (void)state;
    struct span good = sign_certificate_of(cast.signers[SUPER1]);
    struct sign_who who;
    struct error error;
    unsigned char bytes[SIGN_CERTIFICATE_MAX] = {0};
    memcpy(bytes, good.data, good.length);
    for (size_t length = 0; length < good.length; length++)
        assert_false(sign_certificate(cast.root, (struct span){(const char *)bytes, length},
                                      cast.now, &who, &error));
    assert_false(sign_certificate(cast.root, (struct span){(const char *)bytes, good.length + 1},
                                  cast.now, &who, &error));
}

/* --- the core's signatures are for one thing each */

static void the_core_signs_documents_and_receipts(void **state)
{
    (void)state;
    static const char receipt[] = "request R2026112300001\ndocument 00\n";
    struct span document = {cast.document, cast.document_length}, text = span_of(receipt);
    struct span core = sign_certificate_of(cast.signers[CORE]);
    struct span clerk = sign_certificate_of(cast.signers[CLERK1]);
    unsigned char of_document[SIGN_BYTES], of_receipt[SIGN_BYTES], of_clerk[SIGN_BYTES];
    struct error error;
    assert_true(sign_document(cast.signers[CORE], document, of_document, &error));
    assert_true(sign_receipt(cast.signers[CORE], text, of_receipt, &error));
    assert_true(sign_document(cast.signers[CLERK1], document, of_clerk, &error));
    assert_true(sign_document_verify(cast.root, core, document, of_document, cast.now, &error));
    assert_true(sign_receipt_verify(cast.root, core, text, of_receipt, cast.now, &error));
    assert_false(sign_receipt_verify(cast.root, core, document, of_document, cast.now, &error));
    assert_false(sign_document_verify(cast.root, core, text, of_receipt, cast.now, &error));
    assert_false(sign_document_verify(cast.root, core, text, of_document, cast.now, &error));
    assert_false(sign_document_verify(cast.root, clerk, document, of_clerk, cast.now, &error));
    assert_false(sign_document_verify(cast.root, core, document, of_clerk, cast.now, &error));
    /* A core cannot decide as a person. */
    struct signature signature;
    assert_false(sign_decide(cast.signers[CORE], &cast.parsed, POLICY_APPROVE, &signature,
                             &error));
    for (size_t bit = 0; bit < 8 * SIGN_BYTES; bit++) {
        of_receipt[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_false(sign_receipt_verify(cast.root, core, text, of_receipt, cast.now, &error));
        of_receipt[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

static void a_charter_is_the_roots(void **state)
{
    (void)state;
    struct span charter = SPAN("format daybook-charter-1\n");
    unsigned char signature[128];
    size_t length = sizeof signature;
    struct error error;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, cast.root_key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &length,
                                    (const unsigned char *)charter.data, charter.length), 1);
    EVP_MD_CTX_free(context);
    struct span good = {(const char *)signature, length};
    assert_true(sign_charter_verify(cast.root, charter, good, &error));
    assert_false(sign_charter_verify(cast.root, SPAN("format daybook-charter-2\n"), good, &error));
    assert_false(sign_charter_verify(cast.root, (struct span){NULL, 0}, good, &error));
    for (size_t bit = 0; bit < 8 * length; bit++) {
        signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_false(sign_charter_verify(cast.root, charter, good, &error));
        signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

/* --- opening keys */

static enum error_code open_fails(const char *key, const char *certificate, const char *passphrase)
{
    struct error error = {0};
    struct signer *signer = sign_open(key, certificate, passphrase, &error);
    assert_null(signer);
    return error.code;
}

static void keys_are_opened_as_they_must_be(void **state)
{
    (void)state;
    char key[CERTIFICATES_PATH], certificate[CERTIFICATES_PATH], other[CERTIFICATES_PATH];
    struct error error;
    snprintf(key, sizeof key, "%s", path_of("locked", ".key"));
    snprintf(certificate, sizeof certificate, "%s", path_of("clerk1", ".crt"));
    snprintf(other, sizeof other, "%s", path_of("super1", ".crt"));
    write_key(key, cast.keys[CLERK1], "test only", 0600);
    struct signer *signer = sign_open(key, certificate, "test only", &error);
    if (signer == NULL)
        fail_msg("%s", error.message);
    assert_string_equal(sign_who(signer)->login, "clerk1");
    assert_string_equal(sign_who(signer)->person, "p01");
    assert_string_equal(sign_who(signer)->key, sign_who(cast.signers[CLERK1])->key);
    sign_close(signer);
    assert_int_equal(open_fails(key, certificate, "test onlz"), ERROR_REFUSED);
    assert_int_equal(open_fails(key, certificate, ""), ERROR_REFUSED);
    assert_int_equal(open_fails(key, certificate, NULL), ERROR_REFUSED);
    assert_int_equal(open_fails(key, other, "test only"), ERROR_INPUT);
    assert_int_equal(open_fails(key, path_of("root", ".crt"), "test only"), ERROR_REFUSED);
    assert_int_equal(open_fails(key, path_of("nobody", ".crt"), "test only"), ERROR_SYSTEM);
    assert_int_equal(open_fails(path_of("nobody", ".key"), certificate, NULL), ERROR_SYSTEM);
    unlink(key);
    write_key(key, cast.keys[CLERK1], NULL, 0644);
    assert_int_equal(open_fails(key, certificate, NULL), ERROR_REFUSED);
    unlink(key);
    write_key(key, cast.root_key, NULL, 0600);
    assert_int_equal(open_fails(key, certificate, NULL), ERROR_INPUT);
    unlink(key);
}

#if !defined(__SANITIZE_ADDRESS__)
/* How often the bytes that these are the complement of stand in what this process may write: they
 * are never written down themselves, and memory is read where it lies. */
static int count_in_memory(const unsigned char *complement, size_t length)
{
    char line[512];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[0] != 'r' ||
            rights[1] != 'w')
            continue;
        const unsigned char *at = (const unsigned char *)from;
        const unsigned char *end = (const unsigned char *)to;
        while ((size_t)(end - at) >= length &&
               (at = memchr(at, complement[0] ^ 0xFF, (size_t)(end - at))) != NULL &&
               (size_t)(end - at) >= length) {
            size_t same = 1;
            while (same < length && (at[same] ^ complement[same]) == 0xFF)
                same++;
            found += same == length;
            at++;
        }
    }
    fclose(maps);
    return found;
}

static unsigned char seed_byte(size_t i)
{
    return (unsigned char)(i * 37 + 11);
}

/* A locked key file and its certificate,
 made in a process of its own: this one never had the key. */
static void make_trace(const char *key)
{
    unsigned char *seed = OPENSSL_malloc(32);
    struct certificate_wish wish = {.name = "trace", .person = "p55", .purposes = DOCUMENT_SIGNING};
    for (size_t i = 0; i < 32; i++)
        seed[i] = seed_byte(i);
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    OPENSSL_clear_free(seed, 32);
    X509 *certificate = make_certificate(&wish, pkey, cast.root_certificate, cast.root_key);
    write_certificate(path_of("trace", ".crt"), certificate);
    write_key(key, pkey, "test only", 0600);
    X509_free(certificate);
    EVP_PKEY_free(pkey);
}

static void an_opened_key_leaves_no_trace(void **state)
{
    (void)state;
    char key[CERTIFICATES_PATH];
    unsigned char complement[16];
    struct error error;
    snprintf(key, sizeof key, "%s", path_of("trace", ".key"));
    for (size_t i = 0; i < sizeof complement; i++)
        complement[i] = seed_byte(i + 16) ^ 0xFF; /* of the half that no free block's links cover */
    pid_t child = fork();
    if (child == 0) {
        make_trace(key);
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(count_in_memory(complement, sizeof complement), 0);
    struct signer *signer = sign_open(key, path_of("trace", ".crt"), "test only", &error);
    assert_non_null(signer);
    /* Once, in the locked heap. */
    assert_int_equal(count_in_memory(complement, sizeof complement), 1);
    struct signature signature;
    assert_true(sign_decide(signer, &cast.parsed, POLICY_APPROVE, &signature, &error));
    assert_int_equal(count_in_memory(complement, sizeof complement), 1);
    sign_close(signer);
    assert_int_equal(count_in_memory(complement, sizeof complement), 0);
    unlink(key);
    unlink(path_of("trace", ".crt"));
}
#endif

/* --- forms */

/* The value of a name in a flat JSON object; from malloc. */
static char *member_of(const char *json, const char *name)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"%s\":\"", name);
    const char *at = strstr(json, wanted);
    assert_non_null(at);
    at += strlen(wanted);
    return memory_format("%.*s", (int)strcspn(at, "\""), at);
}

static void a_signature_is_read_as_it_was_written(void **state)
{
    (void)state;
    static const char *const names[] = {"decision", "login", "person", "key",
                                        "expiry", "nonce", "signature", "certificate"};
    static const char *const wrong[] = {"", "x", "APPROVE", "2026-11-25", "00", "zz==", NULL};
    struct signature good = decide(SUPER1, POLICY_APPROVE), again;
    struct buffer json;
    struct error error;
    char *values[8];
    buffer_init(&json, SIGN_JSON_MAX);
    assert_true(signature_write_json(&good, &json));
    for (size_t i = 0; i < 8; i++)
        values[i] = member_of(buffer_text(&json), names[i]);
    struct signature_words words = {values[0], values[1], values[2], values[3],
                                    values[4], values[5], values[6], values[7]};
    assert_true(signature_read(&again, &words, &error));
    assert_memory_equal(&good, &again, sizeof good);
    const char **fields[] = {&words.decision, &words.key, &words.expiry, &words.nonce,
                             &words.signature, &words.certificate};
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++)
        for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
            const char *before = *fields[f];
            *fields[f] = wrong[w];
            assert_false(signature_read(&again, &words, &error));
            *fields[f] = before;
        }
    for (size_t i = 0; i < 8; i++)
        free(values[i]);
    buffer_free(&json);
}

static void words_say_a_digest(void **state)
{
    (void)state;
    unsigned char digest[SHA256_BYTES] = {0};
    char first[WORDS_TEXT], other[WORDS_TEXT];
    assert_string_equal(words_of(digest, first), "baba baba baba baba baba baba");
    for (size_t bit = 0; bit < 72; bit++) {
        digest[bit / 8] ^= (unsigned char)(0x80 >> bit % 8);
        words_of(digest, other);
        assert_string_not_equal(first, other);
        /* Only the word of that bit. */
        size_t word = bit / 12;
        assert_memory_equal(first, other, word * 5);
        assert_string_equal(first + word * 5 + 4, other + word * 5 + 4);
        digest[bit / 8] ^= (unsigned char)(0x80 >> bit % 8);
    }
    memset(digest, 0xFF, sizeof digest);
    assert_string_equal(words_of(digest, first), "zuzu zuzu zuzu zuzu zuzu zuzu");
    sha256_of("abc", 3, digest);
    assert_string_equal(words_of(digest, first), "ronu majo ruva zabi suzo pibi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_certificates_for_this_are_believed),
        cmocka_unit_test(bytes_round_a_certificate_are_refused),
        cmocka_unit_test(the_core_signs_documents_and_receipts),
        cmocka_unit_test(a_charter_is_the_roots),
        cmocka_unit_test(keys_are_opened_as_they_must_be),
#if !defined(__SANITIZE_ADDRESS__)
        cmocka_unit_test(an_opened_key_leaves_no_trace),
#endif
        cmocka_unit_test(a_signature_is_read_as_it_was_written),
        cmocka_unit_test(words_say_a_digest),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
