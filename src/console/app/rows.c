/* What views need, asked of the database; what comes back, given to them as pages. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/domain/money.h"
#include "daybook/store/keyset.h"
#include "inside.h"
#include "rows_sql.h"

enum { ROWS_DEADLINE_MS = 30000, RAW_BYTES_MAX = 4 << 20 };

/* --- from a result to a page */

static struct page *page_of(const struct console *console, const struct store_result *result,
                            size_t limit, bool reversed)
{
    size_t rows = result->rows < limit ? result->rows : limit;
    struct page *page = page_new(result->names, result->columns, rows, 0);
    for (size_t i = 0; page != NULL && i < rows; i++) {
        size_t r = reversed ? rows - 1 - i : i;
        if (!page_row(page))
            break;
        for (size_t c = 0; c < result->columns; c++) {
            const char *text = result->cells[r][c];
            if (text != NULL)
                page_set(page, c, text, strlen(text));
        }
    }
    if (page == NULL)
        return NULL;
    page->fetched_at = world_now(console);
    return signing_verified(console, page);
}

/* Whether rows exist on either side, from the one row asked for beyond the limit. */
static void mark_more(struct page *page, enum view_need_kind kind, bool beyond)
{
    switch (kind) {
    case NEED_FIRST: page->more_after = beyond; break;
    case NEED_AFTER:
    case NEED_FROM: page->more_after = beyond; page->more_before = true; break;
    case NEED_BEFORE: page->more_before = beyond; page->more_after = true; break;
    case NEED_LAST: page->more_before = beyond; break;
    case NEED_ROW:
    case NEED_SUMMARY: break;
    }
}

static void mark_capped(struct page *page, const struct store_result *result)
{
    for (size_t r = 0; r < result->rows; r++) {
        const char *capped = store_cell(result, r, "capped");
        page->capped = page->capped || (capped != NULL && capped[0] == 't');
    }
}

static void give(struct console *console, const struct asked *asked, struct page *page,
                 const struct error *error)
{
    for (size_t i = 0; i < console->place_count; i++) {
        struct view *view = console->places[i].view;
        if (asked->view != view)
            continue;
        if (page != NULL)
            view_arrived(view, asked->serial, page);
        else
            view_failed(view, asked->serial, error);
        places_crumbs(console);
        console->dirty = true;
        return;
    }
    page_free(page);
}

static void rows_done(void *context, struct store_answer *answer)
{
    struct asked asked = *(struct asked *)context;
    struct console *console = asked.console;
    ((struct asked *)context)->serial = 0;
    console_log(console, asked.what, answer->sent_us, answer->ended_us,
                answer->outcome == STORE_DONE ? "done" : answer->error.message);
    if (answer->outcome != STORE_DONE) {
        console->held_count = 0; /* what was typed ahead meant these rows */
        give(console, &asked, NULL, &answer->error);
        return;
    }
    const struct store_result *result = answer->result;
    bool backward = asked.kind == NEED_BEFORE || asked.kind == NEED_LAST;
    struct page *page = page_of(console, result, asked.limit, backward);
    if (page == NULL) {
        struct error error;
        error_set(&error, ERROR_LIMIT, _("the answer is too large to show"));
        give(console, &asked, NULL, &error);
        return;
    }
    mark_more(page, asked.kind, result->rows > asked.limit);
    if (asked.kind == NEED_SUMMARY)
        mark_capped(page, result);
    give(console, &asked, page, NULL);
}

/* --- from a need to a request */

size_t rows_conditions_of(struct rows_conditions *out, const struct filter *filter)
{
    size_t count = filter == NULL ? 0 : filter->count;
    for (size_t i = 0; i < count; i++) {
        const struct filter_condition *from = &filter->conditions[i];
        for (size_t v = 0; v < from->value_count; v++)
            out->values[i][v] = from->values[v];
        out->list[i] = (struct keyset_condition){
            .column = from->field->name,
            .operator = filter_operator_sql(from->operator),
            .values = out->values[i],
            .value_count = from->value_count,
        };
    }
    return count;
}

static enum keyset_part part_of(enum view_need_kind kind)
{
    switch (kind) {
    case NEED_AFTER: return KEYSET_AFTER;
    case NEED_BEFORE: return KEYSET_BEFORE;
    case NEED_FROM: return KEYSET_FROM;
    case NEED_LAST: return KEYSET_LAST;
    case NEED_FIRST:
    case NEED_ROW:
    case NEED_SUMMARY: break;
    }
    return KEYSET_FIRST;
}

/* A query with an order of its own (a timeline, candidates) keeps it: no order is put around it. */
static bool build(struct keyset_sql *sql, const struct view_need *need,
                  struct rows_conditions *room, struct error *error)
{
    struct keyset keyset = {
        .statement = store_statement(need->query),
        .parameters = &need->param,
        .order = need->kind == NEED_ROW ? NULL : need->order,
        .order_count = need->kind == NEED_ROW ? 0 : need->order_count,
        .descending = need->descending,
        .key = need->key,
        .part = part_of(need->kind),
        .conditions = room->list,
        .condition_count = rows_conditions_of(room, need->filter),
        .limit = (need->limit == 0 ? 1 : need->limit) + 1,
    };
    if (keyset.statement == NULL)
        return error_set(error, ERROR_NOT_FOUND, _("there is no statement '%s'"), need->query);
    if (keyset.statement->parameter_count > 1)
        return error_set(error, ERROR_USAGE, _("statement '%s' takes more than one value"),
                         need->query);
    if (need->kind != NEED_SUMMARY)
        return keyset_rows(sql, &keyset, error);
    const char *totals[SCREEN_COLUMNS_MAX];
    const struct screen *screen = need->screen;
    for (size_t i = 0; i < screen->total_count; i++)
        totals[i] = screen->totals[i]->name;
    const char *currency = screen->total_count == 0 ? NULL : screen->totals[0]->currency;
    return keyset_summary(sql, &keyset, currency, totals, screen->total_count, error);
}

static struct asked *asked_slot(struct console *console)
{
    for (size_t i = 0; i < ASKED_MAX; i++)
        if (console->asked[i].serial == 0)
            return &console->asked[i];
    return NULL;
}

/* What a list asked for, kept so that it can be exported as it stands. */
static void keep_need(struct console *console, const struct view *view,
                      const struct view_need *need)
{
    struct list_need *kept = &console->list_need;
    *kept = (struct list_need){.view = view, .screen = view_screen(view), .order = need->order,
                               .order_count = need->order_count,
                               .descending = need->descending};
    kept->has_param = need->param != NULL;
    snprintf(kept->param, sizeof kept->param, "%s", need->param == NULL ? "" : need->param);
    if (need->filter != NULL)
        kept->filter = *need->filter;
}

static void ask_one(struct console *console, struct view *view, const struct view_need *need,
                    struct asked *slot)
{
    struct rows_conditions room;
    struct keyset_sql sql = {0};
    struct error error;
    bool good = build(&sql, need, &room, &error);
    const struct screen *screen = view_screen(view);
    if (need->kind != NEED_ROW && need->kind != NEED_SUMMARY && screen != NULL &&
        screen->kind == SCREEN_LIST)
        keep_need(console, view, need);
    if (good && strcmp(need->query, "proposal") == 0) {
        keyset_sql_free(&sql);
        struct page *page = signing_page(console);
        view_arrived(view, need->serial, page);
        console->dirty = true;
        return;
    }
    *slot = (struct asked){.console = console, .view = view, .serial = need->serial,
                           .limit = need->limit == 0 ? 1 : need->limit, .kind = need->kind,
                           .what = need->query};
    if (need->kind == NEED_SUMMARY)
        slot->limit = ROWS_COUNT_MAX;
    if (good) {
        struct store_call call = {.sql = buffer_text(&sql.sql), .values = sql.values,
                                  .value_count = sql.value_count,
                                  .deadline_ms = ROWS_DEADLINE_MS, .done = rows_done,
                                  .context = slot};
        slot->number = store_send(console->store, &call, &error);
        good = slot->number != 0;
    }
    keyset_sql_free(&sql);
    if (good)
        return;
    slot->serial = 0;
    view_failed(view, need->serial, &error);
    console->dirty = true;
}

void rows_ask(struct console *console)
{
    struct view *view = places_view(console);
    struct view_need need;
    struct asked *slot;
    if (console->store == NULL || view == NULL)
        return;
    while ((slot = asked_slot(console)) != NULL && view_need_next(view, &need))
        ask_one(console, view, &need, slot);
}

void rows_cancel(struct console *console)
{
    struct view *view = places_view(console);
    for (size_t i = 0; i < ASKED_MAX; i++) {
        struct asked *asked = &console->asked[i];
        if (asked->serial == 0 || asked->view != view)
            continue;
        store_forget(console->store, asked->number);
        asked->serial = 0;
    }
    view_cancelled(view);
    console->dirty = true;
}

/* --- who we are, and what the title line says */

static void session_done(void *context, struct store_answer *answer)
{
    struct console *console = context;
    if (answer->outcome == STORE_DONE) {
        world_roles(console, store_cell(answer->result, 0, "roles"));
        console->desk_time = store_cell_int(answer->result, 0, "desk_time", TIME_NONE);
        executing_resume(console);
    }
    console->dirty = true;
}

void rows_session(struct console *console)
{
    struct store_call call = {.statement = "session", .done = session_done, .context = console,
                              .deadline_ms = 600000};
    store_send(console->store, &call, NULL);
}

/* --- the bytes of a file */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

static void raw_add(struct buffer *bytes, const char *hex)
{
    size_t length = strlen(hex);
    for (size_t i = 2; i + 1 < length && bytes->length < RAW_BYTES_MAX; i += 2)
        buffer_append_char(bytes, (char)(hex_value(hex[i]) * 16 + hex_value(hex[i + 1])));
}

static void raw_done(void *context, struct store_answer *answer)
{
    struct console *console = context;
    if (answer->outcome != STORE_DONE) {
        console_complain(console, &answer->error);
        return;
    }
    struct buffer bytes;
    buffer_init(&bytes, RAW_BYTES_MAX + 1);
    for (size_t r = 0; r < answer->result->rows; r++) {
        const char *hex = store_cell(answer->result, r, "bytes");
        if (hex != NULL)
            raw_add(&bytes, hex);
    }
    struct span text = {bytes.data, bytes.length};
    places_push(console, view_text_new(&console->world, _("Bytes as they came"), text), NULL);
    buffer_free(&bytes);
}

void rows_open_raw(struct console *console, const char *file_id)
{
    const char *const values[] = {file_id};
    struct store_call call = {.statement = "statement-chunks", .values = values, .value_count = 1,
                              .result_limit = 3 * RAW_BYTES_MAX, .done = raw_done,
                              .context = console, .deadline_ms = ROWS_DEADLINE_MS};
    struct error error;
    if (console->store == NULL || store_send(console->store, &call, &error) == 0)
        console_say(console, "%s", _("The database is not connected yet."));
}
