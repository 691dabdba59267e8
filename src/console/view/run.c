/* Rows for actions: the values a key asks for, sums for the question before it runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

const char *view_run_value(const struct view_run *run, size_t row, size_t arg)
{
    return row < run->row_count && arg < run->arg_count ? run->values[row * run->arg_count + arg]
                                                        : NULL;
}

void view_run_free(struct view_run *run)
{
    while (run != NULL) {
        struct view_run *next = run->next;
        for (size_t i = 0; i < run->row_count * run->arg_count; i++)
            free(run->values[i]);
        free(run->values);
        for (size_t i = 0; i < run->left_count; i++)
            free(run->left[i].name);
        free(run->left);
        free(run);
        run = next;
    }
}

struct view_run *run_new(const struct screen *screen, const struct screen_key *key, size_t rows)
{
    struct view_run *run = memory_new(sizeof *run);
    bool open = strcmp(key->action, "open") == 0;
    run->action = key->action;
    run->open = open ? key->args[0] : NULL;
    run->args = key->args + open;
    run->arg_count = key->arg_count - open;
    run->row_count = rows;
    run->screen = screen->name;
    run->values = memory_new(rows * run->arg_count * sizeof *run->values);
    return run;
}

void run_set(struct view_run *run, size_t row, size_t arg, struct rows_cell cell)
{
    run->values[row * run->arg_count + arg] = cell.null ? NULL : memory_copy_string(cell.text);
}

void run_leave(struct view_run *run, const char *name, const char *why)
{
    run->left = memory_resize(run->left, run->left_count + 1, sizeof *run->left);
    run->left[run->left_count++] = (struct view_left){memory_copy_string(name), why};
}

void sums_add(struct sums *sums, const char *currency, int64_t amount)
{
    for (size_t i = 0; i < sums->count; i++) {
        if (strncmp(sums->parts[i].currency, currency, sizeof sums->parts[i].currency - 1) == 0) {
            if (__builtin_add_overflow(sums->parts[i].sum, amount, &sums->parts[i].sum))
                sums->overflow = true;
            return;
        }
    }
    if (sums->count == sizeof sums->parts / sizeof sums->parts[0]) {
        sums->overflow = true;
        return;
    }
    snprintf(sums->parts[sums->count].currency, sizeof sums->parts[0].currency, "%s", currency);
    sums->parts[sums->count++].sum = amount;
}

void sums_text(const struct sums *sums, const struct view_world *world, const struct field *field,
               char *out, size_t out_size)
{
    size_t length = 0, said = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sums->count && !sums->overflow && length < out_size; i++) {
        char text[MONEY_TEXT + 8];
        /* What has no amount has no currency either: beside a sum it adds nothing. */
        if (sums->count > 1 && sums->parts[i].sum == 0 && sums->parts[i].currency[0] == '\0')
            continue;
        if (field->type == FIELD_MONEY)
            amount_text(world, sums->parts[i].sum, sums->parts[i].currency, text);
        else
            count_text(sums->parts[i].sum, text);
        int added = snprintf(out + length, out_size - length, "%s%s", said++ == 0 ? "" : " + ",
                             text);
        length += added > 0 ? (size_t)added : 0;
    }
}

const struct screen_key *screen_key_for(const struct screen *screen,
                                        const struct input_event *event)
{
    char name[16];
    if (event->alt)
        return NULL;
    keys_name(event->code, name);
    for (size_t i = 0; i < screen->key_count; i++) {
        if (screen->keys[i].key != NULL && strcmp(screen->keys[i].key, name) == 0)
            return &screen->keys[i];
    }
    return NULL;
}

/* What a question or a form calls the one row it is about. */
static void name_subject(struct view_run *run, const struct view *view,
                         const struct screen *screen, const struct page *page, size_t row)
{
    const struct screen_column *columns = screen->kind == SCREEN_DETAIL ? screen->facts
                                                                        : screen->columns;
    size_t count = screen->kind == SCREEN_DETAIL ? screen->fact_count : screen->column_count;
    int64_t amount = 0;
    size_t length = 0;
    for (size_t i = 0; i < count && length < sizeof run->subject; i++) {
        const struct field *field = columns[i].field;
        struct shown shown;
        char money[MONEY_TEXT + 8] = "";
        if (i > 0 && (strcmp(field->name, "amount") != 0 || field->currency == NULL ||
                      !cell_number(page_named(page, row, field->name), &amount)))
            continue;
        cell_show(view->world, field, page, row, true, &shown);
        if (i > 0)
            amount_text(view->world, amount, page_named(page, row, field->currency).text, money);
        int added = snprintf(run->subject + length, sizeof run->subject - length, "%s%s",
                             i == 0 ? "" : ", ", i == 0 ? shown.text : money);
        length += added > 0 ? (size_t)added : 0;
    }
}

/* Amount and counterparty of the row, whether its columns are shown or not. */
static void name_money(struct view_run *run, const struct view *view, const struct screen *screen,
                       const struct page *page, size_t row)
{
    const struct field *amount = field_find(view->world->screens, "amount");
    const struct field *party = field_find(view->world->screens, "party");
    const struct screen_column *columns = screen->kind == SCREEN_DETAIL ? screen->facts
                                                                        : screen->columns;
    struct shown shown;
    run->has_amount = amount != NULL && amount->currency != NULL &&
                      cell_number(page_named(page, row, amount->name), &run->amount);
    const char *code = page_named(page, row, "currency").text;
    snprintf(run->currency, sizeof run->currency, "%s", code == NULL ? "" : code);
    if (!run->has_amount)
        return;
    cell_show(view->world, columns[0].field, page, row, true, &shown);
    text_printable(run->name, sizeof run->name, span_of(shown.text));
    if (party == NULL || page_named(page, row, party->name).text == NULL)
        return;
    cell_show(view->world, party, page, row, true, &shown);
    text_printable(run->party, sizeof run->party, span_of(shown.text));
}

struct view_effect run_row(struct view *view, const struct screen *screen,
                           const struct screen_key *key, const struct page *page, size_t row)
{
    const char *off = action_off_row(world_action(view->world, key->action), page, row);
    if (off != NULL)
        return effect_message(view, "%s", _(off));
    struct view_run *run = run_new(screen, key, 1);
    for (size_t i = 0; i < run->arg_count; i++)
        run_set(run, 0, i, page_named(page, row, run->args[i]));
    name_subject(run, view, screen, page, row);
    name_money(run, view, screen, page, row);
    if (run->open == NULL)
        return (struct view_effect){.kind = VIEW_RUN, .name = run->action, .run = run};
    const char *param = view_run_value(run, 0, 0);
    struct view_effect effect = {.kind = VIEW_OPEN, .name = run->open};
    bool missing = run->arg_count > 0 && param == NULL;
    if (param != NULL) {
        snprintf(view->message, sizeof view->message, "%s", param);
        effect.text = view->message;
    }
    view_run_free(run);
    return missing ? effect_message(view, "%s", _("There is nothing to open in this row."))
                   : effect;
}
