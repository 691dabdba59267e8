/* Corrections as this operator's program sees them (DESIGN.md 4): a document whose signature of the
 * core holds, the operator's own signature on it, and what the journal says of both. Nothing here
 * waits for anybody; opening the key takes a quarter of a second and runs on any thread. */
#ifndef DAYBOOK_ACTION_CORRECTION_H
#define DAYBOOK_ACTION_CORRECTION_H

#include "daybook/action/action.h"
#include "daybook/domain/document.h"
#include "daybook/domain/policy.h"
#include "daybook/store/config.h"
#include "daybook/store/journal.h"
#include "daybook/trust/sign.h"
#include "daybook/trust/words.h"

enum {
    CORRECTION_CERTIFICATE_MAX = 8192, /* of the core, in base64 */
    CORRECTION_PARAMS_MAX = 1 << 16,
    CORRECTION_PATH_MAX = 64
};

/* A verified document. */
struct correction {
    struct buffer bytes;
    struct document document; /* points into the bytes */
    char request[JOURNAL_REQUEST_TEXT];
    char sha256[SHA256_HEX];
    char words[WORDS_TEXT];   /* its digest, as people compare it */
    char signature[2 * SIGN_BYTES + 1]; /* the core's, hex */
    char *certificate;        /* the core's, base64 of DER */
    struct sign_root *root;
};

/* What comes from elsewhere. */
struct correction_source {
    struct span document;
    const char *signature;   /* hex */
    const char *certificate; /* base64 */
};

/* Takes a document only where the core signed it, the root signed the core's certificate, and it is
 * of the profile's environment. False with the error set; then there is nothing to release. */
bool correction_take(struct correction *correction, const struct correction_source *source,
                     const struct config *config, time_us now, struct error *error);
void correction_release(struct correction *correction);

/* Takes the answer of POST /v1/requests:preview; `request` NULL or what it must be called. */
bool correction_previewed(struct correction *correction, const struct core_answer *answer,
                          const struct config *config, time_us now, struct error *error);

/* NULL where the profile lets this operator sign here, else the sentence why not. */
const char *correction_off(const struct config *config);

/* Opens the signing key, signs, wipes it; json gets the signature. ERROR_REFUSED where the
 * passphrase is wrong. Off the main thread. */
bool correction_sign(const struct correction *correction, const struct config *config,
                     const char *passphrase, enum policy_decision decision, struct buffer *json,
                     struct error *error);

struct journal_entry correction_entry(const struct correction *correction,
                                      enum journal_step step);
enum journal_step correction_step(enum policy_decision decision);

/* {"name":"value",...} of name=value texts, for desk.request_facts. */
bool correction_params(const struct action_value *values, size_t count, struct buffer *json);

/* bytea as PostgreSQL reads it: \x and digits. Result from malloc. */
char *correction_bytea(struct span bytes);

/* "/v1/requests/R2026112300001". False for what is no request's id. */
bool correction_path(const char *request, char out[CORRECTION_PATH_MAX]);

/* The receipt of an execution: its text and the core's signature (hex). False with the error set
 * where it is none, or not of this request and document, or, with a correction, not signed. */
bool correction_receipt(const struct core_answer *answer, const struct correction *correction,
                        time_us now, struct buffer *receipt, char signature[2 * SIGN_BYTES + 1],
                        struct error *error);

/* Whether the core decided against the request itself, so that it goes back to its maker. A core
 * that is busy, does not know this client or was not reached has decided nothing. */
bool correction_is_failed(const struct core_answer *answer);
/* The sentence of a refusal of the core's. */
void correction_refusal(const struct core_answer *answer, struct error *error);

#endif
