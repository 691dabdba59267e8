#include "daybook/action/correction.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/json.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/trust/encode.h"
#include "inside.h"

/* --- taking a document */

static bool verify(const struct correction *correction, struct span document, time_us now,
                   struct error *error)
{
    unsigned char signature[SIGN_BYTES];
    struct buffer certificate;
    buffer_init(&certificate, SIGN_CERTIFICATE_MAX);
    bool good = hex_read_exactly(signature, sizeof signature, span_of(correction->signature)) &&
                base64_read(&certificate, span_of(correction->certificate));
    if (!good)
        error_set(error, ERROR_REFUSED, "%s", _("The core's signature cannot be read."));
    struct span der = {certificate.data, certificate.length};
    good = good && sign_document_verify(correction->root, der, document, signature, now, error);
    buffer_free(&certificate);
    return good;
}

/* The document's own words, once it is known to be the core's. */
static bool read_document(struct correction *correction, const struct config *config,
                          struct error *error)
{
    unsigned char digest[SHA256_BYTES];
    struct span bytes = {correction->bytes.data, correction->bytes.length};
    if (!document_parse(&correction->document, bytes, error))
        return false;
    const struct document_head *head = &correction->document.head;
    if (!span_is(head->environment, config->environment_word)) {
        document_free(&correction->document);
        return error_set(error, ERROR_REFUSED, _("This request is of %.*s, not of %s."),
                         (int)head->environment.length, head->environment.data,
                         config->environment_word);
    }
    snprintf(correction->request, sizeof correction->request, "%.*s", (int)head->request.length,
             head->request.data);
    sha256_of(bytes.data, bytes.length, digest);
    sha256_hex(digest, correction->sha256);
    words_of(digest, correction->words);
    return true;
}

static void drop(struct correction *correction)
{
    buffer_free(&correction->bytes);
    free(correction->certificate);
    sign_root_free(correction->root);
    *correction = (struct correction){0};
}

bool correction_take(struct correction *correction, const struct correction_source *source,
                     const struct config *config, time_us now, struct error *error)
{
    *correction = (struct correction){0};
    if (strlen(source->signature) >= sizeof correction->signature ||
        strlen(source->certificate) > CORRECTION_CERTIFICATE_MAX)
        return error_set(error, ERROR_REFUSED, "%s", _("The core's signature cannot be read."));
    correction->root = sign_root_open(config->root_certificate, error);
    if (correction->root == NULL)
        return false;
    memcpy(correction->signature, source->signature, strlen(source->signature) + 1);
    correction->certificate = memory_copy_string(source->certificate);
    buffer_init(&correction->bytes, DOCUMENT_BYTES_MAX);
    bool good = buffer_append(&correction->bytes, source->document.data, source->document.length) ||
                error_set(error, ERROR_LIMIT, "%s", _("The request's document is too long."));
    good = good && verify(correction, source->document, now, error) &&
           read_document(correction, config, error);
    if (!good)
        drop(correction);
    return good;
}

void correction_release(struct correction *correction)
{
    if (correction->document.lines != NULL)
        document_free(&correction->document);
    drop(correction);
}

bool correction_previewed(struct correction *correction, const struct core_answer *answer,
                          const struct config *config, time_us now, struct error *error)
{
    struct buffer text, document, signature, certificate;
    buffer_init(&text, CORE_BODY_MAX);
    buffer_init(&document, DOCUMENT_BYTES_MAX);
    buffer_init(&signature, 2 * SIGN_BYTES);
    buffer_init(&certificate, CORRECTION_CERTIFICATE_MAX);
    bool good = core_answer_text(answer, "document", &text) &&
                base64_read(&document, (struct span){text.data, text.length}) &&
                core_answer_text(answer, "signature", &signature) &&
                core_answer_text(answer, "certificate", &certificate);
    if (!good)
        error_set(error, ERROR_SYSTEM, "%s", _("The payment core's answer has no document."));
    struct correction_source source = {.document = {document.data, document.length},
                                       .signature = buffer_text(&signature),
                                       .certificate = buffer_text(&certificate)};
    good = good && correction_take(correction, &source, config, now, error);
    buffer_free(&text);
    buffer_free(&document);
    buffer_free(&signature);
    buffer_free(&certificate);
    return good;
}

/* --- signing */

const char *correction_off(const struct config *config)
{
    return config->sign_certificate != NULL ? NULL
           : N_("The profile names no signing key (sign-certificate, sign-key, journal).");
}

bool correction_sign(const struct correction *correction, const struct config *config,
                     const char *passphrase, enum policy_decision decision, struct buffer *json,
                     struct error *error)
{
    struct signature signature;
    struct signer *signer = sign_open(config->sign_key, config->sign_certificate, passphrase,
                                      error);
    if (signer == NULL)
        return false;
    bool good = strcmp(sign_who(signer)->login, config->operator_name) == 0 ||
                error_set(error, ERROR_USAGE, _("The signing certificate is %s's, not %s's."),
                          sign_who(signer)->login, config->operator_name);
    good = good && sign_decide(signer, &correction->document, decision, &signature, error);
    sign_close(signer);
    return good && (signature_write_json(&signature, json) ||
                    error_set(error, ERROR_LIMIT, "%s", _("The signature is too long.")));
}

enum journal_step correction_step(enum policy_decision decision)
{
    return decision == POLICY_PROPOSE ? JOURNAL_PROPOSE
           : decision == POLICY_APPROVE ? JOURNAL_APPROVE : JOURNAL_REJECT;
}

struct journal_entry correction_entry(const struct correction *correction, enum journal_step step)
{
    struct journal_entry entry = {.step = step};
    static_assert(sizeof entry.sha256 == SHA256_HEX, "both are hexadecimal digits");
    memcpy(entry.request, correction->request, sizeof entry.request);
    memcpy(entry.sha256, correction->sha256, sizeof entry.sha256);
    return entry;
}

/* --- texts for the database and the core */

bool correction_params(const struct action_value *values, size_t count, struct buffer *json)
{
    struct json writer;
    json_write_start(&writer, json);
    json_write_object(&writer);
    for (size_t i = 0; i < count; i++) {
        if (values[i].text == NULL || values[i].text[0] == '\0')
            continue;
        json_write_key(&writer, values[i].name);
        json_write_string(&writer, values[i].text);
    }
    json_write_end(&writer);
    return !json->overflow;
}

char *correction_bytea(struct span bytes)
{
    struct buffer hex;
    buffer_init(&hex, 2 * bytes.length + 3);
    buffer_append_string(&hex, "\\x");
    hex_write(&hex, bytes.data, bytes.length);
    char *text = memory_copy_string(buffer_text(&hex));
    buffer_free(&hex);
    return text;
}

bool correction_path(const char *request, char out[CORRECTION_PATH_MAX])
{
    int length = snprintf(out, CORRECTION_PATH_MAX, "/v1/requests/%.20s", request);
    return length > 0 && document_request_is_good(span_of(request));
}

/* --- the core's word */

/* "request R2026112300001\ndocument 9f86...\n...": of this request and document. */
static bool receipt_is_of(const char *receipt, const struct correction *correction)
{
    char head[SHA256_HEX + JOURNAL_REQUEST_TEXT + 24];
    snprintf(head, sizeof head, "request %s\ndocument %s\n", correction->request,
             correction->sha256);
    return strncmp(receipt, head, strlen(head)) == 0;
}

static bool receipt_is_signed(struct span receipt, const char *hex,
                              const struct correction *correction, time_us now,
                              struct error *error)
{
    unsigned char signature[SIGN_BYTES];
    struct buffer certificate;
    buffer_init(&certificate, SIGN_CERTIFICATE_MAX);
    bool good = hex_read_exactly(signature, sizeof signature, span_of(hex)) &&
                base64_read(&certificate, span_of(correction->certificate)) &&
                sign_receipt_verify(correction->root,
                                    (struct span){certificate.data, certificate.length}, receipt,
                                    signature, now, error);
    buffer_free(&certificate);
    return good;
}

bool correction_receipt(const struct core_answer *answer, const struct correction *correction,
                        time_us now, struct buffer *receipt, char signature[2 * SIGN_BYTES + 1],
                        struct error *error)
{
    struct buffer hex;
    buffer_init(&hex, 2 * SIGN_BYTES);
    bool good = core_answer_text(answer, "receipt", receipt) &&
                core_answer_text(answer, "signature", &hex) && hex.length == 2 * SIGN_BYTES;
    if (!good)
        error_set(error, ERROR_SYSTEM, "%s", _("The payment core's answer has no receipt."));
    else
        memcpy(signature, buffer_text(&hex), 2 * SIGN_BYTES + 1);
    buffer_free(&hex);
    if (!good || correction == NULL)
        return good;
    struct span text = {receipt->data, receipt->length};
    return (receipt_is_of(buffer_text(receipt), correction) &&
            receipt_is_signed(text, signature, correction, now, error)) ||
           error_set(error, ERROR_SYSTEM, "%s",
                     _("The payment core's receipt is not of this request, or not signed by "
                       "it."));
}

bool correction_is_failed(const struct core_answer *answer)
{
    static const char *const open[] = {"not-allowed", "client-unknown", "too-many", "busy"};
    if (answer->outcome != CORE_REFUSED || answer->code[0] == '\0')
        return false;
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        if (strcmp(answer->code, open[i]) == 0)
            return false;
    return answer->status == 403 || answer->status == 404 || answer->status == 409 ||
           answer->status == 412 || answer->status == 422;
}

void correction_refusal(const struct core_answer *answer, struct error *error)
{
    action_core_error(answer, error);
}
