/* Decisions that are signed: every bit of what is signed, of the signature and of the key; replays;
 * second ways to write a signature or a key. */
#include "table.h"

#include "signing.h"

/* What the core does with a request: reads it, verifies each signature, judges. */
struct attempt {
    struct span document;
    const struct signature *signatures;
    size_t count;
    time_us now;
    const struct policy *policy;
};

static bool is_accepted(const struct attempt *attempt, struct policy_verdict *verdict)
{
    struct document document;
    struct error error;
    struct policy_fact facts[8];
    *verdict = (struct policy_verdict){.word = "document-bad"};
    if (!document_parse(&document, attempt->document, &error))
        return false;
    bool good = true;
    for (size_t i = 0; good && i < attempt->count; i++)
        good = sign_decision_verify(cast.root, &document, &attempt->signatures[i], cast.now,
                                    &facts[i], &error);
    verdict->word = "signature-bad";
    if (good)
        good = policy_judge(attempt->policy, &document, facts, attempt->count, attempt->now, NULL,
                            0, verdict);
    document_free(&document);
    return good;
}

static time_us in_time(void)
{
    return cast.parsed.head.made_at + SECOND_US;
}

static void what_is_right_is_accepted(void **state)
{
    (void)state;
    struct policy_verdict verdict;
    struct signature two[] = {decide(CLERK1, POLICY_PROPOSE), decide(SUPER1, POLICY_APPROVE)};
    struct attempt attempt = {{cast.document, cast.document_length}, two, 2, in_time(),
                              cast.policy};
    if (!is_accepted(&attempt, &verdict))
        fail_msg("%s %s", verdict.word, verdict.detail);
    /* The same again: a signature does not wear out, the core's own key on the request does. */
    assert_true(is_accepted(&attempt, &verdict));
    assert_memory_not_equal(two[0].nonce, two[1].nonce, SIGN_NONCE);
}

/* --- every bit */

static int flip_document(const struct signature *signature)
{
    int refused = 0;
    char *copy = memory_copy(cast.document, cast.document_length);
    for (size_t bit = 0; bit < 8 * cast.document_length; bit++) {
        struct document document, same = cast.parsed;
        struct span bytes = {copy, cast.document_length};
        copy[bit / 8] ^= (char)(1 << bit % 8);
        /* Read as it is now; where nobody could read it, beside what it said before. */
        if (document_parse(&document, bytes, NULL)) {
            assert_false(verifies(&document, signature));
            document_free(&document);
        } else if (bit % 8 == signature->decision) {
            same.bytes = bytes;
            assert_false(verifies(&same, signature));
        }
        refused++;
        copy[bit / 8] ^= (char)(1 << bit % 8);
    }
    free(copy);
    return refused;
}

static int flip_bytes(struct signature *signature, unsigned char *bytes, size_t length)
{
    for (size_t bit = 0; bit < 8 * length; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (verifies(&cast.parsed, signature))
            fail_msg("bit %zu of %zu bytes", bit, length);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    return (int)(8 * length);
}

/* The root signs the certificate of a key that differs by one bit: the signature is not its. */
static int flip_key(struct signature *signature, enum who who)
{
    struct signature other = *signature;
    unsigned char point[32];
    size_t length = sizeof point;
    struct certificate_wish wish = {.name = members[who].login, .person = members[who].person,
                                    .purposes = DOCUMENT_SIGNING};
    assert_int_equal(EVP_PKEY_get_raw_public_key(cast.keys[who], point, &length), 1);
    for (size_t bit = 0; bit < 256; bit++) {
        struct sign_who read;
        struct error error;
        point[bit / 8] ^= (unsigned char)(1 << bit % 8);
        EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point, sizeof point);
        X509 *made = make_certificate(&wish, key, cast.root_certificate, cast.root_key);
        other.certificate_length =
            certificate_der(made, other.certificate, sizeof other.certificate);
        struct span der = {(const char *)other.certificate, other.certificate_length};
        /* The fingerprint is the new key's, so that nothing but the signature is wrong. */
        if (sign_certificate(cast.root, der, cast.now, &read, &error))
            memcpy(other.key, read.key, sizeof other.key);
        assert_false(verifies(&cast.parsed, &other));
        X509_free(made);
        EVP_PKEY_free(key);
        point[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    return 256;
}

static void every_bit_counts(void **state)
{
    (void)state;
    for (enum policy_decision d = POLICY_PROPOSE; d <= POLICY_REJECT; d++) {
        struct signature signature = decide(SUPER1, d);
        assert_true(verifies(&cast.parsed, &signature));
        int cases = flip_document(&signature);
        cases += flip_bytes(&signature, signature.bytes, SIGN_BYTES);
        cases += flip_bytes(&signature, signature.nonce, SIGN_NONCE);
        cases += flip_bytes(&signature, (unsigned char *)signature.key, 64);
        cases += flip_bytes(&signature, (unsigned char *)signature.person, 3);
        cases += flip_bytes(&signature, (unsigned char *)signature.login, 6);
        cases += flip_bytes(&signature, (unsigned char *)signature.expiry, 20);
        if (d == POLICY_APPROVE) /* no decision stands in a certificate */
            cases += flip_bytes(&signature, signature.certificate,
                                signature.certificate_length);
        cases += flip_key(&signature, SUPER1);
        assert_true(verifies(&cast.parsed, &signature));
        print_message("[   DATA   ] %s: %d flipped bits refused\n", policy_decision_name(d),
                      cases);
        assert_true(cases >= 2800);
    }
}

/* --- replays */

/* The document with one thing changed; from malloc, "" where `from` is not in it. */
static char *changed(const char *from, const char *to)
{
    const char *at = strstr(cast.document, from);
    assert_non_null(at);
    return memory_format("%.*s%s%s", (int)(at - cast.document), cast.document, to,
                         at + strlen(from));
}

static const struct change {
    const char *from, *to;
} changes[] = {
    {"R2026112300001", "R2026112300002"}, {"R2026112300001", "R2026112400001"},
    {"R2026112300001", "R20261123000010"}, {"version 1\n", "version 2\n"},
    {"version 1\n", "version 11\n"}, {"TRAINING", "PROD"}, {"TRAINING", "TEST"},
    {"TRAINING", "TRAINING2"}, {"CREDIT_BACK\n", "REPAY\n"},
    {"CREDIT_BACK\n", "WRITE_OFF_GAIN\n"}, {"channel ICBC", "channel CCB"},
    {"channel ICBC", "channel -"},
    {"tier 1", "tier 0"}, {"tier 1", "tier 2"}, {"maker clerk1", "maker clerk2"},
    {"maker clerk1", "maker super1"}, {"person p01", "person p02"}, {"person p01", "person p03"},
    {"made_at 2026-11-23", "made_at 2026-11-22"},
    {"approve_by 2026-11-24", "approve_by 2026-11-25"},
    {"execute_by 2026-11-25", "execute_by 2026-11-26"},
    {"execute_by 2026-11-25", "execute_by 2036-11-25"}, {"CHARGED_THOUGH_FAILED", "OTHER"},
    {"text the", "text The"}, {"excluded 1\nexcluded.1 p01\n", "excluded 0\n"},
    {"excluded.1 p01", "excluded.1 p02"}, {"X-17", "X-16"}, {"X-18 0", "X-19 0"},
    {"item.2 X-18 0", "item.2 X-18 0 payout=P2026112000418"},
    {"payout=P2026112000417", "payout=P2026112000418"},
    {"basis.1 P2026112000417 4", "basis.1 P2026112000417 5"},
    {"basis 1\nbasis.1 P2026112000417 4\n", "basis 0\n"},
    {"FAILED CREDITED_BACK", "PAID CREDITED_BACK"},
    {"moves 1\nmove.1 P2026112000417 FAILED CREDITED_BACK\n", "moves 0\n"},
    {"2010 C000017 CNY -1248000\nchanges", "2010 C000018 CNY -1248000\nchanges"},
    {"2240 P2026112000417 CNY 1248000\n", "2230 P2026112000417 CNY 1248000\n"},
    {"words of,their", "words of,other"}, {"CNY -500 -1248500", "CNY -501 -1248501"},
};

/* Signatures of the good document under each changed one, in each role they could play. */
static int replay_on_other_documents(const struct signature *propose,
                                     const struct signature *approve,
                                     const struct signature *second)
{
    int cases = 0;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char *bytes = changed(changes[i].from, changes[i].to);
        struct document document;
        struct error error;
        if (!document_parse(&document, span_of(bytes), &error))
            fail_msg("'%s': %s", changes[i].to, error.message);
        struct signature fresh = decide_on(&document, CLERK1, POLICY_PROPOSE);
        struct signature agreed = decide_on(&document, SUPER1, POLICY_APPROVE);
        struct policy *policies[] = {cast.policy, make_policy("PROD")};
        const struct signature sets[][3] = {
            {*propose, *approve, *second}, /* all of the other document */
            {fresh, *approve, *second},    /* made again, approved before */
            {*propose, agreed, *second},   /* approved again, made before */
            {fresh, agreed, *second},      /* one checker's vote carried over */
        };
        for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++)
            for (size_t p = 0; p < 2; p++) {
                struct policy_verdict verdict;
                struct attempt attempt = {span_of(bytes), sets[s], 3, in_time(), policies[p]};
                if (is_accepted(&attempt, &verdict))
                    fail_msg("'%s' with set %zu", changes[i].to, s);
                cases++;
            }
        policy_free(policies[1]);
        document_free(&document);
        free(bytes);
    }
    return cases;
}

/* One field of one signature taken from another signature, or from nowhere. */
static int replay_with_other_fields(const struct signature *good, const struct signature *other)
{
    static const char *const expiries[] = {"2026-11-25T02:40:01Z", "2026-11-26T02:40:00Z",
                                           "2036-11-25T02:40:00Z", "2026-11-24T02:40:00Z"};
    int cases = 0;
    struct signature forged[32];
    size_t count = 0;
    for (enum policy_decision d = POLICY_PROPOSE; d <= POLICY_REJECT; d++) {
        forged[count] = *good;
        forged[count].decision = d;
        count += d != good->decision;
    }
    for (size_t i = 0; i < sizeof expiries / sizeof expiries[0]; i++) {
        forged[count] = *good;
        memcpy(forged[count++].expiry, expiries[i], 21);
    }
    for (int field = 0; field < 6; field++) {
        struct signature *one = &forged[count++];
        *one = *good;
        if (field == 0 || field == 5)
            memcpy(one->login, other->login, sizeof one->login);
        if (field == 1 || field == 5)
            memcpy(one->person, other->person, sizeof one->person);
        if (field == 2 || field == 5)
            memcpy(one->key, other->key, sizeof one->key);
        if (field == 3)
            memcpy(one->nonce, other->nonce, sizeof one->nonce);
        if (field == 4)
            memcpy(one->bytes, other->bytes, sizeof one->bytes);
        if (field == 5) { /* as if the other had signed it */
            memcpy(one->certificate, other->certificate, sizeof one->certificate);
            one->certificate_length = other->certificate_length;
        }
    }
    for (size_t i = 0; i < count; i++, cases++)
        if (verifies(&cast.parsed, &forged[i]))
            fail_msg("forged field %zu", i);
    return cases;
}

static int replay_of_fields(void)
{
    static const enum who signing[] = {CLERK1, SUPER1, SUPER2};
    int cases = 0;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            for (enum policy_decision d = POLICY_PROPOSE; i != j && d <= POLICY_REJECT; d++) {
                struct signature good = decide(signing[i], d);
                struct signature other = decide(signing[j], d);
                cases += replay_with_other_fields(&good, &other);
            }
    return cases;
}

/* Good signatures of people who, then or together, may not. */
static const struct combination {
    const char *name, *word;
    enum who who[3];
    enum policy_decision decision[3];
    size_t count;
    bool is_late;
} combinations[] = {
    {"no signature", "signature-bad", {0}, {0}, 0, false},
    {"the maker alone", "tier-short", {CLERK1}, {POLICY_PROPOSE}, 1, false},
    {"a checker alone", "signature-bad", {SUPER1}, {POLICY_APPROVE}, 1, false},
    {"the maker checks", "role-missing", {CLERK1, CLERK1},
     {POLICY_PROPOSE, POLICY_APPROVE}, 2, false},
    {"proposed twice", "signature-bad", {CLERK1, CLERK1},
     {POLICY_PROPOSE, POLICY_PROPOSE}, 2, false},
    {"another proposes", "signature-bad", {SUPER1, SUPER2},
     {POLICY_PROPOSE, POLICY_APPROVE}, 2, false},
    {"approved twice by one", "same-person", {CLERK1, SUPER1, SUPER1},
     {POLICY_PROPOSE, POLICY_APPROVE, POLICY_APPROVE}, 3, false},
    {"by one person under two logins", "same-person", {CLERK1, SUPER1, SUPER1_AGAIN},
     {POLICY_PROPOSE, POLICY_APPROVE, POLICY_APPROVE}, 3, false},
    {"a stranger's certificate", "key-unknown", {CLERK1, STRANGER},
     {POLICY_PROPOSE, POLICY_APPROVE}, 2, false},
    {"rejected by a second", "rejected", {CLERK1, SUPER1, SUPER2},
     {POLICY_PROPOSE, POLICY_APPROVE, POLICY_REJECT}, 3, false},
    {"after it expired", "expired", {CLERK1, SUPER1}, {POLICY_PROPOSE, POLICY_APPROVE}, 2, true},
};

static int replay_of_combinations(void)
{
    int cases = 0;
    for (size_t i = 0; i < sizeof combinations / sizeof combinations[0]; i++, cases++) {
        const struct combination *c = &combinations[i];
        struct signature signatures[3];
        struct policy_verdict verdict;
        for (size_t j = 0; j < c->count; j++)
            signatures[j] = decide(c->who[j], c->decision[j]);
        struct attempt attempt = {{cast.document, cast.document_length}, signatures, c->count,
                                  in_time(), cast.policy};
        if (c->is_late)
            attempt.now = cast.parsed.head.execute_by + SECOND_US;
        if (is_accepted(&attempt, &verdict) || strcmp(verdict.word, c->word) != 0)
            fail_msg("%s: %s %s", c->name, verdict.word, verdict.detail);
    }
    return cases;
}

static void nothing_is_good_twice(void **state)
{
    (void)state;
    struct signature propose = decide(CLERK1, POLICY_PROPOSE);
    struct signature approve = decide(SUPER1, POLICY_APPROVE);
    struct signature second = decide(SUPER2, POLICY_APPROVE);
    int cases = replay_on_other_documents(&propose, &approve, &second);
    cases += replay_of_fields();
    cases += replay_of_combinations();
    print_message("[   DATA   ] %d replays, none accepted\n", cases);
    assert_true(cases >= 400);
}

/* What the root says of a key that was taken away, or of one in the place of another. */
static void keys_that_were_taken_away_sign_nothing(void **state)
{
    (void)state;
    static const char revoke[] =
        "format daybook-request-1\nenvironment TRAINING\nrequest R2026112300009\nversion 1\n"
        "kind %s\nchannel -\ncurrency -\namount 0\ntier 2\nmaker super2\nperson p04\n"
        "made_at 2026-11-23T02:40:00Z\napprove_by 2026-11-24T02:40:00Z\n"
        "execute_by 2026-11-25T02:40:00Z\nreason -\ntext -\nexcluded 0\nitems 1\n"
        "item.1 O-x 0\nbasis 0\nmoves 0\npostings 0\nchanges 1\nchange.1 %s\nbalances 0\n";
    struct signature two[] = {decide(CLERK1, POLICY_PROPOSE), decide(SUPER1, POLICY_APPROVE)};
    const char *const changes_made[][2] = {
        {"OPERATOR_REVOKE", "operator-revoke super1b"}, /* another login of the person stays */
        {"OPERATOR_KEYS", "operator-key super1 "
                          "00000000000000000000000000000000000000000000000000000000000000aa"},
        {"OPERATOR_KEYS", "operator-key clerk1 "
                          "00000000000000000000000000000000000000000000000000000000000000ab"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct policy *policy = make_policy("TRAINING");
        struct policy_verdict verdict;
        struct document document;
        struct error error;
        char *bytes = memory_format(revoke, changes_made[i][0], changes_made[i][1]);
        assert_true(document_parse(&document, span_of(bytes), &error));
        assert_true(policy_apply(policy, &document, &error));
        struct attempt attempt = {{cast.document, cast.document_length}, two, 2, in_time(),
                                  policy};
        bool accepted = is_accepted(&attempt, &verdict);
        assert_int_equal(accepted, i == 0);
        assert_string_equal(verdict.word, i == 0 ? "" : "key-revoked");
        document_free(&document);
        free(bytes);
        policy_free(policy);
    }
}

/* --- a second way to write a signature */

static const unsigned char order[32] = {
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};

/* S + n * L, as long as 32 bytes hold it. */
static bool add_order(unsigned char *scalar)
{
    unsigned int carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned int)scalar[i] + order[i];
        scalar[i] = (unsigned char)carry;
        carry >>= 8;
    }
    return carry == 0;
}

static void a_signature_has_one_form(void **state)
{
    (void)state;
    struct signature signature = decide(SUPER1, POLICY_APPROVE);
    int cases = 0;
    while (add_order(signature.bytes + 32)) {
        assert_false(verifies(&cast.parsed, &signature));
        cases++;
    }
    assert_true(cases >= 14);
    memcpy(signature.bytes + 32, order, 32);
    assert_false(verifies(&cast.parsed, &signature));
    memset(signature.bytes, 0, 64);
    assert_false(verifies(&cast.parsed, &signature));
}

/* What the library alone says: so that the test shows what is refused beyond it. */
static bool library_accepts(const unsigned char point[32], const unsigned char *signature,
                            const unsigned char *message, size_t length)
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool accepted = EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                    EVP_DigestVerify(context, signature, 64, message, length) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return accepted;
}

/* Every way to write the eight points whose order divides 8, y first, the sign above it: y is 0, 1,
 * -1 and the two of order 8, some of them once more with the field's prime added. */
static const char *const small_points[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

/* R the point zero, S zero: good under a key of small order for one message in eight. */
static void keys_of_small_order_are_refused(void **state)
{
    (void)state;
    unsigned char signature[64] = {1};
    int believed = 0;
    for (size_t i = 0; i < sizeof small_points / sizeof small_points[0]; i++) {
        struct sign_who who = {.login = "clerk1", .person = "p01"};
        struct certificate_wish wish = {.name = "clerk1", .person = "p01",
                                        .purposes = DOCUMENT_SIGNING};
        unsigned char der[SIGN_CERTIFICATE_MAX];
        struct error error;
        for (size_t j = 0; j < 32; j++) {
            char byte[3] = {small_points[i][2 * j], small_points[i][2 * j + 1], '\0'};
            who.point[j] = (unsigned char)strtol(byte, NULL, 16);
        }
        bool library_did = false;
        for (unsigned char nonce = 0; nonce < 200; nonce++) {
            unsigned char message[] = {'t', 0, 0, 0, 0, 1, nonce};
            struct span part = {(const char *)&message[6], 1};
            library_did |= library_accepts(who.point, signature, message, sizeof message);
            assert_false(sign_message_is_good(&who, "t", &part, 1, signature));
        }
        believed += library_did;
        EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, who.point, 32);
        X509 *made = make_certificate(&wish, key, cast.root_certificate, cast.root_key);
        struct span certificate = {(const char *)der, certificate_der(made, der, sizeof der)};
        assert_false(sign_certificate(cast.root, certificate, cast.now, &who, &error));
        assert_int_equal(error.code, ERROR_REFUSED);
        X509_free(made);
        EVP_PKEY_free(key);
    }
    print_message("[   DATA   ] 14 keys of small order refused; the library alone believes %d\n",
                  believed);
    assert_true(believed >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_is_accepted),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(nothing_is_good_twice),
        cmocka_unit_test(keys_that_were_taken_away_sign_nothing),
        cmocka_unit_test(a_signature_has_one_form),
        cmocka_unit_test(keys_of_small_order_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
