/* Signatures of people and of the core (DESIGN.md 3 c, 4): Ed25519 over bytes that name what they
 * are for, with keys whose certificates the root signed for signing documents and nothing else.
 *
 * A decision's bytes are "daybook-approve-v1\0" and then, each behind its length in four bytes
 * (big end first): environment, request, version, sha256(document), decision, person, key,
 * expiry, nonce. So a signature is good for one request, version, document, decision, person and
 * key, and until one time. The core signs a document with "daybook-document-v1\0" and its
 * length-prefixed SHA-256, and a receipt with "daybook-receipt-v1\0" and its text,
 * length-prefixed too. */
#ifndef DAYBOOK_TRUST_SIGN_H
#define DAYBOOK_TRUST_SIGN_H

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/base/text.h"
#include "daybook/domain/document.h"
#include "daybook/domain/policy.h"
#include "daybook/trust/sha256.h"

enum {
    SIGN_BYTES = 64,
    SIGN_NONCE = 16,
    SIGN_CERTIFICATE_MAX = 4096, /* bytes of DER */
    SIGN_TIME = 21,              /* YYYY-MM-DDThh:mm:ssZ and a NUL */
    SIGN_JSON_MAX = 8192         /* bytes of a signature as JSON, more than it ever takes */
};

/* The core's name in its certificate; no person has it. */
#define SIGN_CORE "paycore"

/* --- the root */

/* What all certificates are checked against: one authority's certificate from one file (PEM),
 * P-256 or Ed25519. Nothing else on the machine is believed. */
struct sign_root;

struct sign_root *sign_root_open(const char *path, struct error *error);
void sign_root_free(struct sign_root *root); /* NULL is allowed */
/* A charter's bytes against its signature (DER, ECDSA with SHA-256) by the root's own key. */
bool sign_charter_verify(const struct sign_root *root, struct span charter, struct span signature,
                         struct error *error);

/* --- whose a certificate is */

struct sign_who {
    char login[DOCUMENT_LOGIN_MAX];   /* the subject's common name */
    char person[DOCUMENT_PERSON_MAX]; /* its serialNumber; "" for a service */
    char key[SHA256_HEX];             /* SHA-256 of the SubjectPublicKeyInfo */
    unsigned char point[32];          /* the public key */
};

/* A certificate (DER): signed by the root, valid at that time, for the purpose documentSigning
 * (1.3.6.1.5.5.7.3.36) alone, of an Ed25519 key that is written canonically and not of small order.
 * ERROR_REFUSED otherwise. */
bool sign_certificate(const struct sign_root *root, struct span certificate, time_us at,
                      struct sign_who *who, struct error *error);

/* --- a signer */

/* An opened key with its certificate. The key is in locked memory that no dump has, and is wiped by
 * sign_close(): open it for one signature and close it (people are asked for the passphrase each
 * time). Opening a protected key takes a quarter of a second: off the main thread. */
struct signer;

/* passphrase NULL: a service's key, in a file that its owner alone can read. ERROR_REFUSED where
 * the passphrase is wrong; ERROR_INPUT where the certificate is not this key's. */
struct signer *sign_open(const char *key_file, const char *certificate_file,
                         const char *passphrase, struct error *error);
void sign_close(struct signer *signer); /* NULL is allowed */
const struct sign_who *sign_who(const struct signer *signer);
struct span sign_certificate_of(const struct signer *signer); /* DER; lives with the signer */

/* Signs any message: the purpose with its NUL, then each part behind its length. */
bool sign_message(const struct signer *signer, const char *purpose, const struct span *parts,
                  size_t count, unsigned char out[SIGN_BYTES], struct error *error);
/* With who from sign_certificate(). False where it is not good: S at or past the order too. */
bool sign_message_is_good(const struct sign_who *who, const char *purpose,
                          const struct span *parts, size_t count,
                          const unsigned char signature[SIGN_BYTES]);

/* --- decisions of people */

struct signature {
    enum policy_decision decision;
    char login[DOCUMENT_LOGIN_MAX];
    char person[DOCUMENT_PERSON_MAX];
    char key[SHA256_HEX];
    char expiry[SIGN_TIME]; /* the document's execute_by */
    unsigned char nonce[SIGN_NONCE];
    unsigned char bytes[SIGN_BYTES];
    unsigned char certificate[SIGN_CERTIFICATE_MAX];
    size_t certificate_length;
};

/* Signs the document with that decision, as whoever the signer is. */
bool sign_decide(const struct signer *signer, const struct document *document,
                 enum policy_decision decision, struct signature *out, struct error *error);
/* Whether the signature is its certificate's over this document, and the certificate the root's.
 * `at` is when the certificate must be valid: now, or when the request was executed. Whether that
 * person may is policy_judge()'s. On success *fact is what it takes. */
bool sign_decision_verify(const struct sign_root *root, const struct document *document,
                          const struct signature *signature, time_us at,
                          struct policy_fact *fact, struct error *error);

/* The words of a signature's JSON form; certificate in base64, nonce and signature in hex. */
struct signature_words {
    const char *decision, *login, *person, *key, *expiry, *nonce, *signature, *certificate;
};
bool signature_read(struct signature *signature, const struct signature_words *words,
                    struct error *error);
/* {"decision":...,"certificate":...}; false where out's limit would be passed. */
bool signature_write_json(const struct signature *signature, struct buffer *out);

/* --- the core's */

bool sign_document(const struct signer *signer, struct span document,
                   unsigned char out[SIGN_BYTES], struct error *error);
bool sign_document_verify(const struct sign_root *root, struct span certificate,
                          struct span document, const unsigned char signature[SIGN_BYTES],
                          time_us at, struct error *error);
bool sign_receipt(const struct signer *signer, struct span receipt,
                  unsigned char out[SIGN_BYTES], struct error *error);
bool sign_receipt_verify(const struct sign_root *root, struct span certificate,
                         struct span receipt, const unsigned char signature[SIGN_BYTES],
                         time_us at, struct error *error);

#endif
