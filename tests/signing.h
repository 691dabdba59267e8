/* People with signing keys, a root that signed them, a charter that names them and a document. For
 * cmocka tests of signatures; set_up() and tear_down() are their group's. */
#ifndef DAYBOOK_TESTS_SIGNING_H
#define DAYBOOK_TESTS_SIGNING_H

#include "certificates.h"
#include "daybook/base/memory.h"
#include "daybook/trust/sign.h"

enum { SECOND_US = 1000000 };

/* --- the cast */

enum who { CLERK1, SUPER1, SUPER2, SUPER1_AGAIN, STRANGER, CORE, CAST };

static const struct member {
    const char *login, *person, *roles;
} members[CAST] = {
    [CLERK1] = {"clerk1", "p01", "clearing"},
    [SUPER1] = {"super1", "p03", "supervisor"},
    [SUPER2] = {"super2", "p04", "supervisor"},
    [SUPER1_AGAIN] = {"super1b", "p03", "supervisor"}, /* one person, two logins */
    [STRANGER] = {"stranger", "p99", NULL},            /* a certificate, but in no charter */
    [CORE] = {SIGN_CORE, NULL, NULL},
};

static struct {
    char directory[32];
    EVP_PKEY *root_key, *keys[CAST];
    X509 *root_certificate, *certificates[CAST];
    struct sign_root *root;
    struct signer *signers[CAST];
    struct policy *policy;
    char *document; /* tests/unit/document.txt */
    size_t document_length;
    struct document parsed;
    time_us now;
} cast;

static inline const char *path_of(const char *name, const char *ending)
{
    static char paths[4][CERTIFICATES_PATH];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s%s", cast.directory, name, ending);
    return paths[next];
}

static inline void make_member(enum who who)
{
    struct error error;
    const char *login = members[who].login;
    struct certificate_wish wish = {
        .name = login, .person = members[who].person, .purposes = DOCUMENT_SIGNING};
    cast.keys[who] = make_ed25519((unsigned char)(who + 1));
    cast.certificates[who] = make_certificate(&wish, cast.keys[who], cast.root_certificate,
                                              cast.root_key);
    write_certificate(path_of(login, ".crt"), cast.certificates[who]);
    write_key(path_of(login, ".key"), cast.keys[who], NULL, 0600);
    cast.signers[who] = sign_open(path_of(login, ".key"), path_of(login, ".crt"), NULL, &error);
    if (cast.signers[who] == NULL)
        fail_msg("%s: %s", login, error.message);
}

static inline struct policy *make_policy(const char *environment)
{
    struct buffer charter;
    struct error error;
    buffer_init(&charter, 65536);
    buffer_printf(&charter,
                  "format daybook-charter-1\nenvironment %s\nmade_at 2026-01-01T00:00:00Z\n"
                  "operators 4\n", environment);
    for (enum who who = CLERK1; who <= SUPER1_AGAIN; who++)
        buffer_printf(&charter, "operator.%d %s %s %s * %s\n", who + 1, members[who].login,
                      members[who].person, members[who].roles, sign_who(cast.signers[who])->key);
    buffer_append_string(&charter, "tiers 2\ntier.1 * CNY 0 1\ntier.2 * CNY 5000001 2\ncaps 0\n");
    struct policy *policy =
        policy_charter((struct span){buffer_text(&charter), charter.length}, &error);
    if (policy == NULL)
        fail_msg("%s", error.message);
    buffer_free(&charter);
    return policy;
}

static inline int set_up(void **state)
{
    (void)state;
    struct error error;
    struct certificate_wish wish = {.name = "Test root", .is_authority = true};
    snprintf(cast.directory, sizeof cast.directory, "/tmp/daybook-sign-XXXXXX");
    if (mkdtemp(cast.directory) == NULL)
        return -1;
    cast.root_key = make_p256();
    cast.root_certificate = make_certificate(&wish, cast.root_key, NULL, cast.root_key);
    write_certificate(path_of("root", ".crt"), cast.root_certificate);
    cast.root = sign_root_open(path_of("root", ".crt"), &error);
    for (enum who who = 0; who < CAST; who++)
        make_member(who);
    cast.policy = make_policy("TRAINING");
    FILE *file = fopen("tests/unit/document.txt", "rb");
    if (file == NULL || cast.root == NULL)
        return -1;
    cast.document = memory_new(65536);
    cast.document_length = fread(cast.document, 1, 65535, file);
    fclose(file);
    cast.now = clock_now();
    return document_parse(&cast.parsed, (struct span){cast.document, cast.document_length}, &error)
               ? 0
               : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    char command_path[CERTIFICATES_PATH];
    for (enum who who = 0; who < CAST; who++) {
        sign_close(cast.signers[who]);
        EVP_PKEY_free(cast.keys[who]);
        X509_free(cast.certificates[who]);
        unlink(path_of(members[who].login, ".crt"));
        unlink(path_of(members[who].login, ".key"));
    }
    snprintf(command_path, sizeof command_path, "%s", path_of("root", ".crt"));
    unlink(command_path);
    rmdir(cast.directory);
    sign_root_free(cast.root);
    EVP_PKEY_free(cast.root_key);
    X509_free(cast.root_certificate);
    policy_free(cast.policy);
    document_free(&cast.parsed);
    free(cast.document);
    return 0;
}

static inline struct signature decide_on(const struct document *document, enum who who,
                                  enum policy_decision decision)
{
    struct signature signature;
    struct error error;
    if (!sign_decide(cast.signers[who], document, decision, &signature, &error))
        fail_msg("%s", error.message);
    return signature;
}

static inline struct signature decide(enum who who, enum policy_decision decision)
{
    return decide_on(&cast.parsed, who, decision);
}

static inline bool verifies(const struct document *document, const struct signature *signature)
{
    struct policy_fact fact;
    struct error error;
    return sign_decision_verify(cast.root, document, signature, cast.now, &fact, &error);
}

#endif
