/* Sends on to the core what was approved and has no receipt yet, whoever died in between: a
 * request is its id and its bytes, so that any number of sendings execute it once. */
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/log.h"
#include "daybook/store/request.h"
#include "service.h"

enum {
    RELAY_DEADLINE_MS = 30000, /* a request of many items is one transaction of the core's */
    RELAY_EVERY_US = 5 * 1000000,
    RELAY_AGAIN_FIRST_US = 2 * 1000000,
    RELAY_AGAIN_LAST_US = 256 * 1000000
};

/* The gaps double while the core is away: 2, 4, 8 ... 256 seconds. */
static void back_off(struct service *service)
{
    int64_t gap = service->relay_gap_us * 2;

    if (gap < RELAY_AGAIN_FIRST_US)
        gap = RELAY_AGAIN_FIRST_US;
    service->relay_gap_us = gap > RELAY_AGAIN_LAST_US ? RELAY_AGAIN_LAST_US : gap;
    service->next_relay_us = clock_monotonic_us() + service->relay_gap_us;
}

/* What the core decided about the document itself. That daybookd has no right there, or the core is
 * busy or of another version, says nothing of the request. */
static bool is_final(const struct core_answer *answer)
{
    static const char *const policy[] = {
        "maker-unknown", "key-unknown",     "key-revoked",  "signature-bad",      "same-person",
        "role-missing",  "excluded-person", "tier-short",   "rejected",           "expired",
        "cap-exceeded",  "document-bad",    "request-needed", "core-signature-bad",
        "environment-differs"};

    if (answer->outcome != CORE_REFUSED || answer->code[0] == '\0')
        return false;
    for (size_t i = 0; i < sizeof policy / sizeof policy[0]; i++)
        if (strcmp(policy[i], answer->code) == 0)
            return true;
    return answer->status == 409 || answer->status == 412 || answer->status == 422;
}

/* Keeps what came of it; false where the desk would not have it. */
static bool keep(struct service *service, const char *statement, const char *const *values,
                 size_t count)
{
    struct store_call call = {.statement = statement, .values = values, .value_count = count,
                              .writes = true};
    struct store_answer answer;
    bool kept = store_run(service->store, &call, &answer);

    if (kept)
        log_write(LOG_INFO, "request.kept", "request=%s state=%s", values[0],
                  store_cell(answer.result, 0, "state"));
    else
        log_write(LOG_WARNING, "request.not-kept", "request=%s code=%s error=%s", values[0],
                  error_code_name(answer.error.code), answer.error.message);
    store_answer_release(&answer);
    return kept;
}

static bool relay_one(struct service *service, const char *request, const char *body)
{
    char path[64];
    struct core_call call = {.method = "PUT", .path = path, .body = body,
                             .deadline_ms = RELAY_DEADLINE_MS, .attempts = 1};
    struct core_answer answer;
    bool kept = false;

    snprintf(path, sizeof path, "/v1/requests/%s", request);
    if (core_run(service->core, &call, &answer)) {
        const char *values[] = {request, answer.body.data};

        kept = keep(service, "service-request-settle", values, 2);
    } else if (is_final(&answer)) {
        const char *values[] = {request, answer.code, answer.detail};

        kept = keep(service, "service-request-failed", values, 3);
    } else {
        log_write(LOG_WARNING, answer.outcome == CORE_REFUSED ? "request.refused"
                                                              : "request.unknown",
                  "request=%s status=%d code=%s error=%s", request, answer.status,
                  answer.code[0] == '\0' ? "-" : answer.code, answer.error.message);
    }
    core_answer_release(&answer);
    return kept;
}

bool service_relay(struct service *service)
{
    struct store_call call = {.statement = "service-requests-due", .writes = true};
    struct store_answer answer;
    size_t kept = 0, due = 0;

    if (!store_run(service->store, &call, &answer)) {
        log_write(LOG_WARNING, "requests.due", "code=%s error=%s",
                  error_code_name(answer.error.code), answer.error.message);
        due = 1;
    } else {
        due = answer.result->rows;
        for (size_t i = 0; i < due && service_goes_on(service); i++)
            if (relay_one(service, store_cell(answer.result, i, "request_id"),
                          store_cell(answer.result, i, "body")))
                kept++;
    }
    store_answer_release(&answer);
    if (kept < due) {
        back_off(service);
    } else {
        service->relay_gap_us = 0;
        service->next_relay_us = clock_monotonic_us() + RELAY_EVERY_US;
    }
    return kept > 0;
}
