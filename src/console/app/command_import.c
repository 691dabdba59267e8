/* daybook import FILE...: the same import as the console's, told on stderr. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "daybook/base/date.h"
#include "daybook/base/json.h"
#include "daybook/base/language.h"
#include "daybook/store/import.h"
#include "escape.h"

enum { TELL_US = 500000, LOOK_US = 50000 };

/* Set by SIGINT or Esc; an import that is told to stop undoes what it began. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

struct telling {
    bool on_terminal;
    bool escapes;            /* Esc is watched for */
    enum import_phase phase; /* since started_us */
    int64_t started_us, told_us, looked_us;
};

static const char *phase_word(enum import_phase phase)
{
    switch (phase) {
    case IMPORT_HASHING: return N_("reading");
    case IMPORT_KEEPING: return N_("keeping the bytes");
    case IMPORT_READING: return N_("staging");
    case IMPORT_MATCHING: return N_("matching");
    case IMPORT_ENDED: break;
    }
    return N_("done");
}

/* Of the matching nobody can say how long it takes: it tells how long it has been at it. */
static void tell_phase(const struct telling *telling, const struct import_progress *progress,
                       int64_t spent_us)
{
    const char *phase = _(phase_word(progress->phase));
    int64_t rate = spent_us <= 0 ? 0 : progress->rows * 1000000 / spent_us;
    int64_t left_s = 0;
    if (progress->bytes > 0)
        left_s = spent_us * (progress->bytes_total - progress->bytes) / progress->bytes / 1000000;
    fputs("\r", stderr);
    if (progress->phase == IMPORT_MATCHING)
        fprintf(stderr, language_plural("%s  %lld row  for %lld s   ",
                                        "%s  %lld rows  for %lld s   ",
                                        (unsigned long)progress->rows),
                phase, (long long)progress->rows,
                (long long)(spent_us / 1000000));
    else
        fprintf(stderr, language_plural("%s  %lld row  %lld/s  %lld s left   ",
                                        "%s  %lld rows  %lld/s  %lld s left   ",
                                        (unsigned long)progress->rows),
                phase, (long long)progress->rows, (long long)rate, (long long)left_s);
    if (telling->escapes)
        fprintf(stderr, "%s   ", _("Esc cancels"));
}

/* Rows, rate and time left, where somebody watches; twice a second. */
static bool tell_progress(void *context, const struct import_progress *progress)
{
    struct telling *telling = context;
    int64_t now_us = clock_monotonic_us();
    if (now_us - telling->looked_us >= LOOK_US) {
        telling->looked_us = now_us;
        if (escape_pressed())
            interrupted = 1;
    }
    if (progress->phase != telling->phase) {
        telling->phase = progress->phase;
        telling->started_us = now_us;
    }
    if (telling->on_terminal && now_us - telling->told_us >= TELL_US) {
        telling->told_us = now_us;
        tell_phase(telling, progress, now_us - telling->started_us);
    }
    return !interrupted;
}

static void put_outcome(const struct options *options, const char *file,
                        const struct import_outcome *outcome)
{
    if (options->format != FORMAT_JSON) {
        char name[1024];
        text_printable(name, sizeof name, span_of(file));
        printf("F-%lld\t%s\t%s\t%lld\t%lld\t%lld\t%lld\t%s\n", (long long)outcome->file_id,
               outcome->state, outcome->format, (long long)outcome->lines,
               (long long)outcome->lines_new, (long long)outcome->matched,
               (long long)outcome->faults, name);
        return;
    }
    struct buffer line;
    struct json json;
    buffer_init(&line, 64 * 1024);
    json_write_start(&json, &line);
    json_write_object(&json);
    json_write_key(&json, "file_id"), json_write_int(&json, outcome->file_id);
    json_write_key(&json, "name"), json_write_string(&json, file);
    json_write_key(&json, "state"), json_write_string(&json, outcome->state);
    json_write_key(&json, "format"), json_write_string(&json, outcome->format);
    json_write_key(&json, "statements"), json_write_int(&json, outcome->statements);
    json_write_key(&json, "lines"), json_write_int(&json, outcome->lines);
    json_write_key(&json, "lines_new"), json_write_int(&json, outcome->lines_new);
    json_write_key(&json, "matched"), json_write_int(&json, outcome->matched);
    json_write_key(&json, "faults"), json_write_int(&json, outcome->faults);
    json_write_key(&json, "reason"), json_write_string(&json, outcome->reason);
    json_write_end(&json);
    printf("%s\n", buffer_text(&line));
    buffer_free(&line);
}

static int import_one(struct command *command, struct store *store, const char *path,
                      bool keep_bad, struct import_outcome *outcome, struct error *error)
{
    const struct options *options = command->options;
    struct import_options wanted = {.path = path, .format = options_value(options, "format"),
                                    .channel = options_value(options, "channel"),
                                    .keep_bad = keep_bad};
    struct telling telling = {.on_terminal = isatty(STDERR_FILENO) == 1,
                              .started_us = clock_monotonic_us()};
    error_clear(error);
    telling.escapes = telling.on_terminal && escape_begin();
    bool good = import_run(store, &wanted, tell_progress, &telling, outcome, error);
    if (telling.on_terminal && telling.told_us != 0)
        fprintf(stderr, "\r\033[K");
    if (!good) {
        error_prefix(error, "%s", path);
        return command_fails(error);
    }
    put_outcome(options, path, outcome);
    if (outcome->reason[0] != '\0')
        narrate("%s: %s", path, outcome->reason);
    return strcmp(outcome->state, "BAD") == 0 ? 1 : 0;
}

int command_import(struct command *command)
{
    struct error error;
    struct store *store = session_connect(&command->session, command->options, 0, &error);
    if (store == NULL)
        return command_fails(&error);
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    int worst = 0;
    for (size_t i = 0; i < command->options->word_count && !interrupted; i++) {
        const char *path = command->options->words[i];
        struct import_outcome outcome;
        struct stat status;
        bool is_directory = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
        int one = is_directory ? command_import_directory(command, store, path, import_one)
                               : import_one(command, store, path, false, &outcome, &error);
        if (one > worst)
            worst = one;
    }
    escape_end();
    store_free(store);
    return interrupted ? 130 : worst;
}
