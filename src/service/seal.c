/* daybookd --seal: the audit's sealer. Entries become links of the chain a few times a second, the
 * last link is signed once a second. Whoever dies in between loses nothing: the database knows what
 * is sealed, and an unsigned head is signed at the next turn. */
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/log.h"
#include "daybook/store/request.h"
#include "daybook/trust/encode.h"
#include "daybook/trust/seal.h"
#include "service.h"

enum {
    SEAL_EVERY_US = 200 * 1000,
    SEAL_IDLE_US = 800 * 1000,    /* the longest gap while nothing comes */
    SEAL_OTHER_US = 2 * 1000000,  /* another sealer is at it */
    SEAL_RETRY_US = 2 * 1000000,
    SIGN_EVERY_US = 1000000,
    SEAL_DEADLINE_MS = 5 * 60 * 1000 /* after an outage there may be much */
};

struct sealer {
    struct service *service;
    struct seal_key *key;
    const char *environment;
    int64_t next_us, gap_us, next_sign_us;
    bool unsigned_links; /* there may be some */
};

/* One turn; false where the database would not. */
static bool seal(struct sealer *sealer, int64_t *sealed)
{
    struct store_call call = {.statement = "service-seal", .writes = true,
                              .deadline_ms = SEAL_DEADLINE_MS};
    struct store_answer answer;
    int64_t start_us = clock_monotonic_us();
    bool done = store_run(sealer->service->store, &call, &answer);

    *sealed = done ? store_cell_int(answer.result, 0, "sealed", -1) : 0;
    if (!done)
        log_write(LOG_ERROR, "seal.failed", "code=%s error=%s",
                  error_code_name(answer.error.code), answer.error.message);
    else if (*sealed > 0)
        log_write(LOG_INFO, "seal.done", "sealed=%lld seq=%s lag_ms=%s ms=%lld",
                  (long long)*sealed, store_cell(answer.result, 0, "seq"),
                  store_cell(answer.result, 0, "lag_ms"),
                  (long long)(clock_monotonic_us() - start_us) / 1000);
    store_answer_release(&answer);
    return done;
}

static bool keep_head(struct sealer *sealer, const struct seal_head *head)
{
    struct buffer signature;
    char seq[24], hash[SHA256_HEX + 2] = "\\x", at[TIME_TEXT];
    struct store_answer answer;

    buffer_init(&signature, 512);
    buffer_append_string(&signature, "\\x");
    hex_write(&signature, head->signature, sizeof head->signature);
    sha256_hex(head->hash, hash + 2);
    snprintf(seq, sizeof seq, "%lld", (long long)head->seq);
    const char *values[] = {seq, hash, time_text(head->at, at), head->key,
                            buffer_text(&signature)};
    struct store_call call = {.statement = "service-sign", .values = values,
                              .value_count = sizeof values / sizeof values[0], .writes = true};
    bool kept = store_run(sealer->service->store, &call, &answer);

    if (!kept)
        log_write(LOG_ERROR, "seal.unsigned", "error=%s", answer.error.message);
    store_answer_release(&answer);
    buffer_free(&signature);
    return kept;
}

static bool sign(struct sealer *sealer)
{
    struct store_call call = {.statement = "service-unsigned"};
    struct store_answer answer;
    struct seal_head head = {.at = clock_now() / 1000000 * 1000000};
    bool done = store_run(sealer->service->store, &call, &answer);

    if (!done)
        log_write(LOG_ERROR, "seal.unsigned", "error=%s", answer.error.message);
    if (done && answer.result->rows > 0) {
        const char *hash = store_cell(answer.result, 0, "hash");

        head.seq = store_cell_int(answer.result, 0, "seq", 0);
        done = hash && hex_read_exactly(head.hash, sizeof head.hash, span_of(hash)) &&
               seal_sign(sealer->key, sealer->environment, &head) && keep_head(sealer, &head);
    }
    store_answer_release(&answer);
    return done;
}

static void turn(struct sealer *sealer)
{
    int64_t now_us = clock_monotonic_us(), sealed = 0;

    if (sealer->next_us <= now_us) {
        bool done = seal(sealer, &sealed);

        if (sealed > 0) {
            sealer->gap_us = SEAL_EVERY_US;
            sealer->unsigned_links = true;
        } else if (!done || sealed < 0) {
            sealer->gap_us = done ? SEAL_OTHER_US : SEAL_RETRY_US;
        } else {
            sealer->gap_us = sealer->gap_us * 2 > SEAL_IDLE_US ? SEAL_IDLE_US
                                                               : sealer->gap_us * 2;
        }
        sealer->next_us = now_us + sealer->gap_us;
    }
    if (sealer->unsigned_links && sealer->next_sign_us <= now_us) {
        sealer->unsigned_links = !sign(sealer);
        sealer->next_sign_us = now_us + SIGN_EVERY_US;
    }
}

int service_seal(struct service *service, struct wire *wire, const struct config *config,
                 bool once, struct error *error)
{
    struct sealer sealer = {.service = service, .environment = config->environment_word,
                            .gap_us = SEAL_EVERY_US, .unsigned_links = true};
    enum store_state state = STORE_IDLE;
    int status = 0;

    if (config->seal_key == NULL) {
        error_set(error, ERROR_USAGE, _("the line '%s' is missing: %s"), "seal-key",
                  _("the audit sealer's own key"));
        return 2;
    }
    sealer.key = seal_key_open(config->seal_key, error);
    if (sealer.key == NULL)
        return 2;
    log_write(LOG_INFO, "seal.started", "database=%s once=%d", config->database, once);
    if (once) {
        int64_t sealed = 0;

        status = store_wait_ready(service->store, 10000, error) && seal(&sealer, &sealed) &&
                 sign(&sealer) ? 0 : 3;
    } else {
        store_start(service->store, clock_monotonic_us());
    }
    while (!once && status == 0 && service_goes_on(service)) {
        if (!service_watch_connection(service, &state))
            status = 1;
        else if (state == STORE_READY)
            turn(&sealer);
        service_wait(service, wire, state == STORE_READY ? sealer.next_us : INT64_MAX);
    }
    seal_key_free(sealer.key);
    return status;
}
