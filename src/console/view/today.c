/* Today: files due, what is left, exceptions by kind and age, the gates of the day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "today.h"

static const char *const queries[TODAY_SETS] = {
    [TODAY_FILES] = "today-files", [TODAY_CODES] = "today-codes", [TODAY_AGES] = "today-ages",
    [TODAY_WAITING] = "today-waiting", [TODAY_RATE] = "today-rate",
    [TODAY_GATES] = "today-gates", [TODAY_FACTS] = "today-facts",
    [TODAY_EXPOSURE] = "today-exposure", [TODAY_RESOLVED] = "today-resolved"};

static struct today *today_of(struct view *view)
{
    return (struct today *)view;
}

static void ask_all(struct today *today)
{
    today->refreshed_us = today->view.world->clock.monotonic_us;
    for (size_t i = 0; i < TODAY_SETS; i++)
        fetch_ask(&today->sets[i].fetch, today->view.world,
                  (struct view_need){.kind = NEED_ROW, .query = queries[i],
                                     .limit = PART_ROWS_MAX, .screen = today->view.screen});
}

static size_t focus_rows(const struct today *today)
{
    const struct page *page = today->sets[today->focus].page;
    return page == NULL ? 0 : page->row_count;
}

static void move_cursor(struct today *today, int64_t rows)
{
    size_t count = focus_rows(today);
    size_t *cursor = &today->cursor[today->focus == TODAY_CODES];
    int64_t target = (int64_t)*cursor + rows;
    if (target < 0)
        target = 0;
    if (target >= (int64_t)count) {
        /* Down from the last file is the first kind of exception, and back. */
        bool on = rows > 0 && today->focus == TODAY_FILES && today->sets[TODAY_CODES].page != NULL;
        today->focus = on ? TODAY_CODES : today->focus;
        target = count == 0 ? 0 : (int64_t)count - 1;
    } else if (rows < 0 && *cursor == 0 && today->focus == TODAY_CODES) {
        today->focus = TODAY_FILES;
    }
    *cursor = (size_t)target;
}

static bool open_to(struct today *today, const char *screen, const char *param,
                    struct view_effect *effect)
{
    if (param[0] == '\0' || screen_find(today->view.world->screens, screen) == NULL)
        return false;
    snprintf(today->view.message, sizeof today->view.message, "%s", param);
    *effect = (struct view_effect){.kind = VIEW_OPEN, .name = screen, .text = today->view.message};
    return true;
}

static struct view_effect open_row(struct today *today)
{
    struct view_effect effect = effect_none();
    const struct page *page = today->sets[today->focus].page;
    size_t row = today->cursor[today->focus == TODAY_CODES];
    if (page == NULL || row >= page->row_count)
        return effect;
    if (today->focus == TODAY_CODES) {
        snprintf(today->filter, sizeof today->filter, "code:%s",
                 page_named(page, row, "code").text);
        return (struct view_effect){.kind = VIEW_OPEN, .name = "exceptions",
                                    .filter = today->filter};
    }
    if (open_to(today, "statement-file", page_named(page, row, "file_id").text, &effect) ||
        open_to(today, "channel", page_named(page, row, "channel").text, &effect))
        return effect;
    return effect_message(&today->view, "%s", _("There is nothing to open in this row."));
}

static bool move_key(struct today *today, int32_t code)
{
    switch (code) {
    case INPUT_UP: case 'k': move_cursor(today, -1); return true;
    case INPUT_DOWN: case 'j': move_cursor(today, 1); return true;
    case INPUT_PAGE_UP: case INPUT_HOME: move_cursor(today, -PART_ROWS_MAX); return true;
    case INPUT_PAGE_DOWN: case INPUT_END: move_cursor(today, PART_ROWS_MAX); return true;
    case INPUT_TAB: case INPUT_BACKTAB:
        today->focus = today->focus == TODAY_FILES ? TODAY_CODES : TODAY_FILES;
        return true;
    default: return false;
    }
}

static struct view_effect today_key(struct view *view, const struct input_event *event)
{
    struct today *today = today_of(view);
    const struct page *files = today->sets[TODAY_FILES].page;
    const struct screen_key *key = screen_key_for(view->screen, event);
    if (key != NULL && files != NULL)
        return run_row(view, view->screen, key, files, today->cursor[0]);
    if (!event->alt && move_key(today, event->code))
        return effect_redraw();
    if (event->code == INPUT_ENTER)
        return open_row(today);
    if (event->code == 'R' || event->code == INPUT_F(5)) {
        ask_all(today);
        return effect_redraw();
    }
    return effect_none();
}

static bool today_need_next(struct view *view, struct view_need *need)
{
    struct today *today = today_of(view);
    for (size_t i = 0; i < TODAY_SETS; i++) {
        if (fetch_take(&today->sets[i].fetch, need))
            return true;
    }
    return false;
}

static bool today_arrived(struct view *view, unsigned serial, struct page *page)
{
    struct today *today = today_of(view);
    for (size_t i = 0; i < TODAY_SETS; i++) {
        if (!fetch_done(&today->sets[i].fetch, serial))
            continue;
        page_free(today->sets[i].page);
        today->sets[i].page = page;
        today->error[0] = '\0';
        size_t *cursor = i == TODAY_FILES ? &today->cursor[0]
                         : i == TODAY_CODES ? &today->cursor[1] : NULL;
        if (cursor != NULL && *cursor >= page->row_count)
            *cursor = page->row_count > 0 ? page->row_count - 1 : 0;
        return true;
    }
    return false;
}

static bool today_failed(struct view *view, unsigned serial, const struct error *error)
{
    struct today *today = today_of(view);
    for (size_t i = 0; i < TODAY_SETS; i++) {
        if (fetch_done(&today->sets[i].fetch, serial)) {
            snprintf(today->error, sizeof today->error, "%s", error->message);
            return true;
        }
    }
    return false;
}

static bool today_waiting(const struct view *view, int64_t *since_us)
{
    const struct today *today = (const struct today *)view;
    *since_us = today->sets[TODAY_FILES].fetch.asked_us;
    return fetch_busy(&today->sets[TODAY_FILES].fetch) && today->sets[TODAY_FILES].page == NULL;
}

static void today_cancelled(struct view *view)
{
    struct today *today = today_of(view);
    for (size_t i = 0; i < TODAY_SETS; i++)
        fetch_stop(&today->sets[i].fetch);
    if (today->sets[TODAY_FILES].page == NULL)
        snprintf(today->error, sizeof today->error, "%s", _("Cancelled; R reads again."));
}

static void today_reload(struct view *view, bool done)
{
    (void)done;
    ask_all(today_of(view));
}

static bool today_idle(struct view *view)
{
    struct today *today = today_of(view);
    int64_t every = (int64_t)view->screen->refresh_s * 1000000;
    int64_t now = view->world->clock.monotonic_us;
    bool busy = fetch_busy(&today->sets[TODAY_FILES].fetch);
    if (every > 0 && !busy && now - today->refreshed_us >= every)
        ask_all(today);
    return false;
}

static time_us today_fetched_at(const struct view *view)
{
    const struct page *page = ((const struct today *)view)->sets[TODAY_FILES].page;
    return page == NULL ? TIME_NONE : page->fetched_at;
}

static void today_free(struct view *view)
{
    struct today *today = today_of(view);
    for (size_t i = 0; i < TODAY_SETS; i++) {
        fetch_free(&today->sets[i].fetch);
        page_free(today->sets[i].page);
    }
}

static const struct view_hint hints[] = {
    {.key = "Enter", .word = N_("verb|open"),
     .help = N_("Open the file, or the exceptions of a kind.")},
    {.key = "Tab", .help = N_("Between the files and the exceptions.")},
    {.key = "R", .help = N_("Read again.")},
    {.key = NULL}};

static const struct view_ops today_ops = {
    .key = today_key,
    .draw = today_draw,
    .idle = today_idle,
    .need_next = today_need_next,
    .arrived = today_arrived,
    .failed = today_failed,
    .waiting = today_waiting,
    .cancelled = today_cancelled,
    .reload = today_reload,
    .fetched_at = today_fetched_at,
    .free = today_free,
    .hints = hints};

struct view *today_new(const struct view_world *world, const struct screen *screen,
                       const char *param)
{
    struct today *today = memory_new(sizeof *today);
    view_prepare(&today->view, &today_ops, world, screen, param);
    ask_all(today);
    return &today->view;
}
