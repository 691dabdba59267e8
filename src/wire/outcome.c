/* What an attempt came to: done, refused or unknown; and the problem that a refusal carries
 * (RFC 9457). */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "daybook/base/buffer.h"
#include "daybook/base/language.h"
#include "inside.h"

static void take_text(const json_t *object, const char *name, char *out, size_t size)
{
    const json_t *value = json_object_get(object, name);
    out[0] = '\0';
    if (json_is_string(value))
        text_printable(out, size, (struct span){json_string_value(value),
                                                json_string_length(value)});
}

/* A problem's `type` ends in its word where there is no member of its own for it. */
static void take_code(const json_t *object, char *out, size_t size)
{
    char type[256];
    take_text(object, "code", out, size);
    take_text(object, "type", type, sizeof type);
    const char *slash = strrchr(type, '/');
    if (out[0] == '\0' && slash != NULL && slash[1] != '\0')
        snprintf(out, size, "%.60s", slash + 1);
}

static void take_problem(struct core_answer *answer)
{
    char title[160] = "";
    json_t *problem = json_loadb(answer->body.data, answer->body.length, JSON_REJECT_DUPLICATES,
                                 NULL);
    if (json_is_object(problem)) {
        take_code(problem, answer->code, sizeof answer->code);
        take_text(problem, "detail", answer->detail, sizeof answer->detail);
        take_text(problem, "title", title, sizeof title);
    }
    json_decref(problem);
    enum error_code code = answer->status == 404 ? ERROR_NOT_FOUND
                           : answer->status == 409 || answer->status == 412 ? ERROR_CONFLICT
                           : answer->status == 400 ? ERROR_INPUT : ERROR_REFUSED;
    if (title[0] != '\0')
        error_set(&answer->error, code, _("The payment core refused: %s %s"), title,
                  answer->detail);
    else
        error_set(&answer->error, code, _("The payment core refused, with status %d."),
                  answer->status);
}

static void take_status(struct core_transfer *transfer, struct core_answer *answer)
{
    if (answer->status >= 200 && answer->status < 300) {
        answer->outcome = CORE_DONE;
    } else if (answer->status >= 400 && answer->status < 500) {
        answer->outcome = CORE_REFUSED;
        take_problem(answer);
    } else {
        /* 5xx: it broke while at work; anything else is no answer of a core. */
        answer->outcome = CORE_UNKNOWN;
        transfer->maybe_sent = true;
        error_set(&answer->error, ERROR_TIMEOUT,
                  _("The payment core answered with status %d: what became of it is unknown."),
                  answer->status);
    }
}

/* Failures before the first byte of the request went out. */
static bool nothing_sent(const struct core_transfer *transfer)
{
    curl_off_t handed_over = 0;
    long request = 0;
    return curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &handed_over) ==
               CURLE_OK &&
           curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request) == CURLE_OK &&
           handed_over == 0 && request == 0;
}

static void take_failure(struct core_transfer *transfer, CURLcode result,
                         struct core_answer *answer)
{
    const char *why = curl_easy_strerror(result);
    if (!nothing_sent(transfer))
        transfer->maybe_sent = true;
    if (!transfer->maybe_sent) {
        answer->outcome = CORE_REFUSED;
        error_set(&answer->error, ERROR_CONNECTION,
                  _("The payment core cannot be reached, nothing was sent: %s."), why);
        return;
    }
    answer->outcome = CORE_UNKNOWN;
    error_set(&answer->error, ERROR_TIMEOUT,
              _("The payment core did not answer; what became of it is unknown: %s."), why);
}

void outcome_of(struct core_transfer *transfer, CURLcode result, struct core_answer *answer)
{
    long status = 0;
    answer->body = (struct span){buffer_text(transfer->answer), transfer->answer->length};
    if (result != CURLE_OK) {
        take_failure(transfer, result, answer);
        return;
    }
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    take_status(transfer, answer);
}

/* The answer's JSON object; NULL where it is none. */
static json_t *object_of(const struct core_answer *answer)
{
    return answer->body.length == 0 ? NULL
                                    : json_loadb(answer->body.data, answer->body.length,
                                                 JSON_REJECT_DUPLICATES, NULL);
}

bool core_answer_int(const struct core_answer *answer, const char *name, int64_t *value)
{
    json_t *object = object_of(answer);
    const json_t *member = json_object_get(object, name);
    bool is_int = json_is_integer(member);
    if (is_int)
        *value = json_integer_value(member);
    json_decref(object);
    return is_int;
}

bool core_answer_text(const struct core_answer *answer, const char *name, struct buffer *out)
{
    json_t *object = object_of(answer);
    const json_t *member = json_object_get(object, name);
    bool good = json_is_string(member) &&
                buffer_append(out, json_string_value(member), json_string_length(member));
    json_decref(object);
    return good;
}
