#include "daybook/store/import.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channels.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/log.h"
#include "daybook/formats/source.h"
#include "daybook/store/copy.h"
#include "daybook/trust/sha256.h"
#include "import_steps.h"

/* --- life */

static bool file_open(struct import *import, const char *path, struct error *error)
{
    struct stat status;
    import->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (import->fd < 0 || fstat(import->fd, &status) != 0)
        return error_set(error, ERROR_INPUT, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_INPUT, _("%s is not a file"), path);
    import->size = status.st_size;
    return true;
}

/* The stored bytes of a second reading go through a file without a name: they may be large. */
static bool scratch_open(struct import *import, struct error *error)
{
    import->fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (import->fd < 0)
        return error_set(error, ERROR_SYSTEM, "/var/tmp: %s", strerror(errno));
    return true;
}

struct import *import_new(struct store *store, const struct import_options *options,
                          struct error *error)
{
    struct import *import = memory_new(sizeof *import);
    import->store = store;
    import->fd = -1;
    import->verify_file_id = options->verify_file_id;
    snprintf(import->format, sizeof import->format, "%s",
             options->format == NULL ? "" : options->format);
    snprintf(import->channel, sizeof import->channel, "%s",
             options->channel == NULL ? "" : options->channel);
    if (options->bad_reason != NULL) {
        text_printable(import->unreadable, sizeof import->unreadable, span_of(options->bad_reason));
        if (import->format[0] == '\0')
            snprintf(import->format, sizeof import->format, "unknown");
    }
    const char *path = options->path == NULL ? "" : options->path;
    const char *slash = strrchr(path, '/');
    text_printable(import->name, sizeof import->name, span_of(slash == NULL ? path : slash + 1));
    import->sha256 = sha256_new();
    import->chunk = memory_new(IMPORT_CHUNK);
    import->ahead = memory_new(IMPORT_CHUNK);
    import->next = import->verify_file_id != 0 ? step_fetch_describe : step_hash;
    bool opened = import->verify_file_id != 0 ? scratch_open(import, error)
                                              : file_open(import, path, error);
    if (opened)
        return import;
    import->next = NULL;
    import_free(import);
    return NULL;
}

void import_free(struct import *import)
{
    if (import == NULL)
        return;
    if (import->asked != 0)
        store_forget(import->store, import->asked);
    if (import->in_transaction)
        store_reconnect(import->store, clock_monotonic_us());
    statement_reader_free(import->reader);
    if (import->staged)
        staging_free(&import->staging);
    channels_free(&import->channels);
    store_answer_release(&import->answer);
    sha256_free(import->sha256);
    free(import->chunk);
    free(import->ahead);
    if (import->fd >= 0)
        close(import->fd);
    free(import);
}

/* --- asking */

static void import_answered(void *context, struct store_answer *answer)
{
    struct import *import = context;
    store_answer_release(&import->answer);
    import->answer = *answer;
    answer->result = NULL;
    import->asked = 0;
}

void import_ask(struct import *import, const struct store_call *call, import_step_fn *next)
{
    struct store_call asked = *call;
    asked.done = import_answered;
    asked.context = import;
    asked.may_cancel = true;
    if (asked.deadline_ms == 0)
        asked.deadline_ms = IMPORT_DEADLINE_MS;
    struct error error;
    import->asked = store_send(import->store, &asked, &error);
    import->next = next;
    if (import->asked == 0)
        import_fail(import, &error);
}

void import_do(struct import *import, const char *sql, import_step_fn *next)
{
    import_ask(import, &(struct store_call){.sql = sql, .writes = true, .plain = true}, next);
}

/* --- ending */

static enum import_turn step_undone(struct import *import)
{
    import->in_transaction = false;
    import->phase = IMPORT_ENDED;
    import->next = NULL;
    return IMPORT_OVER;
}

void import_fail(struct import *import, const struct error *error)
{
    if (import->error.code == ERROR_NONE)
        import->error = *error;
    import->failing = true;
    if (import->in_transaction && store_state(import->store) == STORE_READY) {
        struct store_call undo = {.sql = "rollback", .writes = true, .plain = true,
                                  .done = import_answered, .context = import};
        import->asked = store_send(import->store, &undo, NULL);
    }
    import->next = step_undone;
}

/* The connection that broke took the transaction with it; nothing is left but to say so. */
static bool answer_failed(struct import *import)
{
    if (import->answer.error.code == ERROR_NONE && import->answer.outcome == STORE_DONE)
        return false;
    struct error error = import->answer.error;
    import->outcome.known = strcmp(import->answer.sqlstate, "DB410") == 0 ||
                            strcmp(import->answer.sqlstate, "DB411") == 0;
    if (import->cancelled)
        error_set(&error, ERROR_CANCELLED, _("cancelled; nothing of the file was kept"));
    import->answer.error.code = ERROR_NONE;
    import->answer.outcome = STORE_DONE;
    import_fail(import, &error);
    return true;
}

static void import_stop(struct import *import)
{
    struct error error;
    error_set(&error, ERROR_CANCELLED, _("cancelled; nothing of the file was kept"));
    import->error = error;
    if (import->copying) {
        store_copy_end(import->store, "cancelled");
        import->copying = false;
    } else if (import->asked != 0) {
        store_cancel(import->store, import->asked);
    } else {
        import_fail(import, &error);
    }
}

void import_cancel(struct import *import)
{
    /* Past this point the database may have done it: the answer decides. */
    if (import->committing || import->next == NULL)
        return;
    import->cancelled = true;
}

enum import_turn import_step(struct import *import)
{
    store_advance(import->store, clock_monotonic_us());
    if (import->next == NULL)
        return IMPORT_OVER;
    if (import->cancelled && !import->stopped && !import->failing) {
        import->stopped = true;
        import_stop(import);
    }
    if (import->copying) {
        if (store_copy_over(import->store)) {
            import->copying = false; /* refused early: the answer is there or on its way */
            return import->asked != 0 ? IMPORT_WAITS : IMPORT_GOES_ON;
        }
        return store_copy_ready(import->store) ? import->next(import) : IMPORT_WAITS;
    }
    if (import->asked != 0)
        return IMPORT_WAITS;
    if (!import->failing && answer_failed(import))
        return IMPORT_GOES_ON;
    if (import->stopped && !import->failing) {
        /* The request that was to be cancelled had ended before. */
        struct error error = import->error;
        import_fail(import, &error);
        return IMPORT_GOES_ON;
    }
    return import->next(import);
}

/* --- looking */

struct import_progress import_progress(const struct import *import)
{
    struct import_progress progress = {.phase = import->phase, .bytes = import->bytes,
                                       .bytes_total = import->size};
    if (import->staged)
        progress.rows = import->staging.line_count;
    return progress;
}

bool import_result(const struct import *import, struct import_outcome *outcome,
                   struct error *error)
{
    assert(import->next == NULL);
    *outcome = import->outcome;
    snprintf(outcome->format, sizeof outcome->format, "%s", import->format);
    if (import->error.code != ERROR_NONE && error != NULL)
        *error = import->error;
    return import->error.code == ERROR_NONE;
}

bool import_blames_file(const struct error *error)
{
    return error->code == ERROR_INPUT || error->code == ERROR_NOT_FOUND ||
           error->code == ERROR_LIMIT || error->code == ERROR_USAGE;
}

static bool run_once(struct store *store, const struct import_options *options,
                     bool (*progress)(void *, const struct import_progress *), void *context,
                     struct import_outcome *outcome, struct error *error)
{
    *outcome = (struct import_outcome){0};
    struct import *import = import_new(store, options, error);
    if (import == NULL)
        return false;
    enum import_turn turn;
    while ((turn = import_step(import)) != IMPORT_OVER) {
        struct import_progress now = import_progress(import);
        if (progress != NULL && !progress(context, &now))
            import_cancel(import);
        if (turn == IMPORT_WAITS)
            store_wait(store, clock_monotonic_us() + IMPORT_TURN_US);
    }
    bool good = import_result(import, outcome, error);
    import_free(import);
    return good;
}

bool import_run(struct store *store, const struct import_options *options,
                bool (*progress)(void *, const struct import_progress *), void *context,
                struct import_outcome *outcome, struct error *error)
{
    if (run_once(store, options, progress, context, outcome, error))
        return true;
    if (!options->keep_bad || outcome->known || !import_blames_file(error))
        return false;
    struct import_options bad = *options;
    struct error why;
    bad.bad_reason = error->message;
    if (run_once(store, &bad, progress, context, outcome, &why))
        return true;
    if (outcome->known)
        *error = why;
    return false;
}
