/* The pieces of work of daybookd. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/date.h"
#include "daybook/base/log.h"
#include "daybook/store/import.h"
#include "daybook/store/request.h"
#include "daybook/trust/sha256.h"
#include "service.h"

enum {
    RECONCILE_DEADLINE_MS = 30 * 60 * 1000,
    WATCH_DEADLINE_MS = 5 * 60 * 1000,
    RETRY_US = 10 * 1000000
};

static bool still_wanted(void *context, const struct import_progress *progress)
{
    (void)progress;
    return service_goes_on(context);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* --- files of the inbox */

static bool hash_file(const char *path, char hex[SHA256_HEX])
{
    unsigned char digest[SHA256_BYTES];
    char bytes[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct sha256 *sha256 = sha256_new();
    ssize_t count = -1;

    while (fd >= 0 && (count = read(fd, bytes, sizeof bytes)) > 0)
        sha256_add(sha256, bytes, (size_t)count);
    sha256_finish(sha256, digest);
    sha256_free(sha256);
    if (fd >= 0)
        close(fd);
    sha256_hex(digest, hex);
    return fd >= 0 && count == 0;
}

/* Whether these bytes are here already: a file that came twice, or whose import was done just
 * before this program or its connection died. Bytes that could not be read are tried again. */
static bool is_known(struct service *service, const char *path)
{
    char hex[SHA256_HEX];
    const char *values[] = {hex};
    struct store_call call = {
        .statement = "service-file-known", .values = values, .value_count = 1};
    struct store_answer answer;

    if (!hash_file(path, hex))
        return false;
    bool known = store_run(service->store, &call, &answer) && answer.result->rows > 0;

    if (known)
        log_write(LOG_INFO, "inbox.known", "name=%s file=%s state=%s", base_name(path),
                  store_cell(answer.result, 0, "file_no"), store_cell(answer.result, 0, "state"));
    store_answer_release(&answer);
    return known;
}

static void put_away(struct service *service, bool good, const char *name)
{
    struct error error = {0};

    if (good ? inbox_done(service->inbox, &error) : inbox_bad(service->inbox, &error))
        return;
    log_write(LOG_ERROR, "inbox.stuck", "name=%s error=%s", name, error.message);
    inbox_later(service->inbox, clock_monotonic_us());
}

static void import_failed(struct service *service, const char *name, const struct error *error)
{
    log_write(error->code == ERROR_CANCELLED ? LOG_INFO : LOG_ERROR, "import.failed",
              "name=%s code=%s error=%s", name, error_code_name(error->code), error->message);
    if (import_blames_file(error))
        put_away(service, false, name);
    else
        inbox_later(service->inbox, clock_monotonic_us());
}

static void import_file(struct service *service, const char *path)
{
    struct import_options options = {.path = path, .keep_bad = true};
    struct import_outcome outcome;
    struct error error = {0};
    const char *name = base_name(path);
    int64_t start_us = clock_monotonic_us();

    if (is_known(service, path)) {
        put_away(service, true, name);
        return;
    }
    if (!import_run(service->store, &options, still_wanted, service, &outcome, &error)) {
        import_failed(service, name, &error);
        return;
    }
    bool good = strcmp(outcome.state, "BAD") != 0;

    log_write(good ? LOG_INFO : LOG_WARNING, "import.done",
              "name=%s file=F-%lld state=%s statements=%lld lines=%lld new=%lld matched=%lld "
              "faults=%lld ms=%lld reason=%s",
              name, (long long)outcome.file_id, outcome.state, (long long)outcome.statements,
              (long long)outcome.lines, (long long)outcome.lines_new, (long long)outcome.matched,
              (long long)outcome.faults, (long long)(clock_monotonic_us() - start_us) / 1000,
              outcome.reason);
    service->files_came = true;
    put_away(service, good, name);
}

/* --- second readings */

static bool verify_file(struct service *service, int64_t file_id, const char *file_no)
{
    struct import_options options = {.verify_file_id = file_id};
    struct import_outcome outcome;
    struct error error = {0};

    if (!import_run(service->store, &options, still_wanted, service, &outcome, &error)) {
        /* Somebody else was faster: that is what was wanted. */
        bool beaten = error.code == ERROR_CONFLICT;

        log_write(beaten ? LOG_INFO : LOG_ERROR, beaten ? "verify.skipped" : "verify.failed",
                  "file=%s code=%s error=%s", file_no, error_code_name(error.code),
                  error.message);
        return false;
    }
    log_write(outcome.agrees ? LOG_INFO : LOG_ERROR, "verify.done",
              "file=%s agrees=%s differences=%lld", file_no, outcome.agrees ? "yes" : "no",
              (long long)outcome.differences);
    return outcome.agrees;
}

/* Files read a second time; what does not succeed is tried again at the next look. */
static bool verify_files(struct service *service)
{
    struct store_call call = {.statement = "service-unverified"};
    struct store_answer answer;
    size_t verified = 0;

    service->next_verify_us = clock_monotonic_us() + service->verify_every_us;
    if (!store_run(service->store, &call, &answer)) {
        log_write(LOG_ERROR, "verify.failed", "error=%s", answer.error.message);
        store_answer_release(&answer);
        return false;
    }
    for (size_t i = 0; i < answer.result->rows && service_goes_on(service); i++)
        if (verify_file(service, store_cell_int(answer.result, i, "file_id", 0),
                        store_cell(answer.result, i, "file_no")))
            verified++;
    store_answer_release(&answer);
    if (verified > 0) {
        service->files_came = true;
        service->next_verify_us = 0; /* there may be more than one answer holds */
    }
    return verified > 0;
}

/* --- matching */

/* Who leaves a transaction open holds a channel's lock, which matching would wait for. */
static void end_idle_sessions(struct service *service)
{
    struct store_call call = {.statement = "service-sessions", .writes = true};
    struct store_answer answer;

    if (!store_run(service->store, &call, &answer))
        log_write(LOG_ERROR, "sessions.failed", "error=%s", answer.error.message);
    else if (store_cell_int(answer.result, 0, "ended", 0) > 0)
        log_write(LOG_WARNING, "sessions.ended", "count=%s",
                  store_cell(answer.result, 0, "ended"));
    store_answer_release(&answer);
}

/* Late news of the core, and what rests longer than it may. */
static void watch(struct service *service)
{
    struct store_call call = {.statement = "service-watch", .writes = true,
                              .deadline_ms = WATCH_DEADLINE_MS};
    struct store_answer answer;

    if (!store_run(service->store, &call, &answer))
        log_write(LOG_ERROR, "watch.failed", "error=%s", answer.error.message);
    else
        log_write(LOG_INFO, "watch.done", "late=%s aged=%s settled=%s",
                  store_cell(answer.result, 0, "late"), store_cell(answer.result, 0, "aged"),
                  store_cell(answer.result, 0, "settled"));
    store_answer_release(&answer);
}

/* What nobody decided about in time goes back to its maker. */
static void expire_requests(struct service *service)
{
    struct store_call call = {.statement = "service-requests-expire", .writes = true};
    struct store_answer answer;

    if (!store_run(service->store, &call, &answer))
        log_write(LOG_ERROR, "requests.failed", "error=%s", answer.error.message);
    else if (store_cell_int(answer.result, 0, "expired", 0) > 0)
        log_write(LOG_INFO, "requests.expired", "count=%s",
                  store_cell(answer.result, 0, "expired"));
    store_answer_release(&answer);
}

static void reconcile(struct service *service)
{
    struct store_call call = {.statement = "service-reconcile",
                              .writes = true,
                              .deadline_ms = RECONCILE_DEADLINE_MS};
    struct store_answer answer;
    int64_t start_us = clock_monotonic_us();

    end_idle_sessions(service);
    service->files_came = false;
    service->next_reconcile_us = start_us + service->reconcile_every_us;
    if (!store_run(service->store, &call, &answer)) {
        log_write(LOG_ERROR, "reconcile.failed", "code=%s error=%s",
                  error_code_name(answer.error.code), answer.error.message);
        service->next_reconcile_us = start_us + RETRY_US;
    }
    for (size_t i = 0; answer.result && i < answer.result->rows; i++)
        log_write(LOG_INFO, "reconcile.done", "channel=%s matched=%s raised=%s closed=%s",
                  store_cell(answer.result, i, "channel_id"),
                  store_cell(answer.result, i, "matched"), store_cell(answer.result, i, "raised"),
                  store_cell(answer.result, i, "closed"));
    log_write(LOG_INFO, "reconcile.over", "ms=%lld",
              (long long)(clock_monotonic_us() - start_us) / 1000);
    store_answer_release(&answer);
    watch(service);
    expire_requests(service);
}

bool service_work(struct service *service)
{
    int64_t now_us = clock_monotonic_us();
    const char *path = NULL;

    if (service->inbox) {
        inbox_look(service->inbox, now_us);
        path = inbox_ready(service->inbox, now_us);
    }
    if (path) {
        import_file(service, path);
        return true;
    }
    if (service->next_verify_us <= now_us && verify_files(service))
        return true;
    if (service->files_came || service->next_reconcile_us <= now_us) {
        reconcile(service);
        service->next_tell_us = service->tell_gap_us == 0 ? 0 : service->next_tell_us;
        return true;
    }
    if (service->core == NULL)
        return false;
    if (service->next_relay_us <= now_us && service_relay(service))
        return true;
    return service->next_tell_us <= now_us && service_tell(service);
}
