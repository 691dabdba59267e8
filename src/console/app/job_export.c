#include "job_export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/store/keyset.h"
#include "output.h"
#include "rows_sql.h"

enum { EXPORT_PAGE = 500, EXPORT_DEADLINE_MS = 60000, EXPORT_ORDER_MAX = 8 };

struct job_export {
    struct console *console;
    struct list_need need;    /* what the list last asked for: its query, order and filter */
    char *key[EXPORT_ORDER_MAX];
    bool has_key;
    struct output output;
    char *path;
    int fd;
    int64_t request;          /* 0: none is under way */
    bool over, cancelled;
    struct error error;
};

static char *default_path(const char *screen)
{
    char when[TIME_TEXT];
    const char *home = getenv("HOME");
    time_text(clock_now() / 1000000 * 1000000, when);
    for (char *c = when; *c != '\0'; c++)
        if (*c == ':')
            *c = '-';
    return memory_format("%s/daybook-%s-%s.csv", home == NULL ? "/tmp" : home, screen, when);
}

struct job_export *job_export_new(struct console *console, const char *path, struct error *error)
{
    struct view *view = places_view(console);
    if (console->list_need.view != view || console->list_need.screen == NULL) {
        error_set(error, ERROR_USAGE, _("only a list can be exported"));
        return NULL;
    }
    struct job_export *export = memory_new(sizeof *export);
    export->console = console;
    export->need = console->list_need;
    export->path = path != NULL ? memory_copy_string(path)
                                : default_path(export->need.screen->name);
    export->fd = open(export->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (export->fd < 0) {
        error_set(error, ERROR_SYSTEM, "%s: %s", export->path, strerror(errno));
        job_export_free(export);
        return NULL;
    }
    output_begin(&export->output, FORMAT_CSV, console->screens, export->fd);
    return export;
}

void job_export_free(struct job_export *export)
{
    if (export == NULL)
        return;
    if (export->request != 0 && export->console->store != NULL)
        store_forget(export->console->store, export->request);
    for (size_t i = 0; i < EXPORT_ORDER_MAX; i++)
        free(export->key[i]);
    if (export->fd >= 0)
        close(export->fd);
    buffer_free(&export->output.line);
    free(export->path);
    free(export);
}

static void take_key(struct job_export *export, const struct store_result *rows)
{
    export->has_key = true;
    for (size_t i = 0; i < export->need.order_count; i++) {
        const char *value = store_cell(rows, rows->rows - 1, export->need.order[i]);
        free(export->key[i]);
        export->key[i] = memory_copy_string(value == NULL ? "" : value);
    }
}

static void page_done(void *context, struct store_answer *answer)
{
    struct job_export *export = context;
    export->request = 0;
    if (answer->outcome != STORE_DONE) {
        export->error = answer->error;
        export->over = true;
        return;
    }
    output_rows(&export->output, answer->result, NULL, 0);
    export->over = answer->result->rows < EXPORT_PAGE || export->need.order_count == 0 ||
                   export->output.failed;
    if (answer->result->rows > 0)
        take_key(export, answer->result);
}

static void ask_page(struct job_export *export)
{
    struct keyset_sql sql = {0};
    struct rows_conditions room;
    const char *parameter = export->need.has_param ? export->need.param : NULL;
    struct keyset keyset = {
        .statement = store_statement(export->need.screen->query),
        .parameters = &parameter,
        .order = export->need.order,
        .order_count = export->need.order_count,
        .descending = export->need.descending,
        .part = export->has_key ? KEYSET_AFTER : KEYSET_FIRST,
        .key = (const char *const *)export->key,
        .conditions = room.list,
        .condition_count = rows_conditions_of(&room, &export->need.filter),
        .limit = EXPORT_PAGE,
    };
    bool good = keyset_rows(&sql, &keyset, &export->error);
    if (good) {
        struct store_call call = {.sql = buffer_text(&sql.sql), .values = sql.values,
                                  .value_count = sql.value_count,
                                  .deadline_ms = EXPORT_DEADLINE_MS, .done = page_done,
                                  .context = export};
        export->request = store_send(export->console->store, &call, &export->error);
        good = export->request != 0;
    }
    keyset_sql_free(&sql);
    export->over = export->over || !good;
}

bool job_export_turn(struct job_export *export, char *done, size_t size, bool *failed)
{
    if (export->request == 0 && !export->over && !export->cancelled)
        ask_page(export);
    if (!export->over && !export->cancelled)
        return false;
    size_t rows = export->output.rows;
    bool good = output_end(&export->output, &export->error) &&
                export->error.code == ERROR_NONE && !export->cancelled;
    *failed = !good;
    if (good) {
        snprintf(done, size,
                 language_plural("%zu row written to %s", "%zu rows written to %s", rows), rows,
                 export->path);
        return true;
    }
    /* Half a list must not be taken for a whole one. */
    (void)unlink(export->path);
    snprintf(done, size, "%s", export->cancelled ? _("Cancelled; nothing was written.")
                                                 : export->error.message);
    return true;
}

void job_export_cancel(struct job_export *export)
{
    export->cancelled = true;
}

void job_export_shown(const struct job_export *export, struct frame_progress *shown)
{
    shown->done = (int64_t)export->output.rows;
    shown->unit = N_("rows");
}
