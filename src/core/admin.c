#include "admin.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "clock.h"
#include "daybook/base/buffer.h"
#include "daybook/base/log.h"
#include "database.h"
#include "problem.h"

enum { WORDS_MAX = 65536 };

static bool run_on(struct core_database *database, const char *statement, int count,
                   const char *const *values, struct error *error)
{
    struct core_refusal refusal;
    PGresult *result = NULL;
    bool done = core_database_run(database, statement, count, values, &result, &refusal)
        == CORE_DONE;

    const struct core_problem *problem = done ? NULL : core_problem_find(refusal.message);

    if (!done)
        error_set(error, refusal.sqlstate[0] ? ERROR_REFUSED : ERROR_CONNECTION, "%s%s%s %s",
                  problem ? problem->title : "", problem ? ": " : "", refusal.message,
                  refusal.detail);
    PQclear(result);
    return done;
}

static bool run(const struct core_config *config, const char *statement, int count,
                const char *const *values, struct error *error)
{
    struct core_database *database = core_database_new(config);
    bool done = run_on(database, statement, count, values, error);

    core_database_free(database);
    return done;
}

static bool is_readable(const char *path, struct error *error)
{
    return access(path, R_OK) == 0
        || error_set(error, ERROR_INPUT, "%s cannot be read", path);
}

bool core_admin_check(const struct core_config *config, struct error *error)
{
    if (!is_readable(config->tls_certificate, error) || !is_readable(config->tls_key, error)
        || !is_readable(config->client_ca, error))
        return false;
    if (!run(config, "select paycore.task_read(0)", 0, NULL, error))
        return false;
    log_write(LOG_INFO, "check.fine", "database=%s", config->database);
    return true;
}

bool core_admin_client(const struct core_config *config, const char *name, int count,
                       char **rights, struct error *error)
{
    char when[TIME_TEXT];
    struct buffer list;

    time_text(core_clock_now(config->clock), when);
    buffer_init(&list, WORDS_MAX);
    for (int i = 0; i < count; i++)
        buffer_printf(&list, "%s%s", i > 0 ? "," : "", rights[i]);
    const char *values[] = {name, buffer_text(&list), when};
    bool done = run(config, "select paycore.client_put($1, string_to_array($2, ','), $3)", 3,
                    values, error);

    buffer_free(&list);
    return done;
}

/* --- channels */

/* WORD=VALUE as a member of the settings: numbers, truths, a list of seconds, texts. */
static bool add_setting(json_t *settings, const char *word, struct error *error)
{
    const char *equals = strchr(word, '=');
    json_t *value = NULL;
    int64_t number;
    char name[64];

    if (!equals || equals == word || equals - word >= (ptrdiff_t)sizeof name)
        return error_set(error, ERROR_USAGE, "'%s' is no WORD=VALUE", word);
    snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
    struct span text = span_of(equals + 1);

    if (strcmp(name, "accounts") == 0) {
        value = json_string(text.data); /* a list by commas; digits, but no number */
    } else if (strcmp(name, "follow_up_s") == 0) {
        value = json_array();
        for (const char *at = text.data; *at; at += *at == ',') {
            size_t length = strcspn(at, ",");

            if (!text_to_int64((struct span){at, length}, &number))
                number = 0; /* which no channel takes */
            json_array_append_new(value, json_integer(number));
            at += length;
        }
    } else if (text_to_int64(text, &number)) {
        value = json_integer(number);
    } else if (span_is(text, "true") || span_is(text, "false")) {
        value = json_boolean(span_is(text, "true"));
    } else {
        value = json_string(text.data);
    }
    return json_object_set_new(settings, name, value) == 0
        || error_set(error, ERROR_INPUT, "'%s' is not UTF-8", word);
}

bool core_admin_channel(const struct core_config *config, const char *channel, int count,
                        char **words, struct error *error)
{
    json_t *settings = json_object();
    char when[TIME_TEXT];
    bool fine = true;

    for (int i = 0; i < count && fine; i++)
        fine = add_setting(settings, words[i], error);
    char *text = json_dumps(settings, JSON_COMPACT);

    time_text(core_clock_now(config->clock), when);
    const char *values[] = {channel, text, when};

    fine = fine && text
        && run(config, "select paycore.channel_set($1, $2, $3)", 3, values, error);
    free(text);
    json_decref(settings);
    return fine;
}
