/* daybook doctor: what stands between this operator and the database, check by check. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "daybook/base/language.h"
#include "daybook/base/share.h"

enum {
    MINUTE_S = 60,
    HOUR_S = 60 * MINUTE_S,
    BACKUP_AGE_MAX_S = 26 * HOUR_S, // one a day, and two hours for it to be late
};

struct doctor {
    struct command *command;
    bool ill;
};

static void put(const char *mark, const char *what, const char *detail)
{
    char safe[ERROR_MESSAGE_MAX];
    text_printable(safe, sizeof safe, span_of(detail));
    printf("%s\t%s\t%s\n", mark, what, safe);
    fflush(stdout);
}

static bool say(struct doctor *doctor, bool good, const char *what, const char *detail)
{
    put(good ? "ok" : "fault", what, detail);
    doctor->ill = doctor->ill || !good;
    return good;
}

static bool check_file(struct doctor *doctor, const char *what, const char *path, mode_t forbidden)
{
    struct stat status;
    char detail[ERROR_MESSAGE_MAX];
    if (stat(path, &status) != 0 || access(path, R_OK) != 0) {
        snprintf(detail, sizeof detail, _("%s cannot be read"), path);
        return say(doctor, false, what, detail);
    }
    if ((status.st_mode & forbidden) != 0) {
        snprintf(detail, sizeof detail, _("%s can be read by others; set its mode to 0600"), path);
        return say(doctor, false, what, detail);
    }
    return say(doctor, true, what, path);
}

static void check_session(struct doctor *doctor, struct store *store)
{
    struct store_answer answer;
    struct store_call call = {.statement = "session"};
    if (!store_run(store, &call, &answer)) {
        say(doctor, false, "session", answer.error.message);
    } else {
        const char *roles = store_cell(answer.result, 0, "roles");
        say(doctor, roles != NULL, "roles", roles == NULL ? _("this login is in no group") : roles);
        say(doctor, true, "server", store_cell(answer.result, 0, "server_version"));
    }
    store_answer_release(&answer);
}

static void check_channels(struct doctor *doctor, struct store *store)
{
    struct store_answer answer;
    struct store_call call = {.statement = "import-channels"};
    char detail[64];
    if (!store_run(store, &call, &answer)) {
        say(doctor, false, "schema", answer.error.message);
    } else {
        snprintf(detail, sizeof detail, _("%zu channel accounts in sight"), answer.result->rows);
        say(doctor, answer.result->rows > 0, "schema", detail);
    }
    store_answer_release(&answer);
}

/* How old the last base backup is. An old one is no fault of this operator's way to the database:
   a warning, and the exit status does not say it. */
static void check_backup(struct doctor *doctor, struct store *store)
{
    struct store_answer answer;
    struct store_call call = {.statement = "backup-last"};
    char detail[64];
    if (!store_run(store, &call, &answer)) {
        say(doctor, false, "backup", answer.error.message);
    } else if (answer.result->rows == 0) {
        put("warning", "backup", _("no base backup is known"));
    } else {
        long long age_s = strtoll(store_cell(answer.result, 0, "age_s"), NULL, 10);
        if (age_s < HOUR_S)
            snprintf(detail, sizeof detail, _("base backup %lld min old"), age_s / MINUTE_S);
        else
            snprintf(detail, sizeof detail, _("base backup %lld h old"), age_s / HOUR_S);
        put(age_s > BACKUP_AGE_MAX_S ? "warning" : "ok", "backup", detail);
    }
    store_answer_release(&answer);
}

static void check_connection(struct doctor *doctor)
{
    struct error error;
    struct session *session = &doctor->command->session;
    struct store *store = session_connect(session, doctor->command->options,
                                          SESSION_STATEMENT_TIMEOUT_MS, &error);
    if (store == NULL) {
        say(doctor, false, "connection", error.message);
        return;
    }
    char detail[256];
    snprintf(detail, sizeof detail, "%s:%s/%s", session->config->host, session->config->port,
             session->config->database);
    say(doctor, true, "connection", detail);
    check_session(doctor, store);
    check_channels(doctor, store);
    check_backup(doctor, store);
    store_free(store);
}

static void check_screens(struct doctor *doctor)
{
    struct screen_faults faults = {0}, notes = {0};
    struct screen_set *set = screen_set_load("/etc/daybook/screens", &(struct screen_names){0},
                                             &faults, &notes);
    for (size_t i = 0; i < notes.count; i++)
        say(doctor, false, "screens", notes.texts[i]);
    if (notes.count == 0)
        say(doctor, faults.count == 0, "screens", faults.count == 0 ? _("all in order")
                                                                    : faults.texts[0]);
    screen_faults_free(&faults);
    screen_faults_free(&notes);
    screen_set_free(set);
}

int command_doctor(struct command *command)
{
    struct doctor doctor = {.command = command};
    struct error error;
    char share[4096];
    share_directory(share, sizeof share);
    say(&doctor, share[0] != '\0' && access(share, R_OK | X_OK) == 0, "shared files", share);
    check_screens(&doctor);
    if (!session_configure(&command->session, command->options, &error)) {
        say(&doctor, false, "profile", error.message);
        return 1;
    }
    const struct config *config = command->session.config;
    say(&doctor, true, "profile", config->path);
    bool files = check_file(&doctor, "root certificate", config->root_certificate, 0);
    files = check_file(&doctor, "certificate", config->certificate, 0) && files;
    files = check_file(&doctor, "key", config->key, 077) && files;
    if (files)
        check_connection(&doctor);
    return doctor.ill ? 1 : 0;
}
