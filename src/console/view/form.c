/* Forms: an action's arguments in tab order. Nothing is sent from here: a complete form is an
 * effect. */
#include "form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_COL = 2, LABEL_WIDTH = 18, INPUT_MAX = 60 };

static struct form *form_of(struct view *view)
{
    return (struct form *)view;
}

static struct form_input *find_input(struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->inputs[i].column->field->name, name) == 0)
            return &form->inputs[i];
    }
    return NULL;
}

bool form_set(struct view *view, const char *name, const char *text)
{
    struct form_input *input = find_input(form_of(view), name);
    char shown[EDITOR_BYTES_MAX];
    if (input == NULL)
        return false;
    form_edit_text(input, text, shown, sizeof shown);
    editor_set(&input->editor, shown);
    free(input->first);
    input->first = memory_copy_string(editor_text(&input->editor));
    return true;
}

void form_fault(struct view *view, const char *name, const char *sentence)
{
    struct form *form = form_of(view);
    struct form_input *input = name == NULL ? NULL : find_input(form, name);
    form->fault[0] = '\0';
    if (input == NULL) {
        snprintf(form->fault, sizeof form->fault, "%s", sentence);
        return;
    }
    snprintf(input->fault, sizeof input->fault, "%s", sentence);
    form->at = (size_t)(input - form->inputs);
}

void form_about(struct view *view, const char *sentence)
{
    struct form *form = form_of(view);
    snprintf(form->about, sizeof form->about, "%s", sentence);
}

void form_currency(struct view *view, const char *code)
{
    struct form *form = form_of(view);
    struct currency currency;
    if (!currency_parse(span_of(code), &currency) || currency_exponent(currency) < 0)
        return;
    for (size_t i = 0; i < form->count; i++)
        form->inputs[i].exponent = currency_exponent(currency);
}

/* What stands in the inputs, checked or not: unchecked text is given as it was typed. */
size_t form_values(struct view *view, const struct view_value **values)
{
    struct form *form = form_of(view);
    for (size_t i = 0; i < form->count; i++) {
        struct form_input *input = &form->inputs[i];
        if (!form_check(view->world, input))
            snprintf(input->value, sizeof input->value, "%s", editor_text(&input->editor));
        form->values[i] = (struct view_value){.name = input->column->field->name,
                                              .text = input->value};
    }
    *values = form->values;
    return form->count;
}

/* Leaving an input checks it; the cursor stays on a fault. */
static bool leave_input(struct form *form)
{
    return form_check(form->view.world, &form->inputs[form->at]);
}

static struct view_effect submit(struct form *form)
{
    form->fault[0] = '\0';
    for (size_t i = 0; i < form->count; i++) {
        if (!form_check(form->view.world, &form->inputs[i])) {
            form->at = i;
            return effect_redraw();
        }
    }
    for (size_t i = 0; i < form->count; i++)
        form->values[i] = (struct view_value){.name = form->inputs[i].column->field->name,
                                              .text = form->inputs[i].value};
    return (struct view_effect){.kind = VIEW_SUBMIT, .name = form->view.screen->action,
                                .values = form->values, .value_count = form->count};
}

static struct view_effect next_input(struct form *form, bool may_submit)
{
    if (!leave_input(form))
        return effect_redraw();
    if (form->at + 1 < form->count)
        form->at++;
    else if (may_submit)
        return submit(form);
    else
        form->at = 0;
    return effect_redraw();
}

static struct view_effect explain(struct form *form)
{
    const struct field *field = form->inputs[form->at].column->field;
    const char *help = field->help != NULL ? _(field->help) : _("Nothing more is known of it.");
    return effect_message(&form->view, "%s: %s", _(form->inputs[form->at].column->label), help);
}

static struct view_effect form_key(struct view *view, const struct input_event *event)
{
    struct form *form = form_of(view);
    if (form->codes.open)
        return codes_key(form, event);
    switch (event->code) {
    case INPUT_F1: return explain(form);
    case INPUT_F(4): codes_open(form); return effect_redraw();
    case INPUT_F(10): return submit(form);
    case INPUT_TAB:
        if (codes_complete(form))
            return effect_redraw();
        return next_input(form, false);
    case INPUT_ENTER: return next_input(form, true);
    case INPUT_DOWN: return next_input(form, false);
    case INPUT_BACKTAB: case INPUT_UP:
        /* Backwards nothing is checked: who goes back means to correct. */
        form->at = form->at > 0 ? form->at - 1 : form->count - 1;
        return effect_redraw();
    case INPUT_ESCAPE: case INPUT_F(3): case INPUT_F(12): return effect_none();
    default: break;
    }
    if (!editor_key(&form->inputs[form->at].editor, event))
        return effect_none();
    form->inputs[form->at].fault[0] = '\0';
    return effect_redraw();
}

static int input_width(const struct screen_column *column, int room)
{
    int width = column->width > INPUT_MAX || column->field->grow ? INPUT_MAX : column->width;
    width = width < 4 ? 4 : width + 1; /* the cursor stands behind the last character */
    return width > room ? room : width;
}

static void draw_input(struct form *form, struct surface *surface, int row, int room, size_t index)
{
    struct form_input *input = &form->inputs[index];
    char text[EDITOR_BYTES_MAX];
    int cursor = 0, col = LABEL_COL + LABEL_WIDTH;
    int width = input_width(input->column, room - col - 1);
    bool here = form->at == index;
    surface_put(surface, row, 0, ROLE_SELECTED, here ? ">" : " ");
    surface_text(surface, row, LABEL_COL, LABEL_WIDTH - 1, here ? ROLE_SELECTED : ROLE_TEXT,
                 _(input->column->label));
    editor_window(&input->editor, width, text, sizeof text, &cursor);
    surface_text(surface, row, col, width, ROLE_INPUT, text);
    const struct field_value *value = field_value_find(input->column->field, text);
    if (value != NULL)
        surface_text(surface, row, col + width + 2, room - col - width - 3, ROLE_DIM,
                     _(value->label));
    else if (input->column->optional && input->editor.length == 0)
        surface_text(surface, row, col + width + 2, room - col - width - 3, ROLE_DIM,
                     _("may stay empty"));
    if (here)
        surface_cursor(surface, row, col + cursor);
}

/* Under an input: its fault, or what the field means while the cursor is on it; whole, however many
 * lines that takes. Returns the row after it, at least one further. */
static int draw_hint(const struct form *form, struct surface *surface, int row, struct area area,
                     size_t index)
{
    const struct form_input *input = &form->inputs[index];
    int col = LABEL_COL + LABEL_WIDTH, most = area.row + area.rows - row;
    bool faulty = input->fault[0] != '\0';
    const char *help = input->column->field->help;
    const char *text = faulty ? input->fault
                       : form->at == index && help != NULL ? _(help) : "";
    int used = draw_wrapped(surface, row, col, area.cols - col - 1, most,
                            faulty ? ROLE_BAD : ROLE_DIM, text);
    return row + (used > 1 ? used : 1);
}

static void form_draw(struct view *view, struct surface *surface, struct area area)
{
    struct form *form = form_of(view);
    int row = area.row + 2;
    surface_text(surface, area.row, area.col + 1, area.cols - 2, ROLE_TEXT, form->about);
    if (form->fault[0] != '\0')
        row += draw_wrapped(surface, row, LABEL_COL, area.cols - 4, 3, ROLE_BAD, form->fault) + 1;
    /* Two lines an input; where that is too much, only the one with the cursor has its second. */
    bool roomy = row + 2 * (int)form->count <= area.row + area.rows;
    int codes_row = 0;
    for (size_t i = 0; i < form->count && row < area.row + area.rows; i++) {
        draw_input(form, surface, row++, area.cols, i);
        bool second = roomy || form->at == i || form->inputs[i].fault[0] != '\0';
        if (form->at == i)
            codes_row = row;
        if (second)
            row = draw_hint(form, surface, row, area, i);
    }
    if (form->codes.open)
        codes_draw(form, surface, codes_row, LABEL_COL + LABEL_WIDTH,
                   area.cols - LABEL_COL - LABEL_WIDTH - 1, area.row + area.rows - codes_row);
}

static bool form_need_next(struct view *view, struct view_need *need)
{
    return fetch_take(&form_of(view)->codes.fetch, need);
}

static bool form_arrived(struct view *view, unsigned serial, struct page *page)
{
    struct codes *codes = &form_of(view)->codes;
    if (!fetch_done(&codes->fetch, serial))
        return false;
    page_free(codes->page);
    codes->page = page;
    return true;
}

static bool form_failed(struct view *view, unsigned serial, const struct error *error)
{
    struct form *form = form_of(view);
    if (!fetch_done(&form->codes.fetch, serial))
        return false;
    codes_close(form);
    form_fault(view, NULL, error->message);
    return true;
}

static bool form_dirty(const struct view *view)
{
    const struct form *form = (const struct form *)view;
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->inputs[i].first, editor_text(&form->inputs[i].editor)) != 0)
            return true;
    }
    return false;
}

static void form_free(struct view *view)
{
    struct form *form = form_of(view);
    for (size_t i = 0; i < form->count; i++) {
        if (form->inputs[i].column->masked)
            explicit_bzero(form->inputs[i].value, sizeof form->inputs[i].value);
        editor_free(&form->inputs[i].editor);
        free(form->inputs[i].first);
    }
    free(form->inputs);
    fetch_free(&form->codes.fetch);
    page_free(form->codes.page);
}

static const struct view_hint hints[] = {
    {.key = "Tab", .word = N_("next"), .help = N_("To the next field; completes a code.")},
    {.key = "BackTab", .help = N_("To the field before, without checking this one.")},
    {.key = "F4", .word = N_("codes"), .help = N_("List the codes that the field takes.")},
    {.key = "F10", .word = N_("done"), .help = N_("Check all fields and go on.")},
    {.key = "F1", .help = N_("Explain the field.")},
    {.key = "Undo", .help = N_("Take back the last change: Ctrl-_.")},
    {.key = NULL}};

static const struct view_ops form_ops = {
    .key = form_key,
    .draw = form_draw,
    .need_next = form_need_next,
    .arrived = form_arrived,
    .failed = form_failed,
    .dirty = form_dirty,
    .free = form_free,
    .hints = hints};

bool view_is_form(const struct view *view)
{
    return view->ops == &form_ops;
}

struct view *form_new(const struct view_world *world, const struct screen *screen)
{
    struct form *form = memory_new(sizeof *form);
    view_prepare(&form->view, &form_ops, world, screen, NULL);
    form->view.typing = true;
    form->count = screen->input_count;
    form->inputs = memory_new(form->count * sizeof *form->inputs);
    for (size_t i = 0; i < form->count; i++) {
        struct form_input *input = &form->inputs[i];
        input->column = &screen->inputs[i];
        input->exponent = world->exponent;
        editor_init(&input->editor, (size_t)screen->inputs[i].width);
        input->editor.masked = screen->inputs[i].masked;
        input->first = memory_copy_string("");
    }
    return &form->view;
}
