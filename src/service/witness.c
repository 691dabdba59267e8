/* daybookd --witness FILE: keeps what the sealer signed where the database's owner cannot reach: a
 * file that is only ever appended to, on another machine or at least of another user. It asks for
 * heads from the last it has on, that one included: where it is gone or another, somebody has put
 * yesterday's database back or made another chain. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/log.h"
#include "daybook/store/request.h"
#include "daybook/trust/encode.h"
#include "daybook/trust/seal.h"
#include "service.h"

enum {
    LOOK_EVERY_US = 1000000,
    WITNESS_ALARM = 4, /* the exit status */
    TAIL = 2 * SEAL_LINE
};

struct witness {
    struct service *service;
    struct seal_trust *trust;
    const char *environment;
    int fd;
    bool torn;             /* the file ends within a line: whoever wrote it died */
    struct seal_head last; /* seq 0: none yet */
    bool alarmed;
    int64_t next_us;
};

/* --- the file */

/* The last whole line. What stands behind it is a line that was never finished. */
static bool read_last(struct witness *witness, const char *path, struct error *error)
{
    char tail[TAIL];
    off_t size = lseek(witness->fd, 0, SEEK_END);
    off_t from = size > (off_t)sizeof tail ? size - (off_t)sizeof tail : 0;
    ssize_t got = size < 0 ? -1 : pread(witness->fd, tail, sizeof tail, from);

    if (got < 0)
        return error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    size_t end = (size_t)got;
    while (end > 0 && tail[end - 1] != '\n')
        end--;
    witness->torn = end < (size_t)got;
    if (end == 0 && size == got)
        return true;
    size_t start = end > 0 ? end - 1 : 0;
    while (start > 0 && tail[start - 1] != '\n')
        start--;
    if (end == 0 || !seal_line_read(tail + start, end - 1 - start, &witness->last))
        return error_set(error, ERROR_INPUT, _("%s: its last line is no signed head"), path);
    return true;
}

static bool open_file(struct witness *witness, const char *path, struct error *error)
{
    struct stat status;

    witness->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (witness->fd < 0 || fstat(witness->fd, &status) != 0)
        return error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_INPUT, _("%s: this is no file"), path);
    return read_last(witness, path, error);
}

/* The line is on the disk before it counts. */
static bool append(struct witness *witness, const struct seal_head *head)
{
    char line[SEAL_LINE + 2];
    size_t start = witness->torn ? 1 : 0;

    line[0] = '\n';
    seal_line_write(head, line + start);
    size_t length = strlen(line);
    line[length++] = '\n';
    ssize_t written = write(witness->fd, line, length);
    if (written != (ssize_t)length || fsync(witness->fd) != 0) {
        log_write(LOG_ERROR, "witness.write", "error=%s", strerror(errno));
        witness->torn = witness->torn || written > 0;
        return false;
    }
    witness->torn = false;
    witness->last = *head;
    return true;
}

/* --- heads */

static bool raise_alarm(struct witness *witness, int64_t seq, const char *what)
{
    witness->alarmed = true;
    log_write(LOG_ERROR, "witness.alarm", "seq=%lld last=%lld what=%s", (long long)seq,
              (long long)witness->last.seq, what);
    return false;
}

static bool read_head(const struct store_result *result, size_t row, struct seal_head *head)
{
    const char *hash = store_cell(result, row, "hash"), *at = store_cell(result, row, "at");
    const char *key = store_cell(result, row, "key");
    const char *signature = store_cell(result, row, "signature");

    *head = (struct seal_head){.seq = store_cell_int(result, row, "seq", 0)};
    if (!hash || !at || !key || !signature || strlen(key) != SHA256_HEX - 1)
        return false;
    memcpy(head->key, key, SHA256_HEX);
    return head->seq > 0 && hex_read_exactly(head->hash, sizeof head->hash, span_of(hash)) &&
           hex_read_exactly(head->signature, sizeof head->signature, span_of(signature)) &&
           time_parse(span_of(at), &head->at);
}

static bool same(const struct seal_head *a, const struct seal_head *b)
{
    char one[SEAL_LINE], other[SEAL_LINE];

    seal_line_write(a, one);
    seal_line_write(b, other);
    return strcmp(one, other) == 0;
}

/* Takes the rows in; false at an alarm or where the file cannot be written. */
static bool take(struct witness *witness, const struct store_result *result)
{
    size_t row = 0;
    struct seal_head head;

    if (witness->last.seq > 0) {
        if (result->rows == 0 || !read_head(result, 0, &head) || head.seq != witness->last.seq)
            return raise_alarm(witness, witness->last.seq, "the last head that was seen is gone");
        if (!same(&head, &witness->last))
            return raise_alarm(witness, head.seq, "the last head that was seen is another one now");
        row = 1;
    }
    for (; row < result->rows; row++) {
        if (!read_head(result, row, &head) || head.seq <= witness->last.seq)
            return raise_alarm(witness, head.seq, "a head that does not read or goes back");
        if (!seal_verify(witness->trust, witness->environment, &head))
            return raise_alarm(witness, head.seq, "the signature is not the sealer's");
        if (!append(witness, &head))
            return false;
    }
    return true;
}

/* One look. False where there is no more to be had now, or it failed. */
static bool look(struct witness *witness)
{
    char after[24];
    const char *values[] = {after};
    struct store_call call = {.statement = "audit-heads", .values = values, .value_count = 1};
    struct store_answer answer;
    int64_t before = witness->last.seq;

    snprintf(after, sizeof after, "%lld", (long long)(before > 0 ? before : 1));
    bool good = store_run(witness->service->store, &call, &answer);
    if (!good)
        log_write(LOG_ERROR, "witness.look", "error=%s", answer.error.message);
    good = good && take(witness, answer.result);
    store_answer_release(&answer);
    if (witness->last.seq > before)
        log_write(LOG_INFO, "witness.seen", "seq=%lld", (long long)witness->last.seq);
    return good && witness->last.seq > before;
}

static int watch(struct witness *witness, struct wire *wire, bool once, struct error *error)
{
    enum store_state state = STORE_IDLE;
    struct service *service = witness->service;

    if (once && !store_wait_ready(service->store, 10000, error))
        return 3;
    if (!once)
        store_start(service->store, clock_monotonic_us());
    while (service_goes_on(service) && !witness->alarmed) {
        if (once && !look(witness))
            break;
        if (once)
            continue;
        if (!service_watch_connection(service, &state))
            return 1;
        if (state == STORE_READY && witness->next_us <= clock_monotonic_us() && !look(witness))
            witness->next_us = clock_monotonic_us() + LOOK_EVERY_US;
        if (!witness->alarmed)
            service_wait(service, wire, state == STORE_READY ? witness->next_us : INT64_MAX);
    }
    return witness->alarmed ? WITNESS_ALARM : 0;
}

int service_witness(struct service *service, struct wire *wire, const struct config *config,
                    const char *path, bool once, struct error *error)
{
    struct witness witness = {.service = service, .environment = config->environment_word,
                              .fd = -1};
    int status = 2;

    if (config->seal_certificate == NULL)
        error_set(error, ERROR_USAGE, _("the line '%s' is missing: %s"), "seal-certificate",
                  _("the audit sealer's certificate, with which signed heads are checked"));
    else
        witness.trust = seal_trust_open(config->seal_certificate, config->root_certificate, error);
    if (witness.trust && open_file(&witness, path, error)) {
        log_write(LOG_INFO, "witness.started", "file=%s last=%lld", path,
                  (long long)witness.last.seq);
        status = watch(&witness, wire, once, error);
    }
    if (witness.fd >= 0)
        close(witness.fd);
    seal_trust_free(witness.trust);
    return status;
}
