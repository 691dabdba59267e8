/* What matched is told to the core: chunk after chunk, each with the key it was cut with, until its
 * receipt is kept. Whoever dies in between loses nothing: the chunk is the same next time, and the
 * core answers the same. */
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/log.h"
#include "daybook/store/request.h"
#include "daybook/trust/sha256.h"
#include "service.h"

enum {
    TELL_DEADLINE_MS = 10000,       /* of one request; a stop is heeded after it */
    TELL_CUT_DEADLINE_MS = 300000,  /* a large file is cut in one statement */
    TELL_EVERY_US = 5 * 1000000,    /* looking for what has matched since */
    TELL_AGAIN_FIRST_US = 2 * 1000000,
    TELL_AGAIN_LAST_US = 256 * 1000000
};

/* The gaps double while the core is away or will not have it: 2, 4, 8 ... 256 seconds. */
static void back_off(struct service *service)
{
    int64_t gap = service->tell_gap_us * 2;

    if (gap < TELL_AGAIN_FIRST_US)
        gap = TELL_AGAIN_FIRST_US;
    service->tell_gap_us = gap > TELL_AGAIN_LAST_US ? TELL_AGAIN_LAST_US : gap;
    service->next_tell_us = clock_monotonic_us() + service->tell_gap_us;
}

static void tell_failed(struct service *service, const char *event, const struct error *error)
{
    back_off(service);
    log_write(LOG_WARNING, event, "again_s=%lld code=%s error=%s",
              (long long)service->tell_gap_us / 1000000, error_code_name(error->code),
              error->message);
}

/* Bytes as the database takes them: \x and digits. */
static void digest_text(const char *body, char out[SHA256_HEX + 2])
{
    unsigned char digest[SHA256_BYTES];
    struct sha256 *sha256 = sha256_new();

    sha256_add(sha256, body, strlen(body));
    sha256_finish(sha256, digest);
    sha256_free(sha256);
    memcpy(out, "\\x", 2);
    sha256_hex(digest, out + 2);
}

static bool keep_receipt(struct service *service, const struct store_result *chunk,
                         const struct core_answer *receipt)
{
    char status[16], digest[SHA256_HEX + 2];
    const char *values[] = {store_cell(chunk, 0, "file_id"), store_cell(chunk, 0, "chunk_no"),
                            digest, status, receipt->body.length > 0 ? receipt->body.data : "{}"};
    struct store_call call = {.statement = "service-core-told", .values = values,
                              .value_count = sizeof values / sizeof values[0], .writes = true};
    struct store_answer answer;

    digest_text(store_cell(chunk, 0, "body"), digest);
    snprintf(status, sizeof status, "%d", receipt->status);
    bool kept = store_run(service->store, &call, &answer);

    if (!kept)
        tell_failed(service, "core.receipt", &answer.error);
    else
        log_write(LOG_INFO, "core.told", "file=%s chunk=%s lines=%s refused=%s ms=%lld",
                  store_cell(chunk, 0, "file_no"), store_cell(chunk, 0, "chunk_no"),
                  store_cell(chunk, 0, "lines"), store_cell(answer.result, 0, "refused"),
                  (long long)(receipt->ended_us - receipt->sent_us) / 1000);
    store_answer_release(&answer);
    return kept;
}

static bool send_chunk(struct service *service, const struct store_result *chunk)
{
    char path[128];
    struct core_call call = {.method = "POST", .path = path,
                             .body = store_cell(chunk, 0, "body"),
                             .key = store_cell(chunk, 0, "key"),
                             .deadline_ms = TELL_DEADLINE_MS, .attempts = 1};
    struct core_answer answer;

    snprintf(path, sizeof path, "/v1/statement-files/%s/lines", store_cell(chunk, 0, "sha256"));
    bool done = core_run(service->core, &call, &answer);

    if (done)
        done = keep_receipt(service, chunk, &answer);
    else
        tell_failed(service, answer.outcome == CORE_REFUSED ? "core.refused" : "core.unknown",
                    &answer.error);
    core_answer_release(&answer);
    return done;
}

bool service_tell(struct service *service)
{
    struct store_call call = {.statement = "service-core-next", .writes = true,
                              .deadline_ms = TELL_CUT_DEADLINE_MS};
    struct store_answer answer;
    bool told = false;

    if (!store_run(service->store, &call, &answer)) {
        tell_failed(service, "core.next", &answer.error);
    } else if (answer.result->rows == 0) {
        service->tell_gap_us = 0;
        service->next_tell_us = clock_monotonic_us() + TELL_EVERY_US;
    } else {
        told = send_chunk(service, answer.result);
        if (told)
            service->tell_gap_us = 0;
    }
    store_answer_release(&answer);
    return told;
}
