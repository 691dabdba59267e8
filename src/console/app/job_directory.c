#include "job_directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "import_inbox.h"

struct job_directory {
    struct console *console;
    struct store *store;
    struct inbox *inbox;
    struct import *import;     /* NULL: between two files */
    char *path, *channel, *format;
    char *file;                /* the one under way */
    bool keeps_bad;            /* its second pass: its bytes are kept as unreadable */
    struct error why;          /* what its first pass failed with */
    char label[128];
    int64_t until_us;          /* files that are still written are waited for until then */
    size_t taken, bad, known, left;
    bool over, cancelled;
    struct error error;        /* what ended all of it */
};

static char *copy(const char *text)
{
    return text == NULL ? NULL : memory_copy_string(text);
}

struct job_directory *job_directory_new(struct console *console, struct store *store,
                                        const struct import_options *options,
                                        struct error *error)
{
    struct inbox *inbox = inbox_new(options->path, IMPORT_SETTLE_US, error);
    if (inbox == NULL)
        return NULL;
    struct job_directory *directory = memory_new(sizeof *directory);
    *directory = (struct job_directory){.console = console, .store = store, .inbox = inbox,
                                        .path = copy(options->path),
                                        .channel = copy(options->channel),
                                        .format = copy(options->format)};
    snprintf(directory->label, sizeof directory->label, "%s", _("import"));
    return directory;
}

void job_directory_free(struct job_directory *directory)
{
    if (directory == NULL)
        return;
    import_free(directory->import);
    inbox_free(directory->inbox);
    free(directory->path);
    free(directory->channel);
    free(directory->format);
    free(directory->file);
    free(directory);
}

/* One pass over the file; the second keeps its bytes with the reason. */
static void begin_pass(struct job_directory *directory, const char *bad_reason)
{
    struct import_options options = {.path = directory->file, .channel = directory->channel,
                                     .format = directory->format, .bad_reason = bad_reason};
    directory->keeps_bad = bad_reason != NULL;
    directory->import = import_new(directory->store, &options, &directory->error);
    directory->over = directory->import == NULL;
}

static void begin_file(struct job_directory *directory, const char *path)
{
    const char *slash = strrchr(path, '/');
    char name[96];
    text_printable(name, sizeof name, span_of(slash == NULL ? path : slash + 1));
    snprintf(directory->label, sizeof directory->label, "%s %s", _("import"), name);
    free(directory->file);
    directory->file = memory_copy_string(path);
    directory->until_us = 0;
    error_clear(&directory->why);
    begin_pass(directory, NULL);
}

/* The next ready file, or when to look again. */
static int64_t next_file(struct job_directory *directory, int64_t now_us)
{
    if (directory->until_us == 0)
        directory->until_us = now_us + 4 * IMPORT_SETTLE_US;
    inbox_look(directory->inbox, now_us);
    const char *path = inbox_ready(directory->inbox, now_us);
    int64_t next_us = inbox_next_look(directory->inbox);
    if (path != NULL) {
        begin_file(directory, path);
        return 0;
    }
    directory->over = next_us == INT64_MAX || next_us > directory->until_us;
    return directory->over ? 0 : next_us;
}

static void count(struct job_directory *directory, const struct import_outcome *outcome)
{
    if (directory->why.code == ERROR_NONE)
        *(strcmp(outcome->state, "BAD") == 0 ? &directory->bad : &directory->taken) += 1;
    else if (outcome->known)
        directory->known++;
    else
        directory->left++;
}

/* Puts the file where it belongs and tells of it, in the log and on every list. */
static void file_ended(struct job_directory *directory, const struct import_outcome *outcome)
{
    const struct error *why = &directory->why;
    int64_t now_us = clock_monotonic_us();
    count(directory, outcome);
    console_log(directory->console, directory->label, now_us, now_us,
                why->code == ERROR_NONE ? outcome->state : why->message);
    if (import_stops_all(outcome, why)) {
        directory->error = *why;
        directory->over = true;
    } else {
        directory->over = !import_put_away(directory->inbox, outcome, why, &directory->error);
    }
    if (!directory->over)
        places_reload(directory->console, false);
}

static void pass_ended(struct job_directory *directory)
{
    struct import_outcome outcome;
    struct error error;
    bool good = import_result(directory->import, &outcome, &error);
    import_free(directory->import);
    directory->import = NULL;
    if (!good && !directory->keeps_bad && !outcome.known && import_blames_file(&error)) {
        directory->why = error;
        begin_pass(directory, directory->why.message);
        return;
    }
    if (good)
        error_clear(&directory->why);
    else if (!directory->keeps_bad || outcome.known)
        directory->why = error;
    file_ended(directory, &outcome);
}

int64_t job_directory_turn(struct job_directory *directory, int64_t now_us, int64_t slice_us)
{
    if (directory->over)
        return 0;
    if (directory->import == NULL) {
        if (directory->cancelled)
            directory->over = true;
        return directory->over ? 0 : next_file(directory, now_us);
    }
    enum import_turn turn;
    do
        turn = import_step(directory->import);
    while (turn == IMPORT_GOES_ON && clock_monotonic_us() - now_us < slice_us);
    if (turn == IMPORT_OVER)
        pass_ended(directory);
    return turn == IMPORT_WAITS ? INT64_MAX : 0;
}

static bool is_cancelled(const struct job_directory *directory)
{
    return directory->cancelled && (directory->error.code == ERROR_NONE ||
                                    directory->error.code == ERROR_CANCELLED);
}

/* What was done before Esc stays done; the file under way and those behind it are as before. */
static void say_cancelled(const struct job_directory *directory, char *done, size_t size)
{
    size_t files = directory->taken + directory->bad + directory->known;
    if (files == 0)
        snprintf(done, size, "%s", _("Cancelled; no file was taken in."));
    else
        snprintf(done, size,
                 language_plural("Cancelled after %zu file: %zu taken in, %zu unreadable, %zu "
                                 "known already",
                                 "Cancelled after %zu files: %zu taken in, %zu unreadable, %zu "
                                 "known already", files),
                 files, directory->taken, directory->bad, directory->known);
}

bool job_directory_over(const struct job_directory *directory, char *done, size_t size,
                        bool *failed)
{
    if (!directory->over)
        return false;
    if (is_cancelled(directory)) {
        *failed = true;
        say_cancelled(directory, done, size);
        return true;
    }
    *failed = directory->error.code != ERROR_NONE || directory->bad + directory->left > 0;
    int length = snprintf(done, size,
                          language_plural("%zu file taken in, %zu unreadable, %zu known already",
                                          "%zu files taken in, %zu unreadable, %zu known already",
                                          directory->taken),
                          directory->taken, directory->bad, directory->known);
    if (length > 0 && (size_t)length < size && directory->error.code != ERROR_NONE)
        snprintf(done + length, size - (size_t)length, ". %s", directory->error.message);
    return true;
}

void job_directory_cancel(struct job_directory *directory)
{
    directory->cancelled = true;
    if (directory->import != NULL)
        import_cancel(directory->import);
}

const struct import *job_directory_import(const struct job_directory *directory)
{
    return directory->import;
}

const char *job_directory_label(const struct job_directory *directory)
{
    return directory->label;
}
