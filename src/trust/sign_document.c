/* What is signed of a request: decisions of people, and the core's documents and receipts. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/rand.h>

#include "daybook/base/json.h"
#include "daybook/base/language.h"
#include "daybook/trust/encode.h"
#include "daybook/trust/sign.h"

enum { DECISION_PARTS = 9 };

static const char decision_purpose[] = "daybook-approve-v1";
static const char document_purpose[] = "daybook-document-v1";
static const char receipt_purpose[] = "daybook-receipt-v1";

/* --- decisions */

/* The parts of a decision, and what they point into. */
struct decision_message {
    char version[24];
    unsigned char digest[SHA256_BYTES];
    struct span parts[DECISION_PARTS];
};

static void decision_parts(struct decision_message *message, const struct document *document,
                           const struct signature *signature)
{
    snprintf(message->version, sizeof message->version, "%" PRId64, document->head.version);
    sha256_of(document->bytes.data, document->bytes.length, message->digest);
    const struct span parts[DECISION_PARTS] = {
        document->head.environment,
        document->head.request,
        span_of(message->version),
        {(const char *)message->digest, SHA256_BYTES},
        span_of(policy_decision_name(signature->decision)),
        span_of(signature->person),
        span_of(signature->key),
        span_of(signature->expiry),
        {(const char *)signature->nonce, SIGN_NONCE},
    };
    memcpy(message->parts, parts, sizeof parts);
}

static void expiry_of(const struct document *document, char out[SIGN_TIME])
{
    char text[TIME_TEXT];
    time_text(document->head.execute_by, text);
    assert(strlen(text) < SIGN_TIME); /* whole seconds, the document was read */
    memcpy(out, text, strlen(text) + 1);
}

bool sign_decide(const struct signer *signer, const struct document *document,
                 enum policy_decision decision, struct signature *out, struct error *error)
{
    const struct sign_who *who = sign_who(signer);
    struct span certificate = sign_certificate_of(signer);
    struct decision_message message;
    *out = (struct signature){.decision = decision, .certificate_length = certificate.length};
    memcpy(out->login, who->login, sizeof out->login);
    memcpy(out->person, who->person, sizeof out->person);
    memcpy(out->key, who->key, sizeof out->key);
    memcpy(out->certificate, certificate.data, certificate.length);
    expiry_of(document, out->expiry);
    if (who->person[0] == '\0')
        return error_set(error, ERROR_REFUSED, _("the signing certificate is no person's"));
    if (RAND_bytes(out->nonce, SIGN_NONCE) != 1)
        return error_set(error, ERROR_SYSTEM, _("the signature could not be made"));
    decision_parts(&message, document, out);
    return sign_message(signer, decision_purpose, message.parts, DECISION_PARTS, out->bytes,
                        error);
}

static bool decision_bad(struct error *error, const struct signature *signature,
                         const char *sentence)
{
    error_set(error, ERROR_REFUSED, "%s", sentence);
    return error_prefix(error, "%s", signature->login);
}

bool sign_decision_verify(const struct sign_root *root, const struct document *document,
                          const struct signature *signature, time_us at,
                          struct policy_fact *fact, struct error *error)
{
    struct sign_who who;
    struct decision_message message;
    char expiry[SIGN_TIME];
    struct span certificate = {(const char *)signature->certificate,
                               signature->certificate_length};
    *fact = (struct policy_fact){0};
    if (!sign_certificate(root, certificate, at, &who, error))
        return error_prefix(error, "%s", signature->login);
    if (who.person[0] == '\0' || strcmp(who.login, signature->login) != 0 ||
        strcmp(who.person, signature->person) != 0 || strcmp(who.key, signature->key) != 0)
        return decision_bad(error, signature,
                            _("the signature and its certificate name different signers"));
    expiry_of(document, expiry);
    if (strcmp(expiry, signature->expiry) != 0)
        return decision_bad(error, signature,
                            _("the signature is for another time than the document's"));
    decision_parts(&message, document, signature);
    if (!sign_message_is_good(&who, decision_purpose, message.parts, DECISION_PARTS,
                              signature->bytes))
        return decision_bad(error, signature,
                            _("the signature is not this key's over this document"));
    fact->decision = signature->decision;
    fact->expiry = document->head.execute_by;
    memcpy(fact->login, who.login, sizeof fact->login);
    memcpy(fact->person, who.person, sizeof fact->person);
    memcpy(fact->key, who.key, sizeof fact->key);
    return true;
}

/* --- their JSON form */

static bool copy_word(char *out, size_t size, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);
    if (length == 0 || length >= size)
        return false;
    memcpy(out, text, length + 1);
    return true;
}

static bool read_certificate(struct signature *signature, const char *text)
{
    struct buffer certificate;
    buffer_init(&certificate, SIGN_CERTIFICATE_MAX);
    bool read = text != NULL && base64_read(&certificate, span_of(text)) &&
                certificate.length > 0;
    if (read) {
        memcpy(signature->certificate, certificate.data, certificate.length);
        signature->certificate_length = certificate.length;
    }
    buffer_free(&certificate);
    return read;
}

static bool read_key_and_expiry(struct signature *signature, const struct signature_words *words)
{
    unsigned char digest[SHA256_BYTES];
    char text[TIME_TEXT];
    time_us time;
    return copy_word(signature->key, sizeof signature->key, words->key) &&
           hex_read_exactly(digest, sizeof digest, span_of(words->key)) &&
           copy_word(signature->expiry, sizeof signature->expiry, words->expiry) &&
           time_parse(span_of(words->expiry), &time) &&
           strcmp(time_text(time, text), signature->expiry) == 0;
}

bool signature_read(struct signature *signature, const struct signature_words *words,
                    struct error *error)
{
    *signature = (struct signature){0};
    if (words->decision != NULL && words->nonce != NULL && words->signature != NULL &&
        policy_decision_find(span_of(words->decision), &signature->decision) &&
        copy_word(signature->login, sizeof signature->login, words->login) &&
        copy_word(signature->person, sizeof signature->person, words->person) &&
        read_key_and_expiry(signature, words) &&
        hex_read_exactly(signature->nonce, SIGN_NONCE, span_of(words->nonce)) &&
        hex_read_exactly(signature->bytes, SIGN_BYTES, span_of(words->signature)) &&
        read_certificate(signature, words->certificate))
        return true;
    *signature = (struct signature){0};
    return error_set(error, ERROR_INPUT, _("a signature is not written as it must be"));
}

bool signature_write_json(const struct signature *signature, struct buffer *out)
{
    struct buffer text;
    struct json json;
    buffer_init(&text, SIGN_JSON_MAX);
    json_write_start(&json, out);
    json_write_object(&json);
    json_write_key(&json, "decision");
    json_write_string(&json, policy_decision_name(signature->decision));
    json_write_key(&json, "login");
    json_write_string(&json, signature->login);
    json_write_key(&json, "person");
    json_write_string(&json, signature->person);
    json_write_key(&json, "key");
    json_write_string(&json, signature->key);
    json_write_key(&json, "expiry");
    json_write_string(&json, signature->expiry);
    json_write_key(&json, "nonce");
    hex_write(&text, signature->nonce, SIGN_NONCE);
    json_write_string(&json, buffer_text(&text));
    buffer_clear(&text);
    json_write_key(&json, "signature");
    hex_write(&text, signature->bytes, SIGN_BYTES);
    json_write_string(&json, buffer_text(&text));
    buffer_clear(&text);
    json_write_key(&json, "certificate");
    base64_write(&text, signature->certificate, signature->certificate_length);
    json_write_string(&json, buffer_text(&text));
    json_write_end(&json);
    buffer_free(&text);
    return !out->overflow;
}

/* --- the core's */

static bool core_verify(const struct sign_root *root, struct span certificate,
                        const char *purpose, struct span part,
                        const unsigned char signature[SIGN_BYTES], time_us at,
                        struct error *error)
{
    struct sign_who who;
    if (!sign_certificate(root, certificate, at, &who, error))
        return false;
    if (strcmp(who.login, SIGN_CORE) != 0 || who.person[0] != '\0')
        return error_set(error, ERROR_REFUSED,
                         _("the certificate is not the payment core's for signing"));
    return sign_message_is_good(&who, purpose, &part, 1, signature) ||
           error_set(error, ERROR_REFUSED, _("the signature is not the payment core's"));
}

bool sign_document(const struct signer *signer, struct span document,
                   unsigned char out[SIGN_BYTES], struct error *error)
{
    unsigned char digest[SHA256_BYTES];
    sha256_of(document.data, document.length, digest);
    struct span part = {(const char *)digest, sizeof digest};
    return sign_message(signer, document_purpose, &part, 1, out, error);
}

bool sign_document_verify(const struct sign_root *root, struct span certificate,
                          struct span document, const unsigned char signature[SIGN_BYTES],
                          time_us at, struct error *error)
{
    unsigned char digest[SHA256_BYTES];
    sha256_of(document.data, document.length, digest);
    struct span part = {(const char *)digest, sizeof digest};
    return core_verify(root, certificate, document_purpose, part, signature, at, error);
}

bool sign_receipt(const struct signer *signer, struct span receipt,
                  unsigned char out[SIGN_BYTES], struct error *error)
{
    return sign_message(signer, receipt_purpose, &receipt, 1, out, error);
}

bool sign_receipt_verify(const struct sign_root *root, struct span certificate,
                         struct span receipt, const unsigned char signature[SIGN_BYTES],
                         time_us at, struct error *error)
{
    return core_verify(root, certificate, receipt_purpose, receipt, signature, at, error);
}
