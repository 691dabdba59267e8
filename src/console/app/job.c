/* Long work: an import or a run of matching, on a connection of its own so that lists go on; an
 * export, page by page. One at a time; progress on the status line; Esc cancels. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/store/import.h"
#include "daybook/store/request.h"
#include "inside.h"
#include "job_directory.h"
#include "job_export.h"

enum {
    JOB_SENTENCE = ERROR_MESSAGE_MAX + 64,
    JOB_SLICE_US = 3000,          /* how long a turn may keep keys waiting */
    RECONCILE_DEADLINE_MS = 60 * 60 * 1000
};

struct job {
    struct store *store;    /* of an import or reconcile */
    struct import *import;
    struct job_directory *directory; /* of an import of all its files; NULL: one file */
    struct job_export *export;
    int64_t request;        /* of reconcile; 0: none is under way */
    bool reconciles, over;
    char label[128];
    char done[JOB_SENTENCE];
    bool failed;
    int64_t started_us;
};

bool job_running(const struct console *console)
{
    return console->job != NULL;
}

void job_free(struct console *console)
{
    struct job *job = console->job;
    if (job == NULL)
        return;
    import_free(job->import);
    job_directory_free(job->directory);
    store_free(job->store);
    job_export_free(job->export);
    free(job);
    console->job = NULL;
}

/* NULL where another job runs. */
static struct job *job_new(struct console *console, const char *label)
{
    if (console->job != NULL) {
        console_say(console, "%s", _("Something long runs already; Esc cancels it."));
        return NULL;
    }
    struct job *job = memory_new(sizeof *job);
    snprintf(job->label, sizeof job->label, "%s", label);
    job->started_us = clock_monotonic_us();
    console->job = job;
    return job;
}

static bool job_connect(struct console *console, struct job *job)
{
    struct error error;
    if (console->session.key == NULL) {
        console_say(console, "%s", _("The database is not connected yet."));
        job_free(console);
        return false;
    }
    struct store_options options = session_store_options(&console->session);
    options.statement_timeout_ms = 0;
    options.application = "daybook work";
    options.once = true;
    options.elsewhere = opening_run_elsewhere;
    options.elsewhere_context = console;
    job->store = store_new(&options, &error);
    if (job->store == NULL) {
        console_complain(console, &error);
        job_free(console);
        return false;
    }
    store_start(job->store, clock_monotonic_us());
    return true;
}

/* --- import */

void job_import(struct console *console, const char *path, const char *channel,
                const char *format)
{
    struct error error;
    const char *slash = strrchr(path, '/');
    char label[128];
    struct stat status;
    bool all = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    snprintf(label, sizeof label, "%s %s", _("import"),
             slash == NULL || slash[1] == '\0' ? path : slash + 1);
    struct job *job = job_new(console, label);
    if (job == NULL || !job_connect(console, job))
        return;
    struct import_options options = {.path = path, .channel = channel, .format = format};
    if (all)
        job->directory = job_directory_new(console, job->store, &options, &error);
    else
        job->import = import_new(job->store, &options, &error);
    if (job->import != NULL || job->directory != NULL)
        return;
    console_complain(console, &error);
    job_free(console);
}

static void import_ended(struct job *job)
{
    struct import_outcome outcome;
    struct error error;
    job->over = true;
    if (!import_result(job->import, &outcome, &error)) {
        error_prefix(&error, "%s", job->label);
        snprintf(job->done, sizeof job->done, "%s", error.message);
        job->failed = true;
    } else if (outcome.reason[0] != '\0') {
        snprintf(job->done, sizeof job->done, "F-%lld %s: %s", (long long)outcome.file_id,
                 outcome.state, outcome.reason);
        job->failed = true;
    } else {
        snprintf(job->done, sizeof job->done,
                 language_plural("F-%lld %s: %lld line, %lld new, %lld matched",
                                 "F-%lld %s: %lld lines, %lld new, %lld matched",
                                 (unsigned long)outcome.lines), (long long)outcome.file_id,
                 outcome.state, (long long)outcome.lines, (long long)outcome.lines_new,
                 (long long)outcome.matched);
    }
}

static int64_t import_turn(struct job *job, int64_t now_us)
{
    enum import_turn turn;
    do
        turn = import_step(job->import);
    while (turn == IMPORT_GOES_ON && clock_monotonic_us() - now_us < JOB_SLICE_US);
    if (turn == IMPORT_OVER)
        import_ended(job);
    return turn == IMPORT_WAITS ? INT64_MAX : 0;
}

static void import_shown(const struct import *import, struct frame_progress *shown)
{
    struct import_progress progress = import_progress(import);
    bool staging = progress.phase == IMPORT_READING;
    /* Bytes tell what is left; rows are known only at the end. */
    shown->done = staging ? progress.bytes : progress.rows;
    shown->total = staging ? progress.bytes_total : 0;
    shown->unit = staging ? N_("bytes") : N_("rows");
}

/* --- reconcile */

static void reconciled(void *context, struct store_answer *answer)
{
    struct job *job = context;
    job->request = 0;
    job->over = true;
    if (answer->outcome != STORE_DONE) {
        snprintf(job->done, sizeof job->done, "%s", answer->error.message);
        job->failed = true;
        return;
    }
    int64_t matched = 0, raised = 0, closed = 0;
    for (size_t r = 0; r < answer->result->rows; r++) {
        matched += store_cell_int(answer->result, r, "matched", 0);
        raised += store_cell_int(answer->result, r, "raised", 0);
        closed += store_cell_int(answer->result, r, "closed", 0);
    }
    snprintf(job->done, sizeof job->done,
             language_plural("%lld matched, %lld exception raised, %lld settled",
                             "%lld matched, %lld exceptions raised, %lld settled",
                             (unsigned long)raised),
             (long long)matched, (long long)raised, (long long)closed);
}

void job_reconcile(struct console *console, const char *channel, bool dry, const char *rules)
{
    struct job *job = job_new(console, dry ? _("trying rules") : _("matching"));
    if (job == NULL || !job_connect(console, job))
        return;
    const char *const values[] = {channel, dry ? "t" : "f", rules};
    struct store_call call = {.statement = "reconcile", .values = values, .value_count = 3,
                              .writes = true, .may_cancel = true,
                              .deadline_ms = RECONCILE_DEADLINE_MS, .result_limit = 64 << 20,
                              .done = reconciled, .context = job};
    struct error error;
    job->reconciles = true;
    job->request = store_send(job->store, &call, &error);
    if (job->request != 0)
        return;
    console_complain(console, &error);
    job_free(console);
}

/* --- export */

void job_export(struct console *console, const char *path)
{
    struct error error;
    struct job *job = job_new(console, _("export"));
    if (job == NULL)
        return;
    job->export = job_export_new(console, path, &error);
    if (job->export != NULL)
        return;
    console_complain(console, &error);
    job_free(console);
}

/* --- turns */

static void job_ended(struct console *console)
{
    struct job *job = console->job;
    char done[JOB_SENTENCE];
    bool failed = job->failed, exported = job->export != NULL;
    int64_t started_us = job->started_us;
    memcpy(done, job->done, sizeof done);
    console_log(console, job->label, started_us, clock_monotonic_us(), done);
    job_free(console);
    frame_progress(console->frame)->label = NULL;
    frame_message(console->frame, failed ? ROLE_BAD : ROLE_OK, "%s", done);
    if (!exported)
        places_reload(console, false);
    console->dirty = true;
}

static void job_shown(struct console *console)
{
    struct job *job = console->job;
    struct frame_progress *shown = frame_progress(console->frame);
    struct frame_progress now = {.label = job->label, .started_us = job->started_us,
                                 .can_cancel = true};
    const struct import *import = job->directory == NULL ? job->import
                                                         : job_directory_import(job->directory);
    if (job->directory != NULL)
        now.label = job_directory_label(job->directory);
    if (import != NULL)
        import_shown(import, &now);
    else if (job->export != NULL)
        job_export_shown(job->export, &now);
    if (shown->label == NULL || shown->done != now.done)
        console->dirty = true;
    *shown = now;
}

int64_t job_turn(struct console *console, int64_t now_us)
{
    struct job *job = console->job;
    int64_t due_us = INT64_MAX;
    if (job == NULL)
        return due_us;
    if (job->directory != NULL)
        due_us = job_directory_turn(job->directory, now_us, JOB_SLICE_US);
    else if (job->import != NULL)
        due_us = import_turn(job, now_us);
    else if (job->export != NULL)
        job->over = job_export_turn(job->export, job->done, sizeof job->done, &job->failed);
    else
        store_advance(job->store, now_us);
    if (job->store != NULL) {
        int64_t store_due_us = store_interest(job->store).deadline_us;
        if (store_due_us < due_us)
            due_us = store_due_us;
    }
    if (job->directory != NULL)
        job->over = job_directory_over(job->directory, job->done, sizeof job->done, &job->failed);
    if (job->over)
        job_ended(console);
    else
        job_shown(console);
    return due_us;
}

void job_interest(const struct console *console, struct wire_fd *fd)
{
    if (console->job == NULL || console->job->store == NULL)
        return;
    struct store_interest want = store_interest(console->job->store);
    *fd = (struct wire_fd){.fd = want.fd, .read = want.read, .write = want.write};
}

void job_cancel(struct console *console)
{
    struct job *job = console->job;
    if (job->directory != NULL)
        job_directory_cancel(job->directory);
    else if (job->import != NULL)
        import_cancel(job->import);
    else if (job->export != NULL)
        job_export_cancel(job->export);
    else if (job->request != 0)
        store_cancel(job->store, job->request);
    console_say(console, "%s", _("Cancelling..."));
    wire_wake(console->wire);
}
