/* Views: what is common to all kinds. */
#include "daybook/view/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

void view_prepare(struct view *view, const struct view_ops *ops, const struct view_world *world,
                  const struct screen *screen, const char *param)
{
    view->ops = ops;
    view->world = world;
    view->screen = screen;
    view->param = param == NULL ? NULL : memory_copy_string(param);
    if (screen != NULL)
        view->title = memory_copy_string(_(screen->title));
}

static bool has_today(const struct screen *screen)
{
    for (size_t i = 0; i < screen->item_count; i++) {
        if (screen->items[i].kind == ITEM_PART && strcmp(screen->items[i].name, "today") == 0)
            return true;
    }
    return false;
}

struct view *view_new(const struct view_world *world, const struct screen *screen,
                      const char *param)
{
    switch (screen->kind) {
    case SCREEN_LIST:
        return list_new(world, screen, param);
    case SCREEN_FORM:
        return form_new(world, screen);
    case SCREEN_DETAIL:
        break;
    }
    return has_today(screen) ? today_new(world, screen, param) : detail_new(world, screen, param);
}

void view_free(struct view *view)
{
    if (view == NULL)
        return;
    view->ops->free(view);
    free(view->param);
    free(view->title);
    free(view);
}

const struct screen *view_screen(const struct view *view)
{
    return view->screen;
}

const char *view_param(const struct view *view)
{
    return view->param;
}

void view_name(const struct view *view, bool with_param, char *out, size_t size)
{
    if (view->ops->name != NULL && view->ops->name(view, out, size))
        return;
    const char *title = view->title == NULL ? "" : view->title;
    const char *param = with_param && view->param != NULL ? view->param : "";
    snprintf(out, size, "%s%s%s", title, param[0] == '\0' ? "" : " ", param);
}

struct view_effect view_key(struct view *view, const struct input_event *event)
{
    return view->ops->key(view, event);
}

void view_draw(struct view *view, struct surface *surface, struct area area)
{
    view->ops->draw(view, surface, area);
}

bool view_idle(struct view *view)
{
    return view->ops->idle != NULL && view->ops->idle(view);
}

bool view_need_next(struct view *view, struct view_need *need)
{
    return view->ops->need_next != NULL && view->ops->need_next(view, need);
}

void view_arrived(struct view *view, unsigned serial, struct page *page)
{
    if (view->ops->arrived == NULL || !view->ops->arrived(view, serial, page))
        page_free(page);
}

void view_failed(struct view *view, unsigned serial, const struct error *error)
{
    if (view->ops->failed != NULL)
        view->ops->failed(view, serial, error);
}

bool view_waiting(const struct view *view, int64_t *since_us)
{
    *since_us = 0;
    return view->ops->waiting != NULL && view->ops->waiting(view, since_us);
}

bool view_unsettled(const struct view *view)
{
    int64_t since_us;
    return view->ops->unsettled != NULL ? view->ops->unsettled(view)
                                        : view_waiting(view, &since_us);
}

void view_cancelled(struct view *view)
{
    if (view->ops->cancelled != NULL)
        view->ops->cancelled(view);
}

time_us view_fetched_at(const struct view *view)
{
    return view->ops->fetched_at == NULL ? TIME_NONE : view->ops->fetched_at(view);
}

void view_reload(struct view *view, bool done)
{
    if (view->ops->reload != NULL)
        view->ops->reload(view, done);
}

bool view_dirty(const struct view *view)
{
    return view->ops->dirty != NULL && view->ops->dirty(view);
}

bool view_filter_words(struct view *view, const char *words, struct error *error)
{
    if (!view_is_list(view))
        return error_set(error, ERROR_USAGE, "%s", _("Only lists can be filtered."));
    return list_filter_words(view, words, error);
}

bool view_form_set(struct view *view, const char *name, const char *text)
{
    return view_is_form(view) && form_set(view, name, text);
}

void view_form_fault(struct view *view, const char *name, const char *sentence)
{
    if (view_is_form(view))
        form_fault(view, name, sentence);
}

void view_form_about(struct view *view, const char *sentence)
{
    if (view_is_form(view))
        form_about(view, sentence);
}

void view_form_currency(struct view *view, const char *code)
{
    if (view_is_form(view))
        form_currency(view, code);
}

size_t view_form_values(struct view *view, const struct view_value **values)
{
    *values = NULL;
    return view_is_form(view) ? form_values(view, values) : 0;
}

struct view_effect effect_none(void)
{
    return (struct view_effect){.kind = VIEW_NONE};
}

struct view_effect effect_redraw(void)
{
    return (struct view_effect){.kind = VIEW_REDRAW};
}

struct view_effect effect_kind(enum view_effect_kind kind)
{
    return (struct view_effect){.kind = kind};
}

struct view_effect effect_message(struct view *view, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(view->message, sizeof view->message, format, args);
    va_end(args);
    return (struct view_effect){.kind = VIEW_MESSAGE, .text = view->message};
}

const struct view_action *world_action(const struct view_world *world, const char *name)
{
    for (size_t i = 0; i < world->action_count; i++) {
        if (strcmp(world->actions[i].name, name) == 0)
            return &world->actions[i];
    }
    return NULL;
}

static bool has_word(const char *words, struct rows_cell cell)
{
    for (const char *at = words; *at != '\0';) {
        size_t length = strcspn(at, " ");
        if (length == cell.length && memcmp(at, cell.text, length) == 0)
            return true;
        at += length + (at[length] == ' ');
    }
    return false;
}

bool condition_fits(const struct view_condition *condition, struct rows_cell cell)
{
    if (condition->values[0] == '\0')
        return cell.length == 0;
    return strcmp(condition->values, "*") == 0 ? cell.length > 0
                                               : has_word(condition->values, cell);
}

static bool condition_holds(const struct view_condition *condition, const struct page *page,
                            size_t row)
{
    int column = page_column(page, condition->column);
    return column < 0 || condition_fits(condition, page_cell(page, row, column));
}

const char *action_off_row(const struct view_action *action, const struct page *page, size_t row)
{
    if (action == NULL || action->off != NULL)
        return action == NULL ? NULL : action->off;
    for (size_t i = 0; page != NULL && i < VIEW_CONDITIONS_MAX; i++)
        if (action->conditions[i].column != NULL &&
            !condition_holds(&action->conditions[i], page, row))
            return action->conditions[i].why;
    return NULL;
}

const char *action_off_here(const struct view *view, const struct screen *screen,
                            const struct view_action *action)
{
    const struct page *page = NULL;
    size_t row = 0;
    if (view == NULL || view->ops->row == NULL || !view->ops->row(view, screen, &page, &row))
        page = NULL;
    return action_off_row(action, page, row);
}
