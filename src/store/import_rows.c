/* The later steps of an import: records become staged rows, staged rows become lines. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/language.h"
#include "daybook/formats/source.h"
#include "daybook/store/copy.h"
#include "import_steps.h"

static enum import_turn step_lines(struct import *import);
static enum import_turn step_lines_taken(struct import *import);
static enum import_turn step_statements_taken(struct import *import);
static enum import_turn step_faults_taken(struct import *import);

static struct currency currency_of(void *context, struct span account)
{
    const struct import *import = context;
    int row = channels_of_account(&import->channels, account);
    if (row < 0 && import->channel[0] != '\0')
        row = channels_of_name(&import->channels, import->channel);
    return channels_currency(&import->channels, row);
}

/* --- reading */

static void copy_start(struct import *import, const char *sql, import_step_fn *put)
{
    import->put = 0;
    import_ask(import, &(struct store_call){.sql = sql, .copy = true, .writes = true}, put);
    import->copying = import->asked != 0;
}

enum import_turn step_read_begin(struct import *import)
{
    struct error error;
    int64_t id = 0;
    if (import->unreadable[0] != '\0')
        return step_faults_taken(import);
    import->source.fd = import->fd;
    import->reader = statement_reader_new(import->format, source_of_file(&import->source), &error);
    if (import->reader == NULL || !text_to_int64(span_of(import->import_id), &id)) {
        if (import->reader != NULL)
            error_set(&error, ERROR_SYSTEM, _("the database gave no import number"));
        import_fail(import, &error);
        return IMPORT_GOES_ON;
    }
    staging_init(&import->staging, id, currency_of, import);
    import->staged = true;
    import->phase = IMPORT_READING;
    import->bytes = 0;
    copy_start(import, staging_copy_lines, step_lines);
    return IMPORT_WAITS;
}

/* Reads records until enough rows wait to be sent. False where a limit was passed. */
static bool read_some(struct import *import, struct error *error)
{
    struct statement_record record;
    struct error why;
    while (import->staging.lines.length < IMPORT_PUT) {
        switch (statement_read(import->reader, &record, &why)) {
        case STATEMENT_MORE:
            if (!staging_add(&import->staging, &record, error))
                return false;
            break;
        case STATEMENT_FAILED:
            snprintf(import->unreadable, sizeof import->unreadable, "%s", why.message);
            import->read_over = true;
            return true;
        case STATEMENT_DONE:
            import->read_over = true;
            return true;
        }
    }
    return true;
}

static void copy_finish(struct import *import, import_step_fn *next)
{
    store_copy_end(import->store, NULL);
    import->copying = false;
    import->next = next;
}

static enum import_turn step_lines(struct import *import)
{
    struct error error;
    if (!import->copying)
        return step_lines_taken(import);
    if (!import->read_over && !read_some(import, &error)) {
        store_copy_end(import->store, "limit");
        import->copying = false;
        import->error = error;
        return IMPORT_WAITS;
    }
    if (import->read_over)
        staging_end_lines(&import->staging);
    import->bytes = statement_reader_bytes(import->reader);
    struct buffer *lines = &import->staging.lines;
    if (lines->length > 0)
        store_copy_put(import->store, lines->data, lines->length);
    buffer_clear(lines);
    if (import->read_over)
        copy_finish(import, step_lines_taken);
    return store_copy_ready(import->store) ? IMPORT_GOES_ON : IMPORT_WAITS;
}

/* --- statements and faults, which are few */

static enum import_turn put_all(struct import *import, struct buffer *rows, import_step_fn *next)
{
    if (!import->copying)
        return next(import);
    size_t left = rows->length - import->put;
    size_t piece = left < IMPORT_PUT ? left : IMPORT_PUT;
    if (piece > 0)
        store_copy_put(import->store, rows->data + import->put, piece);
    import->put += piece;
    if (import->put == rows->length)
        copy_finish(import, next);
    return store_copy_ready(import->store) ? IMPORT_GOES_ON : IMPORT_WAITS;
}

static enum import_turn step_statements(struct import *import)
{
    return put_all(import, &import->staging.statements, step_statements_taken);
}

static enum import_turn step_faults(struct import *import)
{
    return put_all(import, &import->staging.faults, step_faults_taken);
}

static enum import_turn step_lines_taken(struct import *import)
{
    copy_start(import, staging_copy_statements, step_statements);
    return IMPORT_WAITS;
}

static enum import_turn step_statements_taken(struct import *import)
{
    if (import->staging.faults.length == 0)
        return step_faults_taken(import);
    copy_start(import, staging_copy_faults, step_faults);
    return IMPORT_WAITS;
}

/* --- finishing */

static enum import_turn step_committed(struct import *import)
{
    import->in_transaction = false;
    import->phase = IMPORT_ENDED;
    import->next = NULL;
    return IMPORT_OVER;
}

static enum import_turn commit(struct import *import)
{
    import->committing = true;
    import_do(import, "commit", step_committed);
    return IMPORT_WAITS;
}

static enum import_turn step_bad(struct import *import)
{
    struct import_outcome *outcome = &import->outcome;
    snprintf(outcome->state, sizeof outcome->state, "BAD");
    snprintf(outcome->reason, sizeof outcome->reason, "%s", import->unreadable);
    outcome->faults = 1;
    return commit(import);
}

static enum import_turn step_finished(struct import *import)
{
    const struct store_result *row = import->answer.result;
    struct import_outcome *outcome = &import->outcome;
    const char *state = store_cell(row, 0, "state");
    const char *reason = store_cell(row, 0, "reason");
    snprintf(outcome->state, sizeof outcome->state, "%s", state == NULL ? "" : state);
    snprintf(outcome->reason, sizeof outcome->reason, "%s", reason == NULL ? "" : reason);
    outcome->statements = store_cell_int(row, 0, "statements", 0);
    outcome->lines = store_cell_int(row, 0, "lines", 0);
    outcome->lines_new = store_cell_int(row, 0, "lines_new", 0);
    outcome->matched = store_cell_int(row, 0, "matched", 0);
    outcome->faults = store_cell_int(row, 0, "faults", 0);
    return commit(import);
}

static enum import_turn step_verified(struct import *import)
{
    const char *agrees = store_cell(import->answer.result, 0, "agrees");
    import->outcome.file_id = import->verify_file_id;
    import->outcome.agrees = agrees != NULL && agrees[0] == 't';
    import->outcome.differences = store_cell_int(import->answer.result, 0, "differences", 0);
    return commit(import);
}

static void finish_verify(struct import *import)
{
    char hex[SHA256_HEX], sha256[SHA256_HEX + 2];
    snprintf(sha256, sizeof sha256, "\\x%s", sha256_hex(import->digest, hex));
    const char *const values[] = {import->import_id, sha256};
    import_ask(import, &(struct store_call){.statement = "verify-finish", .values = values,
                                            .value_count = 2, .writes = true}, step_verified);
}

static enum import_turn step_faults_taken(struct import *import)
{
    import->phase = IMPORT_MATCHING;
    const char *const values[] = {import->import_id, import->unreadable, import->staging.account};
    if (import->verify_file_id != 0)
        finish_verify(import);
    else if (import->unreadable[0] != '\0')
        import_ask(import, &(struct store_call){.statement = "import-bad", .values = values,
                                                .value_count = 3, .writes = true}, step_bad);
    else
        import_ask(import, &(struct store_call){.statement = "import-finish", .values = values,
                                                .value_count = 1, .writes = true},
                   step_finished);
    return IMPORT_WAITS;
}
