/* Lists: the quick filter over what is shown, and the words that ask the database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

struct view_effect list_prompt_open(struct list *list, enum list_prompt prompt)
{
    const char *text = prompt == PROMPT_QUICK ? list->quick : list->filter_words;
    if (prompt == PROMPT_FILTER && list->view.screen->filter_count == 0)
        return effect_message(
            &list->view, "%s",
            _("This list has no filter for the database; / narrows what is shown."));
    editor_set(&list->editor, text == NULL ? "" : text);
    list->prompt = prompt;
    list->view.typing = true;
    return effect_redraw();
}

static void prompt_close(struct list *list)
{
    list->prompt = PROMPT_NONE;
    list->view.typing = false;
}

/* The quick filter narrows with every letter; the cursor keeps its row where that still shows. */
static void quick_apply(struct list *list, const char *text)
{
    free(list->quick);
    list->quick = text_fold(span_of(text));
    uint32_t row = list->cursor < list->shown_count ? list->shown[list->cursor] : 0;
    list_show_rows(list);
    size_t at = 0;
    while (at < list->shown_count && list->shown[at] < row)
        at++;
    list->cursor = at < list->shown_count ? at : 0;
    list->top = 0;
    list_move(list, 0);
}

bool list_filter_words(struct view *view, const char *words, struct error *error)
{
    struct list *list = list_of(view);
    struct filter filter;
    const struct filter_context context = {
        .fields = view->screen->filters, .field_count = view->screen->filter_count,
        .now = view->world->clock.now, .utc_offset_s = view->world->utc_offset_s,
        .exponent = view->world->exponent};
    if (!filter_parse(&filter, span_of(words), &context, error))
        return false;
    list->filter = filter;
    char *copy = memory_copy_string(words);
    free(list->filter_words);
    list->filter_words = copy;
    marks_clear(&list->marks);
    list->range = false;
    page_free(list->totals);
    list->totals = NULL;
    list_ask(list, NEED_FIRST);
    return true;
}

struct view_effect list_filters_clear(struct list *list)
{
    bool words = list->filter.count > 0;
    quick_apply(list, "");
    if (words)
        list_filter_words(&list->view, "", NULL);
    return effect_redraw();
}

static struct view_effect prompt_enter(struct list *list)
{
    struct error error;
    if (list->prompt == PROMPT_FILTER &&
        !list_filter_words(&list->view, editor_text(&list->editor), &error))
        return effect_message(&list->view, "%s", error.message);
    prompt_close(list);
    return effect_redraw();
}

/* F1 in the prompt: the fields by which this list can be asked. */
static struct view_effect prompt_help(struct list *list)
{
    char names[MESSAGE_MAX - 64] = "";
    size_t length = 0;
    for (size_t i = 0; i < list->view.screen->filter_count && length < sizeof names - 1; i++) {
        int added = snprintf(names + length, sizeof names - length, "%s%s", i == 0 ? "" : " ",
                             list->view.screen->filters[i]->name);
        length += added > 0 ? (size_t)added : 0;
    }
    return effect_message(&list->view, _("Fields: %s"), names);
}

struct view_effect list_prompt_key(struct list *list, const struct input_event *event)
{
    if (event->code == INPUT_ENTER)
        return prompt_enter(list);
    if (event->code == INPUT_ESCAPE || event->code == INPUT_F(12)) {
        if (list->prompt == PROMPT_QUICK)
            quick_apply(list, "");
        prompt_close(list);
        return effect_redraw();
    }
    if (event->code == INPUT_F1 && list->prompt == PROMPT_FILTER)
        return prompt_help(list);
    if (list->prompt == PROMPT_QUICK && (event->code == INPUT_UP || event->code == INPUT_DOWN)) {
        list_move(list, event->code == INPUT_UP ? -1 : 1);
        return effect_redraw();
    }
    if (!editor_key(&list->editor, event))
        return effect_none();
    if (list->prompt == PROMPT_QUICK)
        quick_apply(list, editor_text(&list->editor));
    return effect_redraw();
}
