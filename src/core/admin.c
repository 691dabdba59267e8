#include "admin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "daybook/base/buffer.h"
#include "daybook/base/json.h"
#include "daybook/base/log.h"
#include "database.h"

enum { WORDS_MAX = 65536 };

static bool run(const struct core_config *config, const char *statement, int count,
                const char *const *values, struct error *error)
{
    struct core_database *database = core_database_new(config);
    struct core_refusal refusal;
    PGresult *result = NULL;
    bool done = core_database_run(database, statement, count, values, &result, &refusal)
        == CORE_DONE;

    if (!done)
        error_set(error, refusal.sqlstate[0] ? ERROR_REFUSED : ERROR_CONNECTION, "%s %s",
                  refusal.message, refusal.detail);
    PQclear(result);
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
    if (!run(config, "select count(*) from paycore.figures()", 0, NULL, error))
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

bool core_admin_channel(const struct core_config *config, const char *channel, int count,
                        char **words, struct error *error)
{
    char when[TIME_TEXT];
    struct buffer body;
    struct json json;
    bool fine = true;

    buffer_init(&body, WORDS_MAX);
    json_write_start(&json, &body);
    json_write_object(&json);
    for (int i = 0; i < count && fine; i++) {
        const char *equals = strchr(words[i], '=');

        fine = equals || error_set(error, ERROR_USAGE, "'%s' is no WORD=VALUE", words[i]);
        if (!fine)
            break;
        *strchr(words[i], '=') = '\0';
        json_write_key(&json, words[i]);
        json_write_string(&json, equals + 1);
    }
    json_write_end(&json);
    time_text(core_clock_now(config->clock), when);
    const char *values[] = {channel, buffer_text(&body), when};

    fine = fine && run(config, "select paycore.channel_set($1, $2, $3)", 3, values, error);
    buffer_free(&body);
    return fine;
}
