/* Lists: marks, option numbers, and the runs that come of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

static void keep_column(struct list *list, const char *name)
{
    size_t count = list->marks.column_count;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list->kept[i], name) == 0)
            return;
    }
    if (count == KEPT_COLUMNS_MAX)
        return;
    list->kept[count] = name;
    list->marks.column_count = count + 1;
}

void list_keep_columns(struct list *list)
{
    const struct screen *screen = list->view.screen;
    marks_init(&list->marks, list->kept, 0);
    for (size_t i = 0; i < screen->total_count; i++) {
        keep_column(list, screen->totals[i]->name);
        if (screen->totals[i]->currency != NULL)
            keep_column(list, screen->totals[i]->currency);
    }
    if (screen->column_count > 0)
        keep_column(list, screen->columns[0].field->name); /* what a row is called */
    for (size_t i = 0; i < screen->key_count; i++) {
        const struct screen_key *key = &screen->keys[i];
        const struct view_action *action = world_action(list->view.world, key->action);
        for (size_t j = strcmp(key->action, "open") == 0; j < key->arg_count; j++)
            keep_column(list, key->args[j]);
        for (size_t j = 0; action != NULL && j < VIEW_CONDITIONS_MAX; j++)
            if (action->conditions[j].column != NULL)
                keep_column(list, action->conditions[j].column);
    }
}

bool list_has_options(const struct list *list)
{
    for (size_t i = 0; i < list->view.screen->key_count; i++) {
        if (list->view.screen->keys[i].option > 0)
            return true;
    }
    return false;
}

static const struct screen_key *find_option(const struct list *list, const char *typed)
{
    for (size_t i = 0; i < list->view.screen->key_count; i++) {
        const struct screen_key *key = &list->view.screen->keys[i];
        char number[4];
        snprintf(number, sizeof number, "%d", key->option % 100);
        if (key->option > 0 && strcmp(number, typed) == 0)
            return key;
    }
    return NULL;
}

static void add_to_sums(const struct list *list, struct sums *sums, const struct mark *mark)
{
    const struct screen *screen = list->view.screen;
    int64_t amount = 0;
    if (screen->total_count == 0)
        return;
    const struct field *field = screen->totals[0];
    const char *currency = field->currency == NULL
                               ? "" : marks_value(&list->marks, mark, field->currency).text;
    if (cell_number(marks_value(&list->marks, mark, field->name), &amount))
        sums_add(sums, currency, amount);
}

/* Whether a mark belongs to this binding: by its option, or by being marked. */
static bool belongs(const struct mark *mark, const struct screen_key *key)
{
    char number[4];
    if (key->option == 0)
        return mark->marked;
    snprintf(number, sizeof number, "%d", key->option % 100);
    return strcmp(mark->option, number) == 0;
}

/* Why the action is nothing for a row as it was when it was marked; NULL where it is on. */
static const char *kept_off(const struct list *list, const struct view_action *action,
                            const struct mark *mark)
{
    const struct page *page = NULL;
    size_t row = 0;
    if (!list_locate(list, 0, &page, &row))
        return NULL;
    for (size_t i = 0; i < VIEW_CONDITIONS_MAX; i++) {
        const struct view_condition *condition = &action->conditions[i];
        if (condition->column != NULL && page_column(page, condition->column) >= 0 &&
            !condition_fits(condition, marks_value(&list->marks, mark, condition->column)))
            return condition->why;
    }
    return NULL;
}

/* For each mark why the action is nothing for its row: as the row is by now where it is loaded. The
 * array is the caller's. */
static const char **marks_off(const struct list *list, const struct view_action *action)
{
    const struct marks *marks = &list->marks;
    const char **off = memory_new(marks->count * sizeof *off);
    if (action == NULL || action->off != NULL)
        return off; /* what is off for the operator is said once, not for each row */
    for (size_t i = 0; i < marks->count; i++)
        off[i] = kept_off(list, action, &marks->items[i]);
    for (size_t i = 0; i < list->shown_count; i++) {
        const struct page *page = NULL;
        size_t row = 0;
        const struct mark *mark = list_row(list, i, &page, &row)
                                      ? marks_find(marks, list_identity(list, page, row)) : NULL;
        if (mark != NULL)
            off[mark - marks->items] = action_off_row(action, page, row);
    }
    return off;
}

static void leave_out(const struct list *list, struct view_run *run, const struct mark *mark,
                      const char *why)
{
    const struct field *field = list->view.screen->columns[0].field;
    struct shown shown;
    char name[SHOWN_TEXT_MAX];
    value_show(list->view.world, field, marks_value(&list->marks, mark, field->name), "", true,
               &shown);
    text_printable(name, sizeof name, span_of(shown.text));
    run_leave(run, name, why);
}

static struct view_run *run_of_marks(struct list *list, const struct screen_key *key)
{
    const char **off = marks_off(list, world_action(list->view.world, key->action));
    size_t rows = 0, left = 0, row = 0;
    struct sums sums = {0};
    for (size_t i = 0; i < list->marks.count; i++)
        if (belongs(&list->marks.items[i], key))
            *(off[i] == NULL ? &rows : &left) += 1;
    if (rows + left == 0) {
        free(off);
        return NULL;
    }
    struct view_run *run = run_new(list->view.screen, key, rows);
    run->marked = true;
    for (size_t i = 0; i < list->marks.count; i++) {
        const struct mark *mark = &list->marks.items[i];
        if (!belongs(mark, key))
            continue;
        if (off[i] != NULL) {
            leave_out(list, run, mark, off[i]);
            continue;
        }
        for (size_t arg = 0; arg < run->arg_count; arg++)
            run_set(run, row, arg, marks_value(&list->marks, mark, run->args[arg]));
        add_to_sums(list, &sums, mark);
        row++;
    }
    free(off);
    if (list->view.screen->total_count > 0)
        sums_text(&sums, list->view.world, list->view.screen->totals[0], run->sum,
                  sizeof run->sum);
    return run;
}

struct view_effect list_run_key(struct list *list, const struct screen_key *key)
{
    const struct page *page = NULL;
    size_t row = 0;
    bool open = strcmp(key->action, "open") == 0;
    bool rowless = key->arg_count == (open ? 1u : 0u);
    if (!open && !rowless && list->marks.marked > 0) {
        struct view_run *run = run_of_marks(list, key);
        return (struct view_effect){.kind = VIEW_RUN, .name = run->action, .run = run};
    }
    if (list_row(list, list->cursor, &page, &row))
        return run_row(&list->view, list->view.screen, key, page, row);
    if (!rowless)
        return effect_message(&list->view, "%s", _("There is no row to do this with."));
    if (open)
        return (struct view_effect){.kind = VIEW_OPEN, .name = key->args[0]};
    struct view_run *run = run_new(list->view.screen, key, 1);
    return (struct view_effect){.kind = VIEW_RUN, .name = run->action, .run = run};
}

/* The cursor goes to the first row with an option that does not exist. */
static struct view_effect refuse_option(struct list *list, const struct mark *mark)
{
    for (size_t i = 0; i < list->shown_count; i++) {
        const struct page *page = NULL;
        size_t row = 0;
        if (list_row(list, i, &page, &row) &&
            strcmp(list_identity(list, page, row), mark->identity) == 0)
            list_move(list, (int64_t)i - (int64_t)list->cursor);
    }
    return effect_message(&list->view, _("Option %s does not exist on this screen."),
                          mark->option);
}

/* All options typed, over however many pages, in one chain by option number. */
static struct view_effect run_options(struct list *list)
{
    struct view_run *first = NULL, **end = &first;
    const struct screen *screen = list->view.screen;
    for (size_t i = 0; i < list->marks.count; i++) {
        const struct mark *mark = &list->marks.items[i];
        if (mark->option[0] != '\0' && find_option(list, mark->option) == NULL)
            return refuse_option(list, mark);
    }
    for (size_t i = 0; i < screen->key_count; i++) {
        if (screen->keys[i].option == 0)
            continue;
        *end = run_of_marks(list, &screen->keys[i]);
        if (*end != NULL)
            end = &(*end)->next;
    }
    marks_clear(&list->marks);
    return (struct view_effect){.kind = VIEW_RUN, .name = first == NULL ? NULL : first->action,
                                .run = first};
}

struct view_effect list_enter(struct list *list)
{
    static const struct input_event enter = {.code = INPUT_ENTER};
    if (list->marks.optioned > 0)
        return run_options(list);
    const struct screen_key *key = screen_key_for(list->view.screen, &enter);
    return key == NULL ? effect_none() : list_run_key(list, key);
}

static struct view_effect too_many(struct list *list)
{
    return effect_message(&list->view, _("At most %d rows can be marked; a filter narrows."),
                          MARKS_MAX);
}

static struct view_effect toggle_mark(struct list *list)
{
    const struct page *page = NULL;
    size_t row = 0;
    if (!list_row(list, list->cursor, &page, &row))
        return effect_none();
    const char *identity = list_identity(list, page, row);
    const struct mark *mark = marks_find(&list->marks, identity);
    if (!marks_set(&list->marks, identity, mark == NULL || !mark->marked, page, row))
        return too_many(list);
    list_move(list, 1);
    return effect_redraw();
}

static struct view_effect mark_range(struct list *list)
{
    if (!list->range) {
        list->range = true;
        list->range_from = list->cursor;
        return effect_message(&list->view, "%s",
                              _("Range: move to its other end and press v again."));
    }
    size_t from = list->range_from < list->cursor ? list->range_from : list->cursor;
    size_t to = list->range_from < list->cursor ? list->cursor : list->range_from;
    list->range = false;
    for (size_t i = from; i <= to; i++) {
        const struct page *page = NULL;
        size_t row = 0;
        if (list_row(list, i, &page, &row) &&
            !marks_set(&list->marks, list_identity(list, page, row), true, page, row))
            return too_many(list);
    }
    return effect_redraw();
}

struct view_effect list_mark_key(struct list *list, int32_t code)
{
    switch (code) {
    case ' ':
        return toggle_mark(list);
    case 'v':
        return mark_range(list);
    case '*':
        list_collect(list, NULL);
        return effect_redraw();
    case 'U':
        marks_clear(&list->marks);
        list->range = false;
        list->collecting = false;
        fetch_stop(&list->collect);
        return effect_redraw();
    default:
        return effect_none();
    }
}

/* A digit goes into the Opt field of the row; Backspace takes one back. */
struct view_effect list_option_digit(struct list *list, int32_t code)
{
    const struct page *page = NULL;
    size_t row = 0;
    char option[3] = "";
    if (!list_has_options(list) || !list_row(list, list->cursor, &page, &row))
        return effect_none();
    const char *identity = list_identity(list, page, row);
    const struct mark *mark = marks_find(&list->marks, identity);
    if (mark != NULL)
        memcpy(option, mark->option, sizeof option);
    size_t length = strlen(option);
    if (code == INPUT_BACKSPACE || code == INPUT_DELETE)
        option[length == 0 || code == INPUT_DELETE ? 0 : length - 1] = '\0';
    else if (length < 2)
        option[length] = (char)code;
    else
        return effect_none();
    if (!marks_option(&list->marks, identity, option, page, row))
        return too_many(list);
    return effect_redraw();
}
