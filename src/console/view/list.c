/* Lists: the keys of a list, and its beginning and end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

struct list *list_of(struct view *view)
{
    return (struct list *)view;
}

const struct list *list_of_const(const struct view *view)
{
    return (const struct list *)view;
}

static struct view_effect list_sort(struct list *list, bool reverse)
{
    const struct screen *screen = list->view.screen;
    if (reverse)
        list->reversed = !list->reversed;
    else {
        list->order = (list->order + 1) % screen->order_count;
        list->reversed = false;
    }
    list_ask(list, NEED_FIRST);
    return effect_redraw();
}

static struct view_effect list_copy(struct list *list)
{
    const struct page *page = NULL;
    size_t row = 0, length = 0;
    struct shown shown;
    const struct screen *screen = list->view.screen;
    if (!list_row(list, list->cursor, &page, &row))
        return effect_none();
    list->view.message[0] = '\0';
    for (size_t i = 0; i < screen->column_count && length < MESSAGE_MAX - 1; i++) {
        cell_show(list->view.world, screen->columns[i].field, page, row, false, &shown);
        int added = snprintf(list->view.message + length, MESSAGE_MAX - length, "%s%s",
                             i == 0 ? "" : "  ", shown.text);
        length += added > 0 ? (size_t)added : 0;
    }
    return (struct view_effect){.kind = VIEW_COPY, .text = list->view.message};
}

static bool move_key(struct list *list, int32_t code)
{
    switch (code) {
    case INPUT_UP: case 'k': list_move(list, -1); return true;
    case INPUT_DOWN: case 'j': list_move(list, 1); return true;
    case INPUT_PAGE_UP: case INPUT_F(7): case 'b': case INPUT_CTRL('b'):
        list_page(list, -1);
        return true;
    case INPUT_PAGE_DOWN: case INPUT_F(8): case 'f': case INPUT_CTRL('f'):
        list_page(list, 1);
        return true;
    case INPUT_HOME: list_home(list); return true;
    case INPUT_END: list_end(list); return true;
    case INPUT_LEFT: list->shift -= list->shift > 0; return true;
    case INPUT_RIGHT: list->shift += list->hidden > 0; return true;
    default: return false;
    }
}

static struct view_effect refresh(struct list *list)
{
    if (list->changed != NULL)
        list_apply_changed(list);
    else
        list_reload(&list->view, false);
    return effect_redraw();
}

static struct view_effect other_key(struct list *list, int32_t code)
{
    switch (code) {
    case INPUT_ENTER: return list_enter(list);
    case '/': return list_prompt_open(list, PROMPT_QUICK);
    case '\\': return list_prompt_open(list, PROMPT_FILTER);
    case 's': return list_sort(list, false);
    case 'S': return list_sort(list, true);
    case 'R': case INPUT_F(5): return refresh(list);
    case 'y': return list_copy(list);
    case 'E':
        return (struct view_effect){.kind = VIEW_EXPORT, .name = list->view.screen->name};
    case INPUT_BACKSPACE: case INPUT_DELETE: return list_option_digit(list, code);
    case INPUT_ESCAPE:
        if (list->filter.count > 0 || (list->quick != NULL && list->quick[0] != '\0'))
            return list_filters_clear(list);
        return effect_none();
    default: return list_mark_key(list, code);
    }
}

static struct view_effect list_key(struct view *view, const struct input_event *event)
{
    struct list *list = list_of(view);
    if (list->prompt != PROMPT_NONE)
        return list_prompt_key(list, event);
    if (event->alt)
        return effect_none();
    if (event->code >= '0' && event->code <= '9')
        return list_option_digit(list, event->code);
    const struct screen_key *key = screen_key_for(view->screen, event);
    if (key != NULL && event->code != INPUT_ENTER)
        return list_run_key(list, key);
    if (move_key(list, event->code))
        return effect_redraw();
    return other_key(list, event->code);
}

static bool list_dirty(const struct view *view)
{
    return list_of_const(view)->marks.optioned > 0;
}

static time_us list_fetched_at(const struct view *view)
{
    return list_of_const(view)->fetched_at;
}

static void list_free(struct view *view)
{
    struct list *list = list_of(view);
    list_forget(list);
    marks_free(&list->marks);
    editor_free(&list->editor);
    free(list->quick);
    free(list->filter_words);
}

static const struct view_hint hints[] = {
    {.key = "/", .word = N_("filter"), .help = N_("Narrow what is shown, as you type.")},
    {.key = "\\", .word = N_("ask"),
     .help = N_("Ask the database by fields: channel:ICBC amount>1000 opened<3d.")},
    {.key = "Space", .help = N_("Mark the row or take the mark away.")},
    {.key = "v", .help = N_("Mark a range: once at each end.")},
    {.key = "*", .help = N_("Mark every row of the list, as filtered.")},
    {.key = "U", .help = N_("Take all marks and options away.")},
    {.key = "s", .help = N_("Sort by the next order that has an index.")},
    {.key = "S", .help = N_("Turn the order round.")},
    {.key = "R", .help = N_("Read again; changed rows are put in place.")},
    {.key = "y", .help = N_("Copy the row.")},
    {.key = "E", .help = N_("Export the list as it is filtered.")},
    {.key = "PgDn", .help = N_("Page forward: also F8, f, Ctrl-F.")},
    {.key = "PgUp", .help = N_("Page back: also F7, b, Ctrl-B.")},
    {.key = "Home", .help = N_("The first rows of the list.")},
    {.key = "End", .help = N_("The last rows of the list.")},
    {.key = "Right", .help = N_("Show columns that did not fit.")},
    {.key = NULL}};

static bool list_own_row(const struct view *view, const struct screen *screen,
                         const struct page **page, size_t *row)
{
    const struct list *list = (const struct list *)view;
    return screen == view->screen && list_row(list, list->cursor, page, row);
}

static const struct view_ops list_ops = {
    .key = list_key,
    .draw = list_draw,
    .idle = list_idle,
    .need_next = list_need_next,
    .arrived = list_arrived,
    .failed = list_failed,
    .waiting = list_waiting,
    .unsettled = list_unsettled,
    .cancelled = list_cancelled,
    .reload = list_reload,
    .dirty = list_dirty,
    .fetched_at = list_fetched_at,
    .row = list_own_row,
    .free = list_free,
    .hints = hints};

bool view_is_list(const struct view *view)
{
    return view->ops == &list_ops;
}

struct view *list_new(const struct view_world *world, const struct screen *screen,
                      const char *param)
{
    struct list *list = memory_new(sizeof *list);
    view_prepare(&list->view, &list_ops, world, screen, param);
    list->visible = VISIBLE_DEFAULT;
    list->fetched_at = TIME_NONE;
    editor_init(&list->editor, 200);
    list_keep_columns(list);
    list_ask(list, NEED_FIRST);
    return &list->view;
}
