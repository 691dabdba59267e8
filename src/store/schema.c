#include "daybook/store/schema.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/embed.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/store/request.h"
#include "daybook/trust/sha256.h"

static const char prefix[] = "sql/schema/";

enum {
    SCHEMA_DEADLINE_MS = 15 * 60 * 1000,
    SCHEMA_STEPS_MAX = 1000
};

/* The record lives in a schema of its own, which the first step's roles do not touch. */
static const char sql_prepare[] =
    "create schema if not exists daybook_schema;\n"
    "create table if not exists daybook_schema.step (\n"
    "    name text primary key,\n"
    "    sha256 text not null,\n"
    "    applied_at timestamptz not null default clock_timestamp(),\n"
    "    applied_by text not null default session_user\n"
    ");\n"
    "revoke all on schema daybook_schema from public;";
static const char sql_exists[] =
    "select to_regclass('daybook_schema.step') is not null as there";
static const char sql_steps[] =
    "select name, sha256, to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    " as applied_at from daybook_schema.step order by name limit 1000";
/* Held to the end of the transaction: two administrators at once take turns. */
static const char sql_lock[] =
    "select pg_advisory_xact_lock(hashtextextended('daybook.schema', 0))";
static const char sql_record[] =
    "insert into daybook_schema.step (name, sha256) values ($1, $2)";

/* --- asking */

static bool schema_run(struct store *store, const struct store_call *call,
                       struct store_answer *answer, struct error *error)
{
    bool done = store_run(store, call, answer);
    if (!done && error != NULL)
        *error = answer->error;
    return done;
}

static bool schema_do(struct store *store, const char *sql, struct error *error)
{
    struct store_answer answer;
    struct store_call call = {.sql = sql, .writes = true, .plain = true,
                              .deadline_ms = SCHEMA_DEADLINE_MS};
    bool done = schema_run(store, &call, &answer, error);
    store_answer_release(&answer);
    return done;
}

static void schema_hash(const struct embedded_file *file, char out[SHA256_HEX])
{
    unsigned char digest[SHA256_BYTES];
    sha256_of(file->data, file->length, digest);
    sha256_hex(digest, out);
}

static const struct embedded_file *schema_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s%s", prefix, name);
    return embedded_find(path);
}

/* --- status */

static void step_of_record(struct schema_step *step, const struct store_result *result, size_t row)
{
    const char *name = store_cell(result, row, "name");
    const char *hash = store_cell(result, row, "sha256");
    snprintf(step->name, sizeof step->name, "%s", name == NULL ? "" : name);
    snprintf(step->applied_at, sizeof step->applied_at, "%s",
             store_cell(result, row, "applied_at"));
    const struct embedded_file *file = schema_file(step->name);
    char ours[SHA256_HEX] = "";
    if (file != NULL)
        schema_hash(file, ours);
    if (file == NULL)
        step->state = SCHEMA_UNKNOWN;
    else if (hash == NULL || strcmp(hash, ours) != 0)
        step->state = SCHEMA_CHANGED;
    else
        step->state = SCHEMA_APPLIED;
}

static bool steps_have(const struct schema_step *steps, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(steps[i].name, name) == 0)
            return true;
    return false;
}

static int step_compare(const void *a, const void *b)
{
    return strcmp(((const struct schema_step *)a)->name, ((const struct schema_step *)b)->name);
}

static struct schema_step *steps_of(const struct store_result *recorded, size_t *count)
{
    size_t ours = 0;
    const struct embedded_file *file = embedded_with_prefix(prefix, &ours);
    size_t rows = recorded == NULL ? 0 : recorded->rows;
    struct schema_step *steps = memory_new((rows + ours + 1) * sizeof *steps);
    for (size_t i = 0; i < rows; i++)
        step_of_record(&steps[i], recorded, i);
    *count = rows;
    for (size_t i = 0; i < ours; i++) {
        const char *name = file[i].name + strlen(prefix);
        if (steps_have(steps, rows, name))
            continue;
        snprintf(steps[*count].name, sizeof steps->name, "%s", name);
        steps[(*count)++].state = SCHEMA_MISSING;
    }
    qsort(steps, *count, sizeof *steps, step_compare);
    return steps;
}

struct schema_step *schema_status(struct store *store, size_t *count, struct error *error)
{
    struct store_answer answer;
    struct store_call exists = {.sql = sql_exists};
    if (!schema_run(store, &exists, &answer, error))
        return NULL;
    const char *there = store_cell(answer.result, 0, "there");
    bool has_record = there != NULL && there[0] == 't';
    store_answer_release(&answer);
    if (!has_record)
        return steps_of(NULL, count);
    struct store_call list = {.sql = sql_steps};
    if (!schema_run(store, &list, &answer, error))
        return NULL;
    struct schema_step *steps = steps_of(answer.result, count);
    store_answer_release(&answer);
    return steps;
}

/* --- applying */

/* Nothing may be applied over a past that is not ours. */
static bool steps_are_sound(const struct schema_step *steps, size_t count, struct error *error)
{
    bool missing = false;
    for (size_t i = 0; i < count; i++) {
        const char *name = steps[i].name;
        if (steps[i].state == SCHEMA_CHANGED)
            return error_set(error, ERROR_REFUSED,
                             _("%s was changed after it was applied; put it back as it was and "
                               "write the change as a new file"), name);
        if (steps[i].state == SCHEMA_UNKNOWN)
            return error_set(error, ERROR_REFUSED,
                             _("%s is applied here but not part of this program: the program is "
                               "older than the database"), name);
        if (steps[i].state == SCHEMA_APPLIED && missing)
            return error_set(error, ERROR_REFUSED,
                             _("%s is applied but a file before it is not; number new files last"),
                             name);
        missing = missing || steps[i].state == SCHEMA_MISSING;
    }
    return true;
}

static bool schema_record(struct store *store, const struct embedded_file *file,
                          struct error *error)
{
    char hash[SHA256_HEX];
    schema_hash(file, hash);
    const char *const values[] = {file->name + strlen(prefix), hash};
    struct store_answer answer;
    struct store_call call = {.sql = sql_record, .values = values, .value_count = 2,
                              .writes = true};
    bool done = schema_run(store, &call, &answer, error);
    store_answer_release(&answer);
    return done;
}

static bool schema_apply(struct store *store, const struct schema_step *steps, size_t count,
                         void (*applied)(void *, const char *), void *context,
                         struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].state != SCHEMA_MISSING)
            continue;
        const struct embedded_file *file = schema_file(steps[i].name);
        assert(file != NULL);
        if (!schema_do(store, file->data, error) || !schema_record(store, file, error)) {
            error_prefix(error, "%s", steps[i].name);
            return false;
        }
        if (applied != NULL)
            applied(context, steps[i].name);
    }
    return true;
}

static bool schema_count_right(const struct schema_step *steps, size_t count, bool install,
                               struct error *error)
{
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || steps[i].state != SCHEMA_MISSING;
    if (install && any)
        return error_set(error, ERROR_REFUSED,
                         _("the schema is installed already; use `daybook schema upgrade`"));
    if (!install && !any)
        return error_set(error, ERROR_REFUSED,
                         _("there is no schema here yet; use `daybook schema install`"));
    return true;
}

/* One transaction from the lock to the last record: all of it stands, or nothing. */
static bool schema_change(struct store *store, bool install,
                          void (*applied)(void *, const char *), void *context,
                          struct error *error)
{
    if (!schema_do(store, "begin", error))
        return false;
    size_t count = 0;
    struct schema_step *steps = NULL;
    bool good = schema_do(store, sql_lock, error) && schema_do(store, sql_prepare, error) &&
                (steps = schema_status(store, &count, error)) != NULL &&
                schema_count_right(steps, count, install, error) &&
                steps_are_sound(steps, count, error) &&
                schema_apply(store, steps, count, applied, context, error);
    free(steps);
    if (good)
        return schema_do(store, "commit", error);
    (void)schema_do(store, "rollback", NULL);
    return false;
}

bool schema_install(struct store *store, void (*applied)(void *context, const char *name),
                    void *context, struct error *error)
{
    return schema_change(store, true, applied, context, error);
}

bool schema_upgrade(struct store *store, void (*applied)(void *context, const char *name),
                    void *context, struct error *error)
{
    return schema_change(store, false, applied, context, error);
}
